"""Numbers of every DAG, from the code section and the logs section."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from analyzers.analyzer import NoProgress, Progress
from analyzers.attempt import attempt
from analyzers.stat_reporter.fleet import fleet_of, metrics_of
from analyzers.stat_reporter.graph_shape import Shape
from analyzers.stat_reporter.runs import DagHistory, run_stats_of
from analyzers.stat_reporter.schedules import words_of
from analyzers.stat_reporter.structure import shape_of_dag, structure_of
from dagaudit.dag import DagModel, Tier
from dagaudit.dag_stats import DagStats
from dagaudit.finding import Failure
from dagaudit.ports import RunHistory
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


def analyze(
    code: CodeSection | None,
    logs: LogsSection | None,
    history: RunHistory | None = None,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> StatsSection:
    """The statistics section; `now` is what ages are counted from."""
    if code is None and logs is None:
        return StatsSection(status=SectionStatus.SKIPPED, reason="neither DAG source nor logs were given")
    models, failures = _models(code)
    failures += [*_of_input("code", code), *_of_input("logs", logs)]
    if history is not None:
        failures.append(Failure(part=PART, path=history.address, message="run history is not read yet"))
    attempts = _attempts_by_dag(logs)
    dag_ids = sorted({*models, *attempts})
    bar = progress or NoProgress()
    bar.start(PART, len(dag_ids))
    dags = []
    for dag_id in dag_ids:
        model = models.get(dag_id)
        work = partial(_row, dag_id, model, attempts.get(dag_id, []))
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
        metrics=metrics_of(dags, fleet, now),
        failures=tuple(failures),
        dags=tuple(dags),
        fleet=fleet,
    )


def _row(
    dag_id: str, model: DagModel | None, attempts: Sequence[Attempt]
) -> tuple[DagStats, tuple[Failure, ...]]:
    history = DagHistory(attempts) if attempts else None
    runs = run_stats_of(history) if history else None
    if model is None:
        return DagStats(dag_id=dag_id, runs=runs), ()
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
            message=f"the {name} section is {section.status}: what it lacks is missing in these numbers too",
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
