"""DGA220: a DAG's end date is past, or its start date is still to come.

It will not run. That may be meant; then it can go, or wait for its day.

Bad:

    from datetime import datetime
    from airflow.sdk import DAG

    with DAG(
        "report",
        schedule="@daily",
        start_date=datetime(2019, 1, 1),
        end_date=datetime(2020, 1, 1),  # <- here
    ):
        ...

Good:

    from datetime import datetime
    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", start_date=datetime(2019, 1, 1)):
        ...
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.day import Day
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at
from dagaudit.finding import Severity

# Where nobody tells the day, what ended before this was written has ended.
_LATER_THAN = date(2026, 1, 1)


@dag_rule("DGA220", "dates-beside-today", Severity.LOW, tags=("schedule",))
def check(context: DagContext) -> Iterator[Problem]:
    """Compare known dates with the day of the audit."""
    today = context.settings.day
    end, start = context.dag.argument("end_date"), context.dag.argument("start_date")
    if end is not None and (day := _day(end.value.plain())) is not None and _is_past(day, today):
        yield Problem(
            at(end, context), f"the DAG ended on {day}", suggestion="remove the DAG, or its end_date"
        )
    if (
        start is not None
        and (day := _day(start.value.plain())) is not None
        # No day lies before the first one; DAGs start there who want to say "ever".
        and day > date.min
        and today.is_after(day - timedelta(days=1)) is False
    ):
        yield Problem(at(start, context), f"the DAG does not start before {day}")


def _is_past(day: date, today: Day) -> bool:
    is_past = today.is_after(day)
    return day < _LATER_THAN if is_past is None else is_past


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
