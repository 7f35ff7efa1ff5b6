"""DGA308: a sensor is rescheduled every few seconds.

In the mode `reschedule` each look starts a new process and goes through the scheduler; below a minute that
costs more than it saves.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.filesystem import FileSensor

    with DAG("report", schedule="@daily"):
        FileSensor(
            task_id="wait",
            filepath="/in/orders.csv",
            mode="reschedule",
            poke_interval=10,  # <- here
        )

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.filesystem import FileSensor

    with DAG("report", schedule="@daily"):
        FileSensor(task_id="wait", filepath="/in/orders.csv", mode="reschedule", poke_interval=300)
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, effective, is_sensor, seconds
from dagaudit.finding import Severity

_MINUTE = 60


@dag_rule("DGA308", "reschedule-too-often", Severity.LOW, tags=("reliability", "sensor"))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at sensors that are rescheduled."""
    for task in context.dag.tasks:
        if not is_sensor(task) or effective(task, "mode") != "reschedule":
            continue
        interval = seconds(effective(task, "poke_interval"))
        if interval is not None and interval < _MINUTE:
            yield Problem(
                at(task.effective("poke_interval"), context),
                f"the sensor `{task.name}` is rescheduled every {interval:g} seconds",
                suggestion="set poke_interval to 60 seconds or more, or deferrable=True",
                task_id=task.task_id,
            )
