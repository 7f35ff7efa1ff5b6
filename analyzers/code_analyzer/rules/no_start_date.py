"""DGA203: a scheduled DAG has no start date.

Airflow 2 refuses its tasks; Airflow 3 takes the moment when the DAG was first seen, which differs from one
deployment to the next.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):  # <- here
        BashOperator(task_id="load", bash_command="load")

Good:

    from datetime import datetime
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily", start_date=datetime(2026, 1, 1)):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, dag_place, dag_value, default_arg, effective, recurs
from dagaudit.finding import Severity


@dag_rule("DGA203", "no-start-date", Severity.MEDIUM, tags=("schedule",))
def check(context: DagContext) -> Iterator[Problem]:
    """Only where neither the DAG nor any task can have one."""
    dag, target = context.dag, context.settings.target
    if not recurs(dag.schedule, target) or dag.opaque:
        return
    if dag_value(dag, "start_date") is not UNSET or default_arg(dag, "start_date") is not UNSET:
        return
    if any(effective(task, "start_date") is not UNSET for task in dag.tasks):
        return
    yield Problem(
        dag_place(context),
        f"the DAG `{dag.dag_id or '…'}` runs by a schedule but has no start_date",
        suggestion="give it a fixed start_date",
        severity=Severity.LOW if target >= (3, 0) else None,
    )
