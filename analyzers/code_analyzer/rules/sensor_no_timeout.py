"""DGA306: a sensor has no timeout.

It then waits seven days for what may never come, and only fails after that.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.filesystem import FileSensor

    with DAG("report", schedule="@daily"):
        FileSensor(task_id="wait", filepath="/in/orders.csv", mode="reschedule")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.filesystem import FileSensor

    with DAG("report", schedule="@daily"):
        FileSensor(task_id="wait", filepath="/in/orders.csv", mode="reschedule", timeout=3600)
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective, is_sensor
from analyzers.code_analyzer.waiting import WAITS_BY_CLOCK
from dagaudit.finding import Severity


@dag_rule(
    "DGA306", "sensor-no-timeout", Severity.MEDIUM, profile=Profile.STRICT, tags=("reliability", "sensor")
)
def check(context: DagContext) -> Iterator[Problem]:
    """Sensors that only wait for a moment need none."""
    for task in context.dag.tasks:
        if not is_sensor(task) or task.operator in WAITS_BY_CLOCK:
            continue
        if effective(task, "timeout") is UNSET and effective(task, "execution_timeout") in (UNSET, None):
            yield Problem(
                at(task, context),
                f"the sensor `{task.name}` waits up to seven days",
                suggestion="set timeout to the longest wait that still makes sense",
                task_id=task.task_id,
            )
