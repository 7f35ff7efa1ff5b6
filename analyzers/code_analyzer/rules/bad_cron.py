"""DGA207: the cron expression is wrong, or no such day ever comes.

Airflow refuses the file, or the DAG never runs.

Bad:

    from airflow.sdk import DAG

    with DAG("report", schedule="0 25 * * *"):  # <- here
        ...

Good:

    from airflow.sdk import DAG

    with DAG("report", schedule="0 5 * * *"):
        ...
"""

import difflib
from collections.abc import Iterator

from analyzers.code_analyzer import cron
from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import ScheduleKind
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at
from analyzers.code_analyzer.values import Const, Made, Value
from dagaudit.finding import Severity

_TIMETABLES = frozenset({"CronTriggerTimetable", "CronDataIntervalTimetable", "MultipleCronTriggerTimetable"})


@dag_rule("DGA207", "bad-cron", Severity.HIGH, tags=("schedule",))
def check(context: DagContext) -> Iterator[Problem]:
    """Ask croniter about the schedule, or about the strings given to a cron timetable."""
    for value in _expressions(context):
        text = value.plain()
        expression = cron.expression(text)
        reason = cron.problem(expression) if expression is not None else None
        if reason is None:
            continue
        presets = sorted({*cron.PRESETS, *cron.NOT_CRON})
        close = difflib.get_close_matches(str(text), presets, n=1, cutoff=0.7)
        yield Problem(
            at(value, context),
            f"`{text}` is no schedule: {reason}",
            suggestion=f"did you mean `{close[0]}`?" if close else "write minute hour day month weekday",
        )


def _expressions(context: DagContext) -> Iterator[Value]:
    schedule = context.dag.schedule
    if schedule.kind is ScheduleKind.CRON and isinstance(schedule.value, Const):
        yield schedule.value
    elif isinstance(schedule.value, Made) and schedule.value.class_name in _TIMETABLES:
        yield from (
            value
            for value in schedule.value.args
            if isinstance(value, Const) and isinstance(value.value, str)
        )
