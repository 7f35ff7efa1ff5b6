"""DGA317: a task holds a worker while another DAG runs.

`wait_for_completion` polls from the worker until the other run ends.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

    with DAG("report", schedule="@daily"):
        TriggerDagRunOperator(
            task_id="start",
            trigger_dag_id="load",
            wait_for_completion=True,  # <- here
        )

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

    with DAG("report", schedule="@daily"):
        TriggerDagRunOperator(
            task_id="start", trigger_dag_id="load", wait_for_completion=True, deferrable=True
        )
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective, is_kind
from dagaudit.finding import Severity


@dag_rule("DGA317", "sync-trigger-wait", Severity.MEDIUM, profile=Profile.STRICT, tags=("reliability",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at triggers that wait."""
    for task in context.dag.tasks:
        if not is_kind(task, "TriggerDagRunOperator") or effective(task, "wait_for_completion") is not True:
            continue
        if effective(task, "deferrable") in (UNSET, False):
            yield Problem(
                at(task.effective("wait_for_completion"), context),
                f"`{task.name}` holds a worker until `{task.value_of('trigger_dag_id', '…')}` is done",
                suggestion="set deferrable=True",
                task_id=task.task_id,
            )
