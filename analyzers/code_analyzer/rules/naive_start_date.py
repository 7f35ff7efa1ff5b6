"""DGA204: a start date has no time zone, though the schedule names an hour.

Without a zone it is taken for the default zone of the deployment, which another deployment may set
otherwise; then the DAG runs at another hour.

Bad:

    from datetime import datetime
    from airflow.sdk import DAG

    with DAG(
        "report",
        schedule="30 7 * * *",
        start_date=datetime(2026, 1, 1),  # <- here
    ):
        ...

Good:

    import pendulum
    from airflow.sdk import DAG

    with DAG("report", schedule="30 7 * * *", start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Berlin")):
        ...
"""

from collections.abc import Iterator
from datetime import datetime

from analyzers.code_analyzer import cron
from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import ScheduleKind
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import at
from dagaudit.finding import Severity

_EVERY_HOUR = 24


@dag_rule("DGA204", "naive-start-date", Severity.LOW, profile=Profile.STRICT, tags=("schedule",))
def check(context: DagContext) -> Iterator[Problem]:
    """Only where a certain hour is meant: midnight and every hour are the same to most."""
    schedule, start = context.dag.schedule, context.dag.argument("start_date")
    expression = cron.expression(schedule.text) if schedule.kind is ScheduleKind.CRON else None
    if not expression or start is None:
        return
    hours, date = cron.hours_of_day(expression), start.value.plain()
    if not isinstance(date, datetime) or date.tzinfo is not None or hours == {0} or len(hours) == _EVERY_HOUR:
        return
    yield Problem(
        at(start, context),
        f"`{schedule.text}` means an hour, but start_date says in no time zone",
        suggestion='use pendulum.datetime(…, tz="…")',
    )
