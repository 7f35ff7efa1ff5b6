"""DGA212: a sensor waits for a run of another DAG that never comes.

An ExternalTaskSensor looks for a run of the other DAG with its own logical date. Where the two schedules do
not meet, it needs `execution_delta` or `execution_date_fn`; without, it waits until its timeout.

Bad:

    # file: load.py
    from airflow.sdk import DAG

    with DAG("load", schedule="0 3 * * *"):
        ...
    # file: report.py
    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor

    with DAG("report", schedule="0 5 * * *"):
        ExternalTaskSensor(task_id="wait", external_dag_id="load")  # <- here

Good:

    # file: load.py
    from airflow.sdk import DAG

    with DAG("load", schedule="0 3 * * *"):
        ...
    # file: report.py
    from datetime import timedelta
    from airflow.sdk import DAG
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor

    with DAG("report", schedule="0 5 * * *"):
        ExternalTaskSensor(task_id="wait", external_dag_id="load", execution_delta=timedelta(hours=2))
"""

from collections.abc import Iterator

from analyzers.code_analyzer import cron
from analyzers.code_analyzer.context import BundleContext
from analyzers.code_analyzer.file_model import DagFacts
from analyzers.code_analyzer.firings import Firings, meet
from analyzers.code_analyzer.model import ScheduleKind
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from analyzers.code_analyzer.rule_help import confidence_in
from dagaudit.finding import Severity


@bundle_rule("DGA212", "external-schedule-mismatch", Severity.HIGH, tags=("schedule", "cross-dag"))
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Compare the firing times of both DAGs where both are known."""
    by_id = {dag.dag_id: dag for dag in bundle.facts.dags if dag.dag_id}
    for dag in bundle.facts.dags:
        for link in dag.links:
            other = by_id.get(link.target_dag_id) if link.target_dag_id else None
            if link.kind != "sensor" or link.has_delta or other is None or other is dag:
                continue
            if _never_meet(dag, other):
                yield Problem(
                    Place(link.line, path=link.path or dag.path, code=str(link.task_id)),
                    f"`{link.task_id or '…'}` waits for a run of `{other.dag_id}` ({_shown(other)}) "
                    f"with the date of this DAG ({_shown(dag)}): there is none",
                    suggestion="give execution_delta or execution_date_fn, or let an asset start this DAG",
                    dag_id=dag.dag_id,
                    task_id=link.task_id,
                    confidence=confidence_in(dag, other),
                )


def _never_meet(dag: DagFacts, other: DagFacts) -> bool:
    mine, theirs = _firings_of(dag), _firings_of(other)
    # A DAG without schedule gets its dates from whoever starts it; timetables and assets tell nothing.
    return mine is not None and theirs is not None and not meet(mine, theirs)


def _firings_of(dag: DagFacts) -> Firings | None:
    if dag.schedule_kind is ScheduleKind.CRON:
        expression = cron.expression(dag.schedule)
        if expression is None or cron.problem(expression) is not None:
            return None
        return Firings(cron=expression, timezone=dag.timezone or "UTC")
    if dag.schedule_kind is ScheduleKind.TIMEDELTA and dag.schedule_explicit and dag.schedule_seconds:
        # It counts from the start date: without one nothing can be said.
        return Firings(seconds=dag.schedule_seconds, start=dag.start_date) if dag.start_date else None
    return None


def _shown(dag: DagFacts) -> str:
    return dag.schedule or f"every {dag.schedule_seconds:g} seconds"
