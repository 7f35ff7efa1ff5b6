"""DGA610: a task returns what cannot be stored as an XCom.

Airflow 2 could pickle XComs; Airflow 3 cannot any more. Bytes, paths, generators, `map`, `range`, dictionary
views and their like end in a TypeError, after the task has done its work.

Bad:

    from pathlib import Path
    from airflow.sdk import task

    @task
    def export() -> Path:
        return Path("/data/export.csv")  # <- here

Good:

    from pathlib import Path
    from airflow.sdk import task

    @task
    def export() -> str:
        return str(Path("/data/export.csv"))

Good:

    from airflow.sdk import task

    @task(do_xcom_push=False)
    def load(reader):
        return reader.read_bytes("a").encode()
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, decorator_names, is_false, last_name
from dagaudit.finding import Confidence, Severity

# Each was serialized by Airflow 3.3.2, and refused.
_MADE = re.compile(
    r"pathlib\.\w*Path\(\)|re\.(?:compile|match|search|fullmatch|finditer)\(\)|io\.(?:BytesIO|StringIO)\(\)"
    r"|collections\.deque\(\)|fractions\.Fraction\(\)|datetime\.time\(\)|itertools\.\w+\(\)"
    r"|(?:pickle|cloudpickle|dill|marshal|msgpack)\.dumps\(\)|(?:zlib|gzip|bz2|lzma)\.compress\(\)"
    r"|base64\.\w+encode\(\)|os\.urandom\(\)|threading\.\w+\(\)|sqlite3\.connect\(\)"
)
_BUILTINS = frozenset({
    "map", "filter", "zip", "range", "enumerate", "reversed", "iter", "bytes", "bytearray", "memoryview",
    "open", "complex",
})  # fmt: skip
_VIEWS = frozenset({"keys", "items"})
_BYTES = frozenset({"encode", "digest", "read_bytes", "tobytes", "to_bytes"})


@file_rule("DGA610", "unserializable-xcom", Severity.MEDIUM, applies_from=(3, 0), tags=("migration", "xcom"))
def check(file: FileContext) -> Iterator[Problem]:
    """What functions return that an operator calls, and what they push."""
    for function in file.scopes.entry_functions:
        # Airflow runs a generator to its end, for the metadata of assets that it yields.
        is_generator = function in file.parsed.generators
        if is_generator or file.scopes.is_callback(function) or _keeps_to_itself(file, function):
            continue
        for node in file.returns.get(function, ()):
            for value in _parts(node.value):
                found = _refused(file, value)
                if found is not None:
                    yield _problem(value, *found)
    for call in file.all(ast.Call):
        if last_name(call.func) == "xcom_push" and file.scopes.in_task(call):
            for value in _parts(argument(call, "value", 1)):
                found = _refused(file, value)
                if found is not None:
                    yield _problem(value, *found)


def _problem(node: ast.AST, what: str, confidence: Confidence | None) -> Problem:
    return Problem(
        node,
        f"{what} cannot be stored as an XCom: the task fails after its work",
        suggestion="return text, a list or a dict, or the address of what is stored elsewhere",
        confidence=confidence,
    )


def _keeps_to_itself(file: FileContext, function: ast.AST) -> bool:
    return any(
        "bash" in name or (isinstance(each, ast.Call) and is_false(argument(each, "do_xcom_push")))
        for name, each in decorator_names(file, function)
    )


def _parts(value: ast.expr | None) -> Iterator[ast.expr]:
    if isinstance(value, ast.Tuple | ast.List):
        for each in value.elts:
            yield from _parts(each)
    elif isinstance(value, ast.Dict):
        for each in value.values:
            yield from _parts(each)
    elif isinstance(value, ast.IfExp):
        yield from _parts(value.body)
        yield from _parts(value.orelse)
    elif value is not None:
        yield value


def _refused(file: FileContext, value: ast.expr) -> tuple[str, Confidence | None] | None:
    if isinstance(value, ast.Constant) and isinstance(value.value, bytes | complex):
        return ("bytes" if isinstance(value.value, bytes) else "a complex number"), None
    if isinstance(value, ast.Lambda):
        return "a function", None
    if isinstance(value, ast.GeneratorExp):
        return "a generator", None
    name = file.names.of(value)
    if name is not None and _MADE.fullmatch(name):
        return f"what {name.removesuffix('()')}() returns", None
    if not isinstance(value, ast.Call):
        return None
    if isinstance(value.func, ast.Name) and value.func.id in _BUILTINS and name == f"{value.func.id}()":
        return f"what {value.func.id}() returns", None
    if isinstance(value.func, ast.Attribute) and not value.args and not value.keywords:
        if value.func.attr in _VIEWS:
            return f"what {value.func.attr}() returns, a view of a dictionary", Confidence.LIKELY
        if value.func.attr in _BYTES:
            return f"what {value.func.attr}() returns, bytes", Confidence.LIKELY
    return None
