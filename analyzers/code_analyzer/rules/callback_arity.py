"""DGA135: a callback cannot take what Airflow gives it.

Airflow calls `on_failure_callback` and its kind with one positional argument, the context. A function
without room for it raises TypeError at the very moment when it should tell somebody; only the scheduler's
log shows it.

Bad:

    from airflow.sdk import DAG

    def alert():  # <- here
        print("failed")

    with DAG("load", schedule="@daily", on_failure_callback=alert):
        pass

Good:

    from functools import partial
    from airflow.sdk import DAG

    def alert(context):
        print(context["dag"].dag_id)

    def alert_channel(channel, context):
        print(channel, context)

    with DAG("load", schedule="@daily", on_failure_callback=[alert, partial(alert_channel, "#data")]):
        pass
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Fix, Severity

_CALLBACKS = frozenset({
    "on_failure_callback", "on_success_callback", "on_retry_callback", "on_execute_callback",
    "on_skipped_callback",
})  # fmt: skip


@file_rule("DGA135", "callback-arity", Severity.HIGH, tags=("correctness", "alerts"), fixes=edits.SAFE)
def check(file: FileContext) -> Iterator[Problem]:
    """Functions of this file that are handed over by name, and lambdas."""
    seen: set[ast.AST] = set()
    for name, given in _callbacks(file):
        for each in given.elts if isinstance(given, ast.List | ast.Tuple) else [given]:
            function: ast.AST | None = each if isinstance(each, ast.Lambda) else None
            if isinstance(each, ast.Name):
                function = file.local_functions.get(each.id)
            if function is None or function in seen or getattr(function, "decorator_list", None):
                continue
            seen.add(function)
            fault = _fault(function)
            if fault is not None:
                yield Problem(
                    function,
                    f"{name} is called with the context alone, but this {fault}",
                    "take `context`",
                    fix=_fix(file, function),
                )


def _callbacks(file: FileContext) -> Iterator[tuple[str, ast.expr]]:
    for keyword in file.all(ast.keyword):
        if keyword.arg in _CALLBACKS:
            yield keyword.arg, keyword.value
    for node in file.all(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in _CALLBACKS:
                yield str(key.value), value


def _fix(file: FileContext, function: ast.AST) -> Fix | None:
    """Of a function without any parameter; with a default, as others may call it without."""
    parsed, parameters = file.parsed, getattr(function, "args", None)
    if not isinstance(parameters, ast.arguments) or parameters.kwonlyargs or parameters.kwarg:
        return None
    if parameters.posonlyargs or parameters.args or parameters.vararg:
        return None
    if isinstance(function, ast.Lambda):
        line, column = edits.start(parsed, function)
        return edits.safe("take the context", edits.insert((line, column + len("lambda")), " context"))
    if not isinstance(function, ast.FunctionDef):
        return None
    line, column = edits.start(parsed, function)
    opening = parsed.line(line).find("(", column - 1)
    if not parsed.line(line)[opening + 1 :].lstrip().startswith(")"):
        return None
    return edits.safe("take the context", edits.insert((line, opening + 2), "context=None"))


def _fault(function: ast.AST) -> str | None:
    parameters = getattr(function, "args", None)
    if not isinstance(parameters, ast.arguments):
        return None
    positional = [*parameters.posonlyargs, *parameters.args]
    required = len(positional) - len(parameters.defaults)
    if not positional and parameters.vararg is None:
        return "takes no positional argument"
    if required > 1:
        return f"requires {required}"
    missing = [
        each.arg
        for each, value in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
        if value is None
    ]
    return f"requires {', '.join(missing)}" if missing else None
