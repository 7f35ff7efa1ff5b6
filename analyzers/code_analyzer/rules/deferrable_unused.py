"""DGA309: an operator could wait in the triggerer, but holds a worker.

With `deferrable=True` the wait costs almost nothing.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor

    with DAG("report", schedule="@daily"):
        ExternalTaskSensor(task_id="wait", external_dag_id="load", timeout=7200)  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor

    with DAG("report", schedule="@daily"):
        ExternalTaskSensor(task_id="wait", external_dag_id="load", timeout=7200, deferrable=True)
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits, model_edits
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective, operator_of
from dagaudit.finding import Severity


@dag_rule(
    "DGA309",
    "deferrable-unused",
    Severity.LOW,
    profile=Profile.STRICT,
    tags=("reliability", "sensor"),
    fixes=edits.UNSAFE,
    options={"has_triggerer": True},
)
def check(context: DagContext) -> Iterator[Problem]:
    """Ask the table of operators; a trigger that does not wait has nothing to defer."""
    if not context.settings.option("DGA309", "has_triggerer"):
        return
    for task in context.dag.tasks:
        operator = operator_of(task)
        if operator is None or not operator.deferrable or effective(task, "deferrable") is not UNSET:
            continue
        if "wait_for_completion" in (operator.arguments or ()) and (
            effective(task, "wait_for_completion") in (UNSET, False)
        ):
            continue
        if effective(task, "mode") == "reschedule":
            continue
        made = model_edits.task_argument_added(task, context.file.parsed, "deferrable=True")
        yield Problem(
            at(task, context),
            f"`{task.name}` could wait in the triggerer instead of a worker",
            suggestion="set deferrable=True",
            task_id=task.task_id,
            fix=edits.unsafe("add deferrable=True", *made) if made else None,
        )
