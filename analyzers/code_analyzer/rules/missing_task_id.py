"""DGA140: an operator is made without a task_id.

It is the one argument that every operator needs; Airflow refuses the file with a TypeError.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(bash_command="make report")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="make_report", bash_command="make report")
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.operator_table import find_operator
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity


@file_rule("DGA140", "missing-task-id", Severity.HIGH, tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Look at operators whose class is known, and at their `partial`; `**arguments` may bring it."""
    for name, calls in file.calls.items():
        class_name = name.removesuffix(".partial")
        if not class_name.startswith("airflow.") or not class_name.endswith(("Operator", "Sensor")):
            continue
        if find_operator(class_name) is None:
            continue
        for call in calls:
            named = {keyword.arg for keyword in call.keywords}
            # By position it is another rule's matter; a call without any argument is often no task at all.
            if call.args or not call.keywords or named & {"task_id", None}:
                continue
            if not _is_spelt_out(file, call, class_name):
                continue
            yield Problem(
                call,
                f"`{class_name.rpartition('.')[2]}` is made without a task_id",
                suggestion='give it one, as task_id="load_orders"',
            )


def _is_spelt_out(file: FileContext, call: ast.Call, class_name: str) -> bool:
    """Whether the class itself is called, and no `functools.partial` of it, which may hold the id."""
    func = (
        call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "partial" else call.func
    )
    if isinstance(func, ast.Attribute):
        return func.attr == class_name.rpartition(".")[2]
    return isinstance(func, ast.Name) and file.parsed.imports.get(func.id) == class_name
