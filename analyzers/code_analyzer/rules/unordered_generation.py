"""DGA412: tasks or DAGs are generated in an order that differs from parse to parse.

A set of strings and a folder's listing have no fixed order. The DAG is the same each time, but its serialised
form is not, so Airflow stores a new version at every parse and the UI shows the tasks in another order.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("feeds", schedule="@daily"):
        for name in {"orders", "users", "visits"}:  # <- here
            EmptyOperator(task_id=name)

Bad:

    import os
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    FOLDER = os.path.dirname(__file__)

    with DAG("feeds", schedule="@daily"):
        for name in os.listdir(FOLDER):  # <- here
            EmptyOperator(task_id=name)

Good:

    from pathlib import Path
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("feeds", schedule="@daily"):
        for path in sorted(Path(__file__).parent.glob("*.sql")):
            EmptyOperator(task_id=path.stem)

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    seen = set()
    with DAG("feeds", schedule="@daily"):
        for name in ["orders", "users"]:
            seen.add(name)
            EmptyOperator(task_id=name)
    for name in seen:
        print(name)
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import last_name, makes_dag, makes_task
from dagaudit.finding import Fix, Severity

_LISTINGS = frozenset({
    "os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.iglob", "pathlib.Path().glob",
    "pathlib.Path().rglob", "pathlib.Path().iterdir",
})  # fmt: skip
_WITHOUT_ORDER = frozenset({"os.scandir", "os.walk"})
_SETS = frozenset({"set", "frozenset"})


@file_rule(
    "DGA412", "unordered-generation", Severity.MEDIUM, tags=("parse-time", "versions"), fixes=edits.EITHER
)
def check(file: FileContext) -> Iterator[Problem]:
    """Loops over what has no order, whose body makes tasks or DAGs."""
    loops: list[tuple[ast.expr, ast.AST, ast.AST]] = [(loop.iter, loop, loop) for loop in file.all(ast.For)]
    comprehensions: list[ast.ListComp | ast.DictComp] = [*file.all(ast.ListComp), *file.all(ast.DictComp)]
    loops += [(made.generators[0].iter, made, made) for made in comprehensions]
    for iterated, node, body in loops:
        what = _unordered(file, iterated)
        if what is not None and _generates(file, body) and file.scopes.at_parse(node):
            yield Problem(
                iterated,
                f"tasks or DAGs are made in the order of {what}, which differs from parse to parse",
                "loop over sorted(...)",
                fix=_fix(file, iterated),
            )


def _unordered(file: FileContext, node: ast.expr, depth: int = 2) -> str | None:
    if isinstance(node, ast.Set):
        return None if all(_is_number(each) for each in node.elts) else "a set"
    if isinstance(node, ast.SetComp):
        return "a set"
    if isinstance(node, ast.Call):
        name = file.names.of(node.func)
        if name in _SETS:
            return "a set"
        if name in {"enumerate", "list", "tuple"} and node.args:
            return _unordered(file, node.args[0], depth)
        return f"{name.replace('()', '')}()" if name in _LISTINGS else _unordered_method(node)
    if isinstance(node, ast.Name) and depth:
        value = file.module_values.get(node.id)
        return _unordered(file, value, depth - 1) if value is not None else None
    return None


def _fix(file: FileContext, iterated: ast.expr) -> Fix | None:
    """Sorts what is surely names or paths; whether others have an order, only their author knows."""
    name = file.names.of(iterated.func) if isinstance(iterated, ast.Call) else None
    if name in _WITHOUT_ORDER:
        return None
    if isinstance(iterated, ast.Call) and name in {"enumerate", "list", "tuple"}:
        return _fix(file, iterated.args[0])
    made = _text_of_set(file.module_values.get(iterated.id) if isinstance(iterated, ast.Name) else iterated)
    wrap = edits.safe if made or _is_listing(name, iterated) else edits.unsafe
    return wrap(
        "sort it",
        edits.insert(edits.start(file.parsed, iterated), "sorted("),
        edits.insert(edits.end(file.parsed, iterated), ")"),
    )


def _is_listing(name: str | None, iterated: ast.expr) -> bool:
    return name in _LISTINGS or (isinstance(iterated, ast.Call) and _unordered_method(iterated) is not None)


def _text_of_set(node: ast.expr | None) -> bool:
    """Whether it is a set of strings."""
    return isinstance(node, ast.Set) and all(
        isinstance(each, ast.Constant) and isinstance(each.value, str) for each in node.elts
    )


def _unordered_method(call: ast.Call) -> str | None:
    # `Path(__file__).parent.glob(…)`: the attribute in between hides the Path from a name.
    if isinstance(call.func, ast.Attribute) and call.func.attr in {"glob", "rglob", "iterdir"}:
        return f"{call.func.attr}()"
    return None


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _generates(file: FileContext, body: ast.AST) -> bool:
    for node in ast.walk(body):
        if isinstance(node, ast.Call):
            name = file.parsed.qualified_name(node.func)
            if makes_task(name) or makes_dag(name):
                return True
        elif isinstance(node, ast.Subscript) and last_name(getattr(node.value, "func", node)) == "globals":
            return True
    return False
