"""Numbers of every DAG, from the code section, the logs section and Airflow's run history.

Where both logs and history tell of a DAG's runs, history decides: it knows every run, also one that left no
log, and when each was due.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from analyzers.analyzer import NoProgress, Progress
from analyzers.attempt import attempt
from analyzers.stat_reporter.fleet import fleet_of, metrics_of
from analyzers.stat_reporter.graph_shape import Shape
from analyzers.stat_reporter.history import DagRuns, run_stats_from, runs_by_dag
from analyzers.stat_reporter.history_health import health_failures, health_metrics
from analyzers.stat_reporter.runs import DagHistory, run_stats_of
from analyzers.stat_reporter.schedules import words_of
from analyzers.stat_reporter.structure import shape_of_dag, structure_of
from dagaudit.dag import DagModel, Tier
from dagaudit.dag_stats import DagStats, RunStats
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
    attempts, told = _attempts_by_dag(logs), runs_by_dag(read) if read else {}
    if read is None and code is None and logs is None:
        reason = unread[0].message
        return StatsSection(status=SectionStatus.FAILED, reason=reason, failures=tuple(failures))
    dag_ids = sorted({*models, *attempts, *told})
    bar = progress or NoProgress()
    bar.start(PART, len(dag_ids))
    dags = []
    for dag_id in dag_ids:
        model = models.get(dag_id)
        work = partial(_row, dag_id, model, attempts.get(dag_id, []), told.get(dag_id))
        row = attempt(PART, work, model.path if model else None)
        if isinstance(row, Failure):
            failures.append(row)
        else:
            dags.append(row[0])
            failures += row[1]
        bar.advance(PART)
    bar.finish(PART)
    coverage = Coverage(unit="dags", seen=len(dag_ids), analyzed=len(dags))
    fleet = fleet_of(dags)
    return StatsSection(
        status=status_of(tuple(failures), coverage),
        coverage=coverage,
        metrics=(*metrics_of(dags, fleet, now), *(health_metrics(read, dags) if read else ())),
        failures=tuple(failures),
        dags=tuple(dags),
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


def _row(
    dag_id: str, model: DagModel | None, attempts: Sequence[Attempt], told: DagRuns | None
) -> tuple[DagStats, tuple[Failure, ...]]:
    history = DagHistory(attempts) if attempts else None
    runs = run_stats_of(history) if history else None
    if told and (told.runs or not runs):
        history, runs = told.attempts(), run_stats_from(told)
    if model is None:
        return _row_without_source(dag_id, runs, told), ()
    # Of an opaque DAG only the id is known; zeros would look like an empty DAG.
    shape = None if model.tier is Tier.OPAQUE else shape_of_dag(model)
    seconds = history.usual_seconds() if history else {}
    row = DagStats(
        dag_id=dag_id,
        path=model.path,
        owner=", ".join(model.owners) or None,
        tags=model.tags,
        schedule=words_of(model),
        structure=structure_of(model, shape, seconds) if shape else None,
        runs=runs,
    )
    return row, _cycles(model, shape) if shape else ()


def _row_without_source(dag_id: str, runs: RunStats | None, told: DagRuns | None) -> DagStats:
    """What Airflow says of a DAG whose source was not given."""
    known = told.dag if told else None
    if known is None:
        return DagStats(dag_id=dag_id, runs=runs)
    return DagStats(
        dag_id=dag_id,
        path=known.path,
        owner=", ".join(known.owners) or None,
        tags=known.tags,
        schedule=known.schedule or "manual",
        runs=runs,
    )


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


def _cycles(model: DagModel, shape: Shape) -> tuple[Failure, ...]:
    if not shape.in_cycle:
        return ()
    caught = ", ".join(shape.in_cycle[:5])
    message = (
        f"{model.dag_id}: {caught} lie on a cycle or behind one and have no level;"
        " depth, width and critical path leave them out"
    )
    return (Failure(part=PART, path=model.path, message=message),)


def _attempts_by_dag(logs: LogsSection | None) -> dict[str, list[Attempt]]:
    by_dag: dict[str, list[Attempt]] = defaultdict(list)
    for one in logs.attempts if logs else ():
        by_dag[one.dag_id].append(one)
    return by_dag
