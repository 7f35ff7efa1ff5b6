"""Values that differ at every evaluation, as clocks and random numbers; and the names they flow into."""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.syntax import makes_dag, makes_task

CLOCKS = frozenset({
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "pendulum.now", "pendulum.today", "pendulum.yesterday", "pendulum.tomorrow", "time.time", "time.time_ns",
    "time.strftime", "time.localtime", "time.gmtime", "time.ctime", "airflow.utils.timezone.utcnow",
    "airflow.utils.timezone.now", "airflow.sdk.timezone.utcnow", "airflow.utils.dates.days_ago",
    "pandas.Timestamp.now", "pandas.Timestamp.today",
})  # fmt: skip
RANDOM = frozenset({
    "uuid.uuid1", "uuid.uuid4", "os.getpid", "os.urandom", "tempfile.mkdtemp", "tempfile.mktemp",
    "secrets.token_hex", "secrets.token_urlsafe", "secrets.token_bytes", "secrets.choice",
    "secrets.randbelow", "random.random", "random.randint", "random.choice", "random.choices",
    "random.sample", "random.uniform",
    "random.randrange", "random.getrandbits", "random.gauss",
})  # fmt: skip
VARYING = CLOCKS | RANDOM
DATES = frozenset({"start_date", "end_date"})


def varying_call(
    file: FileContext, node: ast.AST, sources: frozenset[str], tainted: "Tainted | None" = None
) -> str | None:
    """The name of a varying call inside an expression, or of what a varying value flowed through."""
    for each in _walk_shallow(node):
        if isinstance(each, ast.Call):
            name = file.parsed.qualified_name(each.func)
            if name in sources:
                return f"{name}()"
            if tainted is not None and isinstance(each.func, ast.Name) and each.func.id in tainted.functions:
                return tainted.functions[each.func.id]
        elif tainted is not None and isinstance(each, ast.Name) and each.id in tainted.names:
            return tainted.names[each.id]
    return None


def _walk_shallow(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of an expression, in order, without the bodies of lambdas: these run later."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        if not isinstance(each, ast.Lambda):
            waiting.extend(reversed(list(_children(each))))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """All but what is given as a start or end date: a rule of its own tells of those."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and key.value in DATES):
                yield value
    else:
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.keyword) and child.arg in DATES):
                yield child


class Tainted:
    """Which names and local functions of the parse scope hold a varying value, and where it came from."""

    def __init__(self, file: FileContext, sources: frozenset[str]) -> None:
        self.names: dict[str, str] = {}
        self.functions: dict[str, str] = {}
        self._file = file
        self._sources = sources
        if not any(name in sources for name in file.calls):
            return
        # Twice: a helper may be defined below the assignment that it feeds, or call another helper.
        for _ in range(2):
            self._follow_functions()
            self._follow_names()

    def _follow_functions(self) -> None:
        for function in self._file.functions:
            for node in self._file.returns.get(function, ()):
                source = varying_call(self._file, node, self._sources, self)
                if source is not None:
                    self.functions.setdefault(function.name, source)

    def _follow_names(self) -> None:
        assigned: list[ast.Assign | ast.AnnAssign] = [
            *self._file.all(ast.Assign),
            *self._file.all(ast.AnnAssign),
        ]
        for node in assigned:
            if node.value is None or not self._file.scopes.at_parse(node) or self._is_built(node.value):
                continue
            source = varying_call(self._file, node.value, self._sources, self)
            if source is None:
                continue
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    self.names.setdefault(target.id, source)

    def _is_built(self, value: ast.expr) -> bool:
        """A DAG or a task: what varies in it is told where it is made, not wherever it is named."""
        name = self._file.parsed.qualified_name(value.func) if isinstance(value, ast.Call) else None
        return makes_dag(name) or makes_task(name)
