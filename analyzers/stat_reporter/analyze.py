"""Numbers of every DAG, from the code section, the logs section and Airflow's run history.

Where both logs and history tell of a DAG's runs, history decides: it knows every run, also one that left no
log, and when each was due.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial

from analyzers.analyzer import NoProgress, Progress
from analyzers.attempt import attempt
from analyzers.stat_reporter.fleet import fleet_of, metrics_of, problem_metrics
from analyzers.stat_reporter.history_health import health_failures, health_metrics
from analyzers.stat_reporter.row import Row, Told, dags_of, row_of
from dagaudit.dag import DagModel
from dagaudit.finding import Failure
from dagaudit.ports import RunHistory
from dagaudit.run_history import History
from dagaudit.section import (
    CodeSection,
    Coverage,
    LogsSection,
    Section,
    SectionStatus,
    StatsSection,
    status_of,
)
from dagaudit.task_attempt import Attempt

PART = "stats"
_INPUT_WORDS = {"code": "the source of the DAGs", "logs": "the task logs"}
WINDOW = timedelta(days=14)
"""How far back the run history is read."""


def analyze(
    code: CodeSection | None,
    logs: LogsSection | None,
    history: RunHistory | None = None,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> StatsSection:
    """The statistics section; `now` is what ages are counted from."""
    if code is None and logs is None and history is None:
        reason = "neither DAG source, logs nor run history were given"
        return StatsSection(status=SectionStatus.SKIPPED, reason=reason)
    models, failures = _models(code)
    failures += [*_of_input("code", code), *_of_input("logs", logs)]
    read, unread = _read(history, now)
    failures += unread
    attempts, told = _attempts_by_dag(logs), Told.of(read, now - WINDOW)
    if read is None and code is None and logs is None:
        reason = unread[0].message
        return StatsSection(status=SectionStatus.FAILED, reason=reason, failures=tuple(failures))
    dag_ids = sorted({*models, *attempts, *told.recent})
    bar = progress or NoProgress()
    bar.start(PART, len(dag_ids))
    rows: list[Row] = []
    for dag_id in dag_ids:
        model = models.get(dag_id)
        work = partial(row_of, dag_id, model, attempts.get(dag_id, []), told)
        row = attempt(PART, work, model.path if model else None)
        failures += [row] if isinstance(row, Failure) else row.failures
        rows += [] if isinstance(row, Failure) else [row]
        bar.advance(PART)
    bar.finish(PART)
    dags = dags_of(rows)
    coverage = Coverage(unit="dags", seen=len(dag_ids), analyzed=len(dags))
    fleet = fleet_of(dags)
    return StatsSection(
        status=status_of(tuple(failures), coverage),
        coverage=coverage,
        metrics=(
            *metrics_of(dags, fleet, now),
            *problem_metrics(dags),
            *(health_metrics(told.window, dags) if told.window else ()),
        ),
        failures=tuple(failures),
        dags=dags,
        pools=told.pools(),
        fleet=fleet,
    )


def _read(history: RunHistory | None, now: datetime) -> tuple[History | None, list[Failure]]:
    """The run history of the window; what it could not read and what is wrong with Airflow."""
    if history is None:
        return None, []
    made = attempt(PART, partial(history.read, now - WINDOW), history.address)
    if isinstance(made, Failure):
        return None, [made]
    return made, [*made.failures, *health_failures(made, history.address)]


def _models(code: CodeSection | None) -> tuple[dict[str, DagModel], list[Failure]]:
    ordered = sorted(code.dags if code else (), key=lambda one: (one.bundle, one.path, one.line))
    models = {dag.dag_id: dag for dag in reversed(ordered)}
    again = [dag for dag in ordered if models[dag.dag_id] is not dag]
    return models, [
        Failure(
            part=PART,
            path=dag.path,
            message=f"{dag.dag_id} is also defined in {models[dag.dag_id].path}, whose numbers are shown;"
            " one of them needs another dag_id",
        )
        for dag in again
    ]


def _of_input(name: str, section: Section | None) -> list[Failure]:
    """Numbers made from half the input are half the numbers, and say so."""
    if section is None or section.status is SectionStatus.OK:
        return []
    return [
        Failure(
            part=PART,
            message=f"{_INPUT_WORDS[name]}: not all could be read; what is missing there is missing here too",
        )
    ]


def _attempts_by_dag(logs: LogsSection | None) -> dict[str, list[Attempt]]:
    by_dag: dict[str, list[Attempt]] = defaultdict(list)
    for one in logs.attempts if logs else ():
        by_dag[one.dag_id].append(one)
    return by_dag
