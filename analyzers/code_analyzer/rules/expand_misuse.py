"""DGA127: `expand()` is given nothing, a single value, or a value that `partial()` already fixed.

It takes keyword arguments, each a list, a dict or the output of another task. Airflow refuses the file
otherwise.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator.partial(task_id="load").expand(bash_command="load a")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator.partial(task_id="load").expand(bash_command=["load a", "load b"])
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.parsed_file import FunctionNode
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_MAKERS = frozenset({"partial", "override"})


@file_rule("DGA127", "expand-misuse", Severity.HIGH, tags=("correctness", "mapping"))
def check(file: FileContext) -> Iterator[Problem]:
    """Look at calls of expand on operators and task functions."""
    functions: frozenset[str] | None = None
    for call in file.all(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "expand":
            continue
        if functions is None:
            functions = _task_functions(file)
        if _is_mappable(call.func.value, functions, file):
            yield from _problems(call, _fixed(call.func.value))


def _problems(call: ast.Call, fixed: frozenset[str]) -> Iterator[Problem]:
    if not call.args and not call.keywords:
        yield Problem(call, "`expand()` is given nothing to expand over", suggestion="give it a list by name")
    for argument in call.args:
        yield Problem(
            argument,
            "`expand()` takes keyword arguments only",
            suggestion="write the parameter's name before it",
        )
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Constant | ast.JoinedStr):
            yield Problem(
                keyword,
                f"`{keyword.arg}` is a single value: there is nothing to expand over",
                suggestion=f"put it into `partial({keyword.arg}=…)`, or make it a list",
            )
        elif keyword.arg in fixed:
            yield Problem(
                keyword,
                f"`{keyword.arg}` is already fixed by `partial()`",
                suggestion="give it in one of the two",
            )


def _is_mappable(node: ast.expr, functions: frozenset[str], file: FileContext) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MAKERS:
        return True
    if isinstance(node, ast.Name) and node.id in functions:
        return True
    return (file.parsed.qualified_name(node) or "").endswith(("Operator", "Sensor"))


def _fixed(node: ast.expr) -> frozenset[str]:
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "partial":
            return frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
        node = node.func.value
    return frozenset()


def _task_functions(file: FileContext) -> frozenset[str]:
    functions: list[FunctionNode] = [*file.all(ast.FunctionDef), *file.all(ast.AsyncFunctionDef)]
    return frozenset(
        function.name
        for function in functions
        for decorator in function.decorator_list
        if (
            name := file.parsed.qualified_name(
                decorator.func if isinstance(decorator, ast.Call) else decorator
            )
        )
        and name.startswith("airflow.")
        and ".task" in name
    )
