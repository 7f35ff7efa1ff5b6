"""DGA605: a SubDAG is used, which Airflow 3 no longer has.

SubDagOperator was removed, so the file cannot be imported. Task groups show the same structure in the UI,
without a second scheduler loop and its deadlocks.

Bad:

    from airflow import DAG
    from airflow.operators.subdag import SubDagOperator

    with DAG("parent", schedule="@daily") as dag:
        SubDagOperator(task_id="child", subdag=make_child())  # <- here

Good:

    from airflow.sdk import DAG, TaskGroup
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("parent", schedule="@daily"):
        with TaskGroup("child"):
            EmptyOperator(task_id="step")
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.gone_imports import is_guarded_import
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import last_name
from dagaudit.finding import Severity


@file_rule("DGA605", "subdag", Severity.HIGH, tags=("migration",), applies_from=(3, 0))
def check(file: FileContext) -> Iterator[Problem]:
    """Calls; where there is none, the import."""
    calls = [call for call in file.all(ast.Call) if last_name(call.func) == "SubDagOperator"]
    imports = [
        node
        for node in file.all(ast.ImportFrom)
        if any(alias.name == "SubDagOperator" for alias in node.names)
        and not is_guarded_import(node, file.parsed)
    ]
    for node in calls or imports:
        yield Problem(node, "SubDagOperator was removed in Airflow 3", "use a TaskGroup")
