"""DGA612: a DAG written for Airflow 2 relies on a default that Airflow 3 changed.

No schedule meant daily and now means never. No `catchup` meant all intervals and now means the latest only.
Nothing fails, the DAG just does something else.

Bad:

    from datetime import datetime
    from airflow import DAG
    from airflow.operators.bash import BashOperator

    with DAG("report", schedule="@daily", start_date=datetime(2024, 1, 1)):  # <- here
        BashOperator(task_id="load", bash_command="load")

Good:

    from datetime import datetime
    from airflow import DAG
    from airflow.operators.bash import BashOperator

    with DAG("report", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=True):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, dag_place, dag_value, is_written_for_2, recurs
from analyzers.code_analyzer.schedule_before import OLD_NAMES, schedule_before
from dagaudit.finding import Severity

_OF_2 = (2, 11)


@dag_rule(
    "DGA612",
    "implicit-default-change",
    Severity.MEDIUM,
    profile=Profile.STRICT,
    applies_from=(3, 0),
    tags=("migration",),
)
def check(context: DagContext) -> Iterator[Problem]:
    """Told by the imports: the new SDK's names are written with the new defaults in mind."""
    dag = context.dag
    if not is_written_for_2(context.file) or _is_subdag(context):
        return
    if (
        not dag.schedule.explicit
        and dag.open is None
        and dag.form == "call"
        and not any(dag.argument(name) for name in OLD_NAMES)
    ):
        yield Problem(
            dag_place(context),
            "no schedule meant daily in Airflow 2, and means never in Airflow 3",
            suggestion='write schedule="@daily", or schedule=None',
        )
    if recurs(schedule_before(dag), _OF_2) and dag_value(dag, "catchup") is UNSET:
        yield Problem(
            dag_place(context),
            "no catchup meant all intervals in Airflow 2, and means the latest only in Airflow 3",
            suggestion="write catchup=True, or catchup=False",
        )


def _is_subdag(context: DagContext) -> bool:
    """`parent.child`, made for a SubDagOperator of the parent: the parent's runs are its runs."""
    parent = (context.dag.dag_id or "").rpartition(".")[0]
    return bool(parent) and any(other.dag_id == parent for other in context.file.dags)
