"""One DAG's numbers, from its source, its logs and Airflow's run history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analyzers.stat_reporter.critical_path import critical_path
from analyzers.stat_reporter.duration_problems import (
    Durations,
    duration_problems,
    durations_of,
    surest_p_value,
)
from analyzers.stat_reporter.graph_shape import Shape
from analyzers.stat_reporter.history import DagRuns, every_try, runs_by_dag
from analyzers.stat_reporter.history_stats import run_stats_from
from analyzers.stat_reporter.pools import pools_of
from analyzers.stat_reporter.problems import problems_by_file, problems_of
from analyzers.stat_reporter.runs import DagHistory, run_stats_of
from analyzers.stat_reporter.schedules import words_of
from analyzers.stat_reporter.series import series_from_history, series_from_logs
from analyzers.stat_reporter.structure import shape_of_dag, structure_of
from dagaudit.dag import DagModel, Tier
from dagaudit.dag_stats import DagStats, PoolStats, RunStats
from dagaudit.finding import Failure
from dagaudit.run_history import History
from dagaudit.run_problem import RunProblem
from dagaudit.task_attempt import Attempt

PART = "stats"
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Told:
    """What Airflow's run history tells, by DAG."""

    recent: Mapping[str, DagRuns] = field(default_factory=dict)
    """The runs of the window, which all numbers are of."""
    known: Mapping[str, DagRuns] = field(default_factory=dict)
    """All runs that own history holds, which usual durations are learnt from."""
    of_files: Mapping[str, list[RunProblem]] = field(default_factory=dict)
    window: History | None = None

    @classmethod
    def of(cls, read: History | None, since: datetime) -> "Told":
        """Put in order; nothing of nothing."""
        if read is None:
            return cls()
        window = read.within(since)
        return cls(runs_by_dag(window, read.since), runs_by_dag(read), problems_by_file(read), window)

    def pools(self) -> tuple[PoolStats, ...]:
        """How full the pools were."""
        return pools_of(self.window, every_try(self.window)) if self.window else ()


@dataclass(frozen=True, slots=True)
class Row:
    """One DAG; what its durations tell is worded when all DAGs are known."""

    stats: DagStats
    durations: Durations | None
    failures: tuple[Failure, ...] = ()


def row_of(dag_id: str, model: DagModel | None, attempts: Sequence[Attempt], told: Told) -> Row:
    """The DAG's row; where both logs and history tell of its runs, history decides."""
    history = DagHistory(attempts) if attempts else None
    runs = run_stats_of(history) if history else None
    durations = None
    recent = told.recent.get(dag_id)
    if recent and (recent.runs or not runs):
        history, runs = recent.attempts, run_stats_from(recent)
        series = series_from_history(told.known[dag_id])
        durations = durations_of(series, recent.read_at, from_logs=False)
    elif history and runs and runs.last_run_at:
        durations = durations_of(series_from_logs(history), runs.last_run_at, from_logs=True)
    problems = (*told.of_files.get(dag_id, ()), *(problems_of(recent) if recent else ()))
    if model is None:
        return Row(_without_source(dag_id, runs, recent, problems), durations)
    # Of an opaque DAG only the id is known; zeros would look like an empty DAG.
    shape = None if model.tier is Tier.OPAQUE else shape_of_dag(model)
    seconds = history.usual_seconds() if history else {}
    stats = DagStats(
        dag_id=dag_id,
        path=model.path,
        owner=", ".join(model.owners) or None,
        tags=model.tags,
        schedule=words_of(model),
        structure=structure_of(model, shape, seconds) if shape else None,
        runs=_with_path(runs, recent, model, shape),
        problems=problems,
    )
    return Row(stats, durations, _cycles(model, shape) if shape else ())


def dags_of(rows: Iterable[Row]) -> tuple[DagStats, ...]:
    """The DAGs with all their problems, worst first."""
    rows = list(rows)
    surest = surest_p_value(row.durations for row in rows if row.durations)
    made = []
    for row in rows:
        found = [*row.stats.problems, *(duration_problems(row.durations, surest) if row.durations else ())]
        found.sort(
            key=lambda one: (one.kind.rank, -(one.seconds or 0.0), one.task_id or "", one.run_id or "")
        )
        made.append(row.stats.model_copy(update={"problems": tuple(found[:MOST_PROBLEMS])}))
    return tuple(made)


def _worst_first(one: RunProblem) -> tuple[int, float, str, str]:
    return (one.kind.rank, -(one.seconds or 0.0), one.task_id or "", one.run_id or "")


def _without_source(
    dag_id: str, runs: RunStats | None, told: DagRuns | None, problems: tuple[RunProblem, ...]
) -> DagStats:
    """What Airflow says of a DAG whose source was not given."""
    known = told.dag if told else None
    if known is None:
        return DagStats(dag_id=dag_id, runs=runs, problems=problems)
    return DagStats(
        dag_id=dag_id,
        path=known.path,
        owner=", ".join(known.owners) or None,
        tags=known.tags,
        schedule=known.schedule or "manual",
        runs=runs,
        problems=problems,
    )


def _with_path(
    runs: RunStats | None, told: DagRuns | None, model: DagModel, shape: Shape | None
) -> RunStats | None:
    """The runs with the path that decides when they land, which needs graph and history."""
    if runs is None or runs.history is None or told is None or shape is None or shape.in_cycle:
        return runs
    rules = {task.task_id: str(task.trigger_rule) for task in model.tasks}
    path = critical_path(told, shape, rules)
    return runs.model_copy(update={"history": runs.history.model_copy(update={"critical_path": path})})


def _cycles(model: DagModel, shape: Shape) -> tuple[Failure, ...]:
    if not shape.in_cycle:
        return ()
    caught = ", ".join(shape.in_cycle[:5])
    message = (
        f"{model.dag_id}: {caught} lie on a cycle or behind one and have no level;"
        " depth, width and critical path leave them out"
    )
    return (Failure(part=PART, path=model.path, message=message),)
