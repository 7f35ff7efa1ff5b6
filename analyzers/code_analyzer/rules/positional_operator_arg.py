"""DGA119: an operator is given an argument without its name.

Operators take keyword arguments only; Airflow refuses the file with a TypeError.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator("load", bash_command="load")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load")
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.operator_table import find_operator
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity


@file_rule("DGA119", "positional-operator-arg", Severity.HIGH, tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Look at calls of classes that the table knows as operators."""
    for name, calls in file.calls.items():
        if not name.startswith("airflow.") or not name.endswith(("Operator", "Sensor")):
            continue
        operator = find_operator(name)
        if operator is None or not {"BaseOperator"} & {*operator.ancestors, name.rpartition(".")[2]}:
            continue
        for call in calls:
            if call.args and not isinstance(call.args[0], ast.Starred):
                yield Problem(
                    call.args[0],
                    f"`{name.rpartition('.')[2]}` takes keyword arguments only",
                    suggestion="write its name before it, as `task_id=…`",
                )
