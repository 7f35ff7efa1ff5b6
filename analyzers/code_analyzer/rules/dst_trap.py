"""DGA210: a DAG runs at an hour that a change of the clocks drops or repeats.

In a zone with daylight saving time, local times between one and three in the night do not exist on one day
a year and come twice on another.

Bad:

    import pendulum
    from airflow.sdk import DAG

    with DAG(
        "report",
        schedule="30 2 * * *",  # <- here
        start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Berlin"),
    ):
        ...

Good:

    import pendulum
    from airflow.sdk import DAG

    with DAG("report", schedule="30 4 * * *", start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Berlin")):
        ...
"""

from collections.abc import Iterator
from datetime import datetime

from analyzers.code_analyzer import cron
from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import ScheduleKind
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, dag_value, default_arg
from dagaudit.finding import Severity

_TRAPS = frozenset({1, 2})
_EVERY_HOUR = 24


@dag_rule("DGA210", "dst-trap", Severity.LOW, tags=("schedule",))
def check(context: DagContext) -> Iterator[Problem]:
    """Only fixed hours are traps: what runs every hour merely runs once more or less."""
    schedule = context.dag.schedule
    expression = cron.expression(schedule.text) if schedule.kind is ScheduleKind.CRON else None
    if not expression:
        return
    hours = cron.hours_of_day(expression)
    start = dag_value(context.dag, "start_date") or default_arg(context.dag, "start_date")
    if (
        not hours & _TRAPS
        or len(hours) == _EVERY_HOUR
        or not isinstance(start, datetime)
        or not _has_dst(start)
    ):
        return
    yield Problem(
        at(schedule.value, context),
        f"`{schedule.text}` falls into the hours that {start.tzinfo} drops or repeats when its clocks change",
        suggestion="run it after three, or in UTC",
    )


def _has_dst(moment: datetime) -> bool:
    if moment.tzinfo is None:
        return False
    return (
        moment.replace(year=2026, month=1, day=1).utcoffset()
        != moment.replace(year=2026, month=7, day=1).utcoffset()
    )
