"""DGA307: a sensor holds a worker while it waits.

In the default mode `poke` it sleeps in its worker slot. A few such sensors can fill a cluster with waiting.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.filesystem import FileSensor

    with DAG("report", schedule="@daily"):
        FileSensor(task_id="wait", filepath="/in/orders.csv", timeout=7200)  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.filesystem import FileSensor

    with DAG("report", schedule="@daily"):
        FileSensor(task_id="wait", filepath="/in/orders.csv", timeout=7200, mode="reschedule")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits, model_edits
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective, is_sensor, operator_of, seconds
from analyzers.code_analyzer.waiting import is_async
from dagaudit.finding import Severity


@dag_rule(
    "DGA307",
    "sensor-poke",
    Severity.MEDIUM,
    profile=Profile.STRICT,
    tags=("reliability", "sensor"),
    fixes=edits.UNSAFE,
    options={"max_seconds": 600},
)
def check(context: DagContext) -> Iterator[Problem]:
    """Short waits may poke."""
    for task in context.dag.tasks:
        if (
            is_sensor(task)
            and _pokes(task)
            and _is_long(task, context.settings.option("DGA307", "max_seconds"))
        ):
            operator = operator_of(task)
            better = "deferrable=True" if operator and operator.deferrable else 'mode="reschedule"'
            set_already = task.effective("mode") or task.effective("deferrable")
            made = model_edits.task_argument_added(task, context.file.parsed, better)
            yield Problem(
                at(task.effective("mode") or task, context),
                f"the sensor `{task.name}` holds a worker while it waits",
                suggestion=f"set {better}",
                task_id=task.task_id,
                fix=edits.unsafe(f"add {better}", *made) if made and not set_already else None,
            )


def _pokes(task: Task) -> bool:
    if is_async(task) or effective(task, "deferrable") not in (UNSET, False):
        return False
    return effective(task, "mode") in (UNSET, "poke")


def _is_long(task: Task, limit: float) -> bool:
    timeout = effective(task, "timeout")
    if timeout is UNSET:
        return True
    length = seconds(timeout)
    return length is not None and length > limit
