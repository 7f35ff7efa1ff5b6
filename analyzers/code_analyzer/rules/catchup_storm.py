"""DGA206: a DAG will catch up on many intervals at once.

With `catchup=True` and an old start date, switching the DAG on starts a run for every interval since, up to
sixteen at a time.

Bad:

    from datetime import datetime
    from airflow.sdk import DAG

    with DAG(
        "report",
        schedule="@hourly",
        start_date=datetime(2020, 1, 1),
        catchup=True,  # <- here
    ):
        ...

Good:

    from datetime import datetime
    from airflow.sdk import DAG

    with DAG("report", schedule="@hourly", start_date=datetime(2020, 1, 1), catchup=True, max_active_runs=1):
        ...
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, dag_value, default_arg, interval_seconds
from dagaudit.finding import Severity

# Rules know no clock unless the run tells the day; a day that is surely past serves as well.
_LATER_THAN = date(2026, 1, 1)


@dag_rule("DGA206", "catchup-storm", Severity.MEDIUM, tags=("schedule",), options={"max_intervals": 100})
def check(context: DagContext) -> Iterator[Problem]:
    """Count the intervals between the start date and today."""
    dag = context.dag
    interval = interval_seconds(dag.schedule)
    if (
        dag_value(dag, "catchup") is not True
        or not interval
        or dag_value(dag, "max_active_runs") is not UNSET
    ):
        return
    start = dag_value(dag, "start_date") or default_arg(dag, "start_date")
    if not isinstance(start, datetime) or dag_value(dag, "end_date") is not UNSET:
        return
    today = context.settings.today or _LATER_THAN
    now = datetime(today.year, today.month, today.day, tzinfo=UTC)
    waiting = int((now - (start if start.tzinfo else start.replace(tzinfo=UTC))).total_seconds() // interval)
    if waiting > context.settings.option("DGA206", "max_intervals"):
        yield Problem(
            at(dag.argument("catchup"), context),
            f"catching up starts about {waiting} runs, sixteen at a time",
            suggestion="set max_active_runs, a later start_date, or catchup=False and a backfill",
        )
