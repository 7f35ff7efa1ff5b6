"""Whether a DAG's runs come when they are due.

Expected intervals come from the moments at which runs were due, not from reading a schedule: the longest
one counts, so that a DAG that rests over the weekend is not overdue on Monday, and a day of 25 hours is no
late one. Paused and stale DAGs, backfills and runs by hand are never missed, late or overdue.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from analyzers.stat_reporter.history import LEFT_OUT, UNENDED, DagRuns
from analyzers.stat_reporter.numbers import median, quantile
from dagaudit.run_history import RunRecord

GRACE = timedelta(minutes=5)
STUCK_FLOOR = timedelta(minutes=30)
STUCK_UNKNOWN = timedelta(hours=24)
"""How long a run may take of which nobody knows how long it usually takes."""
STUCK_FACTOR = 1.5
OVERDUE_FACTOR = 1.5
FEWEST_INTERVALS = 3


def scheduled_runs(dag: DagRuns) -> list[RunRecord]:
    """The runs by schedule that were never cleared."""
    return [run for run in dag.counted if run.run_type == "scheduled" and run.key not in dag.cleared]


def in_time_of_scheduler(scheduled: Sequence[RunRecord]) -> list[RunRecord]:
    """Without those that were due before the scheduler started any, as catchup makes them."""
    first = min((run.queued_at for run in scheduled if run.queued_at), default=None)
    return [run for run in scheduled if not (first and run.run_after and run.run_after < first - GRACE)]


def stuck_runs(dag: DagRuns, durations: Sequence[float]) -> tuple[RunRecord, ...]:
    """Runs that run for far longer than any of the successful ones took."""
    most = stuck_after(durations)
    stuck = [
        run
        for run in dag.runs
        if run.state == "running" and run.started_at and dag.read_at - run.started_at > most
    ]
    return tuple(sorted(stuck, key=lambda run: run.run_id))


def stuck_after(durations: Sequence[float]) -> timedelta:
    """How long a run may take."""
    usual = timedelta(seconds=STUCK_FACTOR * max(durations)) if durations else STUCK_UNKNOWN
    return max(usual, STUCK_FLOOR)


def missed_since(dag: DagRuns) -> datetime | None:
    """When a run was due that nobody started: the test for a scheduler that lives and starts nothing."""
    known = dag.dag
    if known is None or not is_active(dag) or known.next_run_after is None:
        return None
    active = sum(run.state in UNENDED for run in dag.runs)
    if known.max_active_runs and active >= known.max_active_runs:
        return None
    return known.next_run_after if known.next_run_after < dag.read_at - GRACE else None


def waiting_runs(dag: DagRuns) -> tuple[RunRecord, ...]:
    """Runs that are due and stand in the queue."""
    if not is_active(dag):
        return ()
    return tuple(
        run
        for run in sorted(dag.runs, key=lambda run: (str(run.run_after), run.run_id))
        if run.state == "queued"
        and run.run_type not in LEFT_OUT
        and run.run_after
        # A cleared run is queued anew, however long ago it was due.
        and dag.read_at - max(run.run_after, run.queued_at or run.run_after) > GRACE
    )


def intervals(dag: DagRuns) -> list[float]:
    """Seconds from each run by schedule to the next, by when they were due."""
    due = sorted({run.run_after for run in dag.counted if run.run_type == "scheduled" and run.run_after})
    return [(after - before).total_seconds() for before, after in pairwise(due)]


def interval_of(dag: DagRuns) -> float | None:
    """The usual interval in seconds; None of a single run."""
    return median(intervals(dag))


def overdue_since(dag: DagRuns, landings: Sequence[float]) -> datetime | None:
    """From when on a success has been overdue; None while it is not, or where too few runs tell."""
    gaps = intervals(dag)
    if len(gaps) < FEWEST_INTERVALS or not is_active(dag):
        return None
    landing = quantile(sorted(landings), 0.95) or 0.0
    allowed = timedelta(seconds=OVERDUE_FACTOR * max(gaps) + landing) + GRACE
    successes = [run.ended_at for run in dag.counted if run.state == "success" and run.ended_at]
    last = max(successes, default=None)
    if last is None:
        # No success is known at all: they are missing since the first run that is.
        last = min(run.run_after for run in dag.counted if run.run_after)
    return last + allowed if last + allowed < dag.read_at else None


def is_active(dag: DagRuns) -> bool:
    """Whether Airflow would start its runs."""
    return dag.dag is not None and not dag.dag.is_paused and not dag.dag.is_stale


def gaps_between(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> list[float]:
    """Seconds between moments that are both known and in order."""
    found = []
    for before, after in pairs:
        if before and after and after >= before:
            found.append((after - before).total_seconds())
    return found
