"""What is wrong with the way a DAG runs, from Airflow's own history."""

from datetime import datetime, timedelta

from analyzers.masking import mask
from analyzers.stat_reporter.due import (
    GRACE,
    gaps_between,
    in_time_of_scheduler,
    missed_since,
    overdue_since,
    scheduled_runs,
    stuck_after,
    stuck_runs,
    waiting_runs,
)
from analyzers.stat_reporter.history import DagRuns
from analyzers.stat_reporter.history_stats import durations_of_successes, landings_of
from analyzers.stat_reporter.numbers import median, wilson
from analyzers.stat_reporter.versions import rescued_tasks, versions_of
from analyzers.stat_reporter.words import duration
from dagaudit.finding import Confidence
from dagaudit.run_history import History, RunRecord
from dagaudit.run_problem import ProblemKind, RunProblem

LAST_NIGHT = timedelta(hours=24)
FEWEST_RESCUED, FLAKY_SHARE = 3, 0.1
FEWEST_OF_VERSION = 3
LONGEST_REASON = 200


def problems_of(dag: DagRuns) -> list[RunProblem]:
    """All but those of durations."""
    found = [*_missed(dag), *_stuck(dag), *_overdue(dag), *_late(dag), *_changed(dag), *_flaky(dag)]
    return sorted(found, key=lambda one: (one.kind.rank, one.task_id or "", one.run_id or ""))


def problems_by_file(history: History) -> dict[str, list[RunProblem]]:
    """What Airflow says of the files of DAGs that it once knew, and its warnings, by DAG."""
    found: dict[str, list[RunProblem]] = {}
    for error in history.import_errors:
        reason = mask((error.stack_trace.strip().splitlines() or ["no reason is given"])[-1].strip())
        message = (
            f"Airflow cannot import {error.path}: {reason[:LONGEST_REASON]}; it runs as last read, if at all"
        )
        problem = _certain(ProblemKind.IMPORT_ERROR, message, since=error.seen_at)
        for dag in history.dags:
            if dag.path and (error.path == dag.path or error.path.endswith(f"/{dag.path}")):
                found.setdefault(dag.dag_id, []).append(problem)
    for warning in history.warnings:
        message = (
            f"Airflow warns ({warning.kind}): {mask(' '.join(warning.message.split()))[:LONGEST_REASON]}"
        )
        found.setdefault(warning.dag_id, []).append(_certain(ProblemKind.AIRFLOW_WARNING, message))
    return found


def _missed(dag: DagRuns) -> list[RunProblem]:
    due = missed_since(dag)
    if due is None:
        return []
    late = (dag.read_at - due).total_seconds()
    message = (
        f"its run was due at {_minute(due)}, {duration(late)} ago, and none was started:"
        " look at the scheduler, and whether it still reads the DAG's file"
    )
    return [_certain(ProblemKind.MISSED, message, since=due, seconds=late)]


def _stuck(dag: DagRuns) -> list[RunProblem]:
    durations = durations_of_successes(dag)
    usual = median(durations)
    found = []
    for run in stuck_runs(dag, durations):
        assert run.started_at is not None
        seconds = (dag.read_at - run.started_at).total_seconds()
        compared = f"; {duration(usual)} is usual" if usual is not None else ""
        message = (
            f"the run {run.run_id} has been running for {duration(seconds)}{compared},"
            f" and {duration(stuck_after(durations).total_seconds())} was allowed"
        )
        found.append(_of_run(ProblemKind.STUCK, message, run, run.started_at, seconds, usual))
    return found


def _overdue(dag: DagRuns) -> list[RunProblem]:
    since = overdue_since(dag, landings_of(dag))
    if since is None:
        return []
    successes = [run.ended_at for run in dag.counted if run.state == "success" and run.ended_at]
    last = f"its last success ended at {_minute(max(successes))}" if successes else "no success is known"
    late = (dag.read_at - since).total_seconds()
    return [
        RunProblem(
            kind=ProblemKind.OVERDUE,
            confidence=Confidence.LIKELY,
            since=since,
            seconds=late,
            message=f"{last}; by its usual interval the next one has been overdue for {duration(late)}",
        )
    ]


def _late(dag: DagRuns) -> list[RunProblem]:
    found = []
    for run in waiting_runs(dag)[:1]:
        assert run.run_after is not None
        seconds = (dag.read_at - run.run_after).total_seconds()
        message = (
            f"{_many(len(waiting_runs(dag)), 'run')} due since {_minute(run.run_after)} still in the queue:"
            " look at max_active_runs, pools and workers"
        )
        found.append(_of_run(ProblemKind.LATE, message, run, run.run_after, seconds, None))
    in_time = in_time_of_scheduler(scheduled_runs(dag))
    delays = [(run, delay) for run in in_time for delay in gaps_between([(run.run_after, run.started_at)])]
    usual = median([delay for _, delay in delays])
    late = [
        (run, delay)
        for run, delay in delays
        if delay > GRACE.total_seconds() and run.run_after and dag.read_at - run.run_after < LAST_NIGHT
    ]
    if late:
        run, delay = max(late, key=lambda one: (one[1], one[0].run_id))
        message = (
            f"{_many(len(late), 'run')} of the last 24 hours started more than"
            f" {duration(GRACE.total_seconds())} late, the worst by {duration(delay)}"
        )
        found.append(_of_run(ProblemKind.LATE, message, run, run.run_after, delay, usual))
    return found


def _changed(dag: DagRuns) -> list[RunProblem]:
    versions = versions_of(dag)
    if len(versions) < 2:
        return []
    before, after = versions[-2:]
    then, now = wilson(before.failed_runs, before.runs), wilson(after.failed_runs, after.runs)
    if after.failed_runs < FEWEST_OF_VERSION or then is None or now is None or now[0] <= then[1]:
        return []
    return [
        RunProblem(
            kind=ProblemKind.FAILING_SINCE_CHANGE,
            confidence=Confidence.LIKELY,
            since=after.first_run_at,
            runs_before=before.runs,
            runs_since=after.runs,
            message=(
                f"{after.failed_runs} of {_many(after.runs, 'run')} of version {after.version} failed,"
                f" and {before.failed_runs} of {before.runs} of version {before.version} before:"
                " look at what changed in the DAG"
            ),
        )
    ]


def _flaky(dag: DagRuns) -> list[RunProblem]:
    versions = versions_of(dag)
    if not versions:
        return []
    newest = versions[-1]
    good = newest.runs - newest.failed_runs
    interval = wilson(newest.rescued_runs, good)
    if newest.rescued_runs < FEWEST_RESCUED or interval is None or interval[0] < FLAKY_SHARE:
        return []
    of_version = {run.run_id for run in dag.counted if run.version == newest.version}
    tasks = [task for run, some in rescued_tasks(dag).items() if run in of_version for task in some]
    worst = max(sorted(set(tasks)), key=tasks.count)
    return [
        RunProblem(
            kind=ProblemKind.FLAKY,
            confidence=Confidence.LIKELY,
            task_id=worst,
            since=newest.first_run_at,
            runs_since=newest.runs,
            message=(
                f"{newest.rescued_runs} of {good} successful runs of version {newest.version} needed a retry"
                f" (95 % interval {100 * interval[0]:.0f} to {100 * interval[1]:.0f} %), {worst} most often"
            ),
        )
    ]


def _certain(
    kind: ProblemKind, message: str, *, since: datetime | None = None, seconds: float | None = None
) -> RunProblem:
    return RunProblem(
        kind=kind, confidence=Confidence.CONFIRMED, message=message, since=since, seconds=seconds
    )


def _of_run(
    kind: ProblemKind,
    message: str,
    run: RunRecord,
    since: datetime | None,
    *numbers: float | None,
) -> RunProblem:
    seconds, usual = numbers
    return _certain(kind, message, since=since, seconds=seconds).model_copy(
        update={"run_id": run.run_id, "usual_seconds": usual}
    )


def _minute(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"


def _many(count: int, thing: str) -> str:
    return f"{count} {thing if count == 1 else f'{thing}s'}"
