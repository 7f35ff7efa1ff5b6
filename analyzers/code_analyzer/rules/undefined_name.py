"""DGA138: a name is used that nothing defines.

Python raises a NameError when it gets there: while the file is loaded, which costs all its DAGs, or when the
task runs.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        extract = EmptyOperator(task_id="extract")
        extract >> load  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        extract = EmptyOperator(task_id="extract")
        load = EmptyOperator(task_id="load")
        extract >> load
"""

import ast
import builtins
import re
from collections.abc import Iterator
from difflib import get_close_matches

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import HOLE, text_of
from dagaudit.finding import Severity

# What a module has besides, and what notebooks bring.
_THERE = frozenset(dir(builtins)) | {
    "__file__", "__path__", "__module__", "__qualname__", "__annotations__", "__class__", "WindowsError",
    "display", "dbutils", "spark", "get_ipython",
}  # fmt: skip
_WAYS_AROUND = frozenset({"locals", "vars", "exec", "eval"})
_READS_OF_A_DICT = ("get", "items", "keys", "values", "copy")
_NO_NAME = re.compile(r"(?!)")


@file_rule("DGA138", "undefined-name", Severity.HIGH, tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Tell each name once that no scope of the file binds; where names come by other ways, none."""
    if not file.model.is_dag_candidate:
        return
    loaded: set[str] = set()
    assigned: set[str] = set()
    for node in file.all(ast.Name):
        (loaded if type(node.ctx) is ast.Load else assigned).add(node.id)
    unknown = loaded - assigned - _THERE - file.parsed.imports.keys()
    if unknown:
        unknown -= _bound(file)
    if not unknown or any(alias.name == "*" for node in file.all(ast.ImportFrom) for alias in node.names):
        return
    if loaded & _WAYS_AROUND:
        return
    used = [node for node in file.all(ast.Name) if isinstance(node.ctx, ast.Load)]
    made = [_made_by_globals(file, node) for node in used if node.id == "globals"]
    known = sorted(assigned | _bound(file))
    for node in used:
        if node.id in unknown and not _is_spared(file, node):
            if any(names is None or names.fullmatch(node.id) for names in made):
                continue
            unknown.discard(node.id)
            near = get_close_matches(node.id, known, 1, 0.8)
            yield Problem(
                node,
                f"`{node.id}` is defined nowhere, so this raises a NameError",
                suggestion=f"did you mean `{near[0]}`?" if near else "define or import it",
            )


def _made_by_globals(file: FileContext, name: ast.Name) -> re.Pattern[str] | None:
    """Which names a use of `globals()` may make, as `globals()[f"load_{shop}"] = …`; None where any."""
    call = file.parsed.parent(name)
    use = file.parsed.parent(call) if isinstance(call, ast.Call) and call.func is name else None
    if isinstance(use, ast.Attribute) and use.attr in _READS_OF_A_DICT:
        return _NO_NAME
    if not isinstance(use, ast.Subscript) or use.value is not call:
        return None
    if isinstance(use.ctx, ast.Load):
        return _NO_NAME
    text = text_of(file, use.slice)
    # What is not known stands as a hole; a key that is all hole may be any name.
    if text is None or not text.strip(HOLE):
        return None
    return re.compile(".*".join(map(re.escape, text.split(HOLE))))


def _bound(file: FileContext) -> set[str]:
    """Every name that a statement other than an assignment binds, in whatever scope."""
    imports: list[ast.Import | ast.ImportFrom] = [*file.all(ast.Import), *file.all(ast.ImportFrom)]
    declared: list[ast.Global | ast.Nonlocal] = [*file.all(ast.Global), *file.all(ast.Nonlocal)]
    captured: list[ast.MatchAs | ast.MatchStar] = [*file.all(ast.MatchAs), *file.all(ast.MatchStar)]
    found = {alias.asname or alias.name.partition(".")[0] for node in imports for alias in node.names}
    found.update(each.name for each in file.functions)
    found.update(each.name for each in file.all(ast.ClassDef))
    found.update(each.arg for each in file.all(ast.arg))
    found.update(each.name for each in file.all(ast.ExceptHandler) if each.name)
    found.update(name for node in declared for name in node.names)
    found.update(each.name for each in captured if each.name)
    found.update(each.rest for each in file.all(ast.MatchMapping) if each.rest)
    return found


def _is_spared(file: FileContext, node: ast.AST) -> bool:
    """Whether it is never evaluated, or its error is awaited."""
    inner: ast.AST = node
    outer = file.parsed.parent(node)
    while outer is not None:
        if isinstance(outer, ast.Try) and inner in outer.body and any(map(_awaits, outer.handlers)):
            return True
        if isinstance(outer, ast.AnnAssign | ast.arg) and outer.annotation is inner:
            return True
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) and outer.returns is inner:
            return True
        if isinstance(outer, ast.If | ast.IfExp) and inner is not outer.test and _may_be_off(outer.test):
            return True
        inner, outer = outer, file.parsed.parent(outer)
    return False


def _awaits(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        name is None
        or (isinstance(name, ast.Name) and name.id in ("NameError", "Exception", "BaseException"))
        for name in names
    )


def _may_be_off(test: ast.expr) -> bool:
    """`if TYPE_CHECKING:`, `if False:`, `if 0:`."""
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else None
    return name == "TYPE_CHECKING" or (isinstance(test, ast.Constant) and not test.value)
