"""DGA120: an operator is given an argument that it does not have.

Airflow refuses the file with a TypeError. Which arguments an operator has is read from the newest
providers.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_comand="load")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load")
"""

import ast
import difflib
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.operator_table import find_operator
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Confidence, Severity

# What Airflow 3 removed from every operator is told as such by another rule.
_TOLD_BY_RENAMES = frozenset({"provide_context", "task_concurrency", "use_dill", "delegate_to", "sla"})


@file_rule("DGA120", "unknown-operator-arg", Severity.HIGH, applies_from=(3, 0), tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Compare keywords with the table; a class that takes anything is left alone."""
    for name, calls in file.calls.items():
        class_name = name.removesuffix(".partial")
        if not class_name.startswith("airflow.") or not class_name.endswith(("Operator", "Sensor")):
            continue
        operator = find_operator(class_name)
        if operator is None or operator.arguments is None:
            continue
        for call in calls:
            for keyword in call.keywords:
                if keyword.arg and keyword.arg not in operator.arguments | _TOLD_BY_RENAMES:
                    yield _problem(keyword, class_name, operator.arguments)


def _problem(keyword: ast.keyword, class_name: str, known: frozenset[str]) -> Problem:
    close = difflib.get_close_matches(keyword.arg or "", sorted(known), n=1, cutoff=0.75)
    return Problem(
        keyword,
        f"`{class_name.rpartition('.')[2]}` has no argument `{keyword.arg}`",
        suggestion=f"did you mean `{close[0]}`?"
        if close
        else "remove it, or check which provider version you have",
        # Another version of the provider may differ; a misspelt name is wrong in all of them.
        confidence=None if close else Confidence.LIKELY,
    )
