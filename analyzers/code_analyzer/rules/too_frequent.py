"""DGA208: a DAG runs every few minutes.

Starting a run and its tasks takes the scheduler seconds each time; work as frequent as this belongs into a
deferred sensor, an event or a service.

Bad:

    from airflow.sdk import DAG

    with DAG("poll", schedule="* * * * *"):  # <- here
        ...

Good:

    from airflow.sdk import DAG

    with DAG("poll", schedule="*/15 * * * *"):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, interval_seconds
from dagaudit.finding import Severity


@dag_rule("DGA208", "too-frequent", Severity.MEDIUM, tags=("schedule",), options={"min_seconds": 300})
def check(context: DagContext) -> Iterator[Problem]:
    """Compare the interval with the option."""
    interval = interval_seconds(context.dag.schedule)
    if interval is None or interval >= context.settings.option("DGA208", "min_seconds"):
        return
    yield Problem(
        at(context.dag.schedule.value, context),
        f"the DAG runs every {interval:g} seconds",
        suggestion="run it less often, or wait for the event in a deferred sensor or an asset watcher",
    )
