"""DGA209: many DAGs of one bundle start in the same minute.

They compete for the scheduler, the pools and the databases at once, while the minutes around are idle. One
finding tells the whole group.

Bad:

    # file: dags.py
    from airflow.sdk import DAG

    for number in range(30):
        with DAG(f"load_{number}", schedule="@daily"):  # <- here
            ...

Good:

    # file: dags.py
    from airflow.sdk import DAG

    for number in range(30):
        with DAG(f"load_{number}", schedule=f"{number * 2} 0 * * *"):
            ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer import cron
from analyzers.code_analyzer.context import BundleContext
from analyzers.code_analyzer.file_model import DagFacts
from analyzers.code_analyzer.model import ScheduleKind
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from dagaudit.finding import Severity

_SHOWN = 5


@bundle_rule("DGA209", "same-minute-herd", Severity.MEDIUM, tags=("schedule",), options={"max_dags": 25})
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Find the fullest minute, tell it, go on with the DAGs that are left."""
    limit = bundle.settings.option("DGA209", "max_dags")
    minutes: dict[int, list[DagFacts]] = {}
    for dag in bundle.facts.dags:
        expression = cron.expression(dag.schedule) if dag.schedule_kind is ScheduleKind.CRON else None
        for minute in cron.minutes_of_day(expression) if expression else ():
            minutes.setdefault(minute, []).append(dag)
    while minutes:
        minute, herd = min(minutes.items(), key=lambda item: (-len(item[1]), item[0]))
        if len(herd) <= limit:
            return
        yield _problem(minute, herd)
        gone = set(herd)
        minutes = {
            key: left for key, dags in minutes.items() if (left := [dag for dag in dags if dag not in gone])
        }


def _problem(minute: int, herd: list[DagFacts]) -> Problem:
    named = ", ".join(f"`{dag.dag_id or '…'}`" for dag in herd[:_SHOWN])
    step = max(1, 60 // len(herd))
    offsets = [(minute + number * step) % 60 for number in range(4)]
    return Problem(
        Place(herd[0].schedule_line, path=herd[0].path, code=str(herd[0].schedule)),
        f"{len(herd)} DAGs start at {minute // 60:02}:{minute % 60:02}: {named} …",
        suggestion=f"spread them over the hour: minutes {', '.join(map(str, offsets))} …",
        dag_id=herd[0].dag_id,
    )
