"""DGA615: a DAG's limit on tasks counted over all its runs in Airflow 2, and counts in each run in Airflow 3.

`max_active_tasks` (once `concurrency`) used to add up the running tasks of all runs. Since Airflow 3 each run
may have as many: with several runs at once, whatever the limit protects gets a multiple.

Bad:

    from airflow import DAG
    from airflow.operators.bash import BashOperator

    with DAG("report", schedule="@hourly", catchup=False, max_active_tasks=4):  # <- here
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow import DAG
    from airflow.operators.bash import BashOperator

    with DAG("report", schedule="@hourly", catchup=False, max_active_tasks=4, max_active_runs=1):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSURE, at, dag_value, is_written_for_2
from dagaudit.finding import Severity


@dag_rule(
    "DGA615",
    "limit-counts-per-run",
    Severity.LOW,
    profile=Profile.STRICT,
    applies_from=(3, 0),
    tags=("migration", "schedule"),
)
def check(context: DagContext) -> Iterator[Problem]:
    """Told by the imports; one run at a time is as before."""
    dag = context.dag
    limit = dag.argument("max_active_tasks") or dag.argument("concurrency")
    if (
        limit is None
        or not is_written_for_2(context.file)
        or dag_value(dag, "max_active_runs") in {1, UNSURE}
    ):
        return
    yield Problem(
        at(limit, context),
        f"`{limit.name}` counted over all runs in Airflow 2, and counts in each run in Airflow 3",
        suggestion="set max_active_runs=1, or give the tasks a pool",
    )
