"""How the runs of a DAG went, from Airflow's own run history.

What makes naive numbers wrong, and how that is dealt with:

- A clear overwrites a run's times and state: a cleared run counts with its outcome, never with a duration,
  a delay or a retry. It is known by a row of the event log, or by a try older than the run's start.
- Backfills and runs by hand say nothing of reliability: they are counted apart, unless a DAG has no others.
- With catchup a scheduler starts runs that were due long ago: they are not late.
- Skipped and upstream-failed task instances that never started were not executed.
- A try that will be retried has failed, though the task instance is not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analyzers.stat_reporter.numbers import median, p95, wilson
from analyzers.stat_reporter.runs import DagHistory, run_stats_of
from dagaudit.dag_stats import DayStats, HistoryStats, RunStats
from dagaudit.run_history import BY_HAND, DagRecord, History, RunRecord, TaskInstanceRecord
from dagaudit.task_attempt import Attempt, Outcome

RunKey = tuple[str, str]

LEFT_OUT = ("backfill", "manual")
UNENDED = ("queued", "running")
CLEARS = frozenset(event for event, done in BY_HAND.items() if done == "cleared")
GRACE = timedelta(minutes=5)
STUCK_FLOOR = timedelta(minutes=30)
STUCK_UNKNOWN = timedelta(hours=24)
"""How long a run may take of which nobody knows how long it usually takes."""
STUCK_FACTOR = 1.5
FAILED_STATES = ("failed", "up_for_retry")


@dataclass(frozen=True, slots=True)
class DagRuns:
    """What one read brought of one DAG."""

    dag: DagRecord | None
    runs: tuple[RunRecord, ...]
    tries: tuple[TaskInstanceRecord, ...]
    """Every try that is known, those of task instances tried once among them."""
    cleared: frozenset[RunKey]
    read_at: datetime

    @property
    def counted(self) -> tuple[RunRecord, ...]:
        """The runs that tell of reliability."""
        regular = tuple(run for run in self.runs if run.run_type not in LEFT_OUT)
        by_hand = tuple(run for run in self.runs if run.run_type != "backfill")
        return regular or by_hand

    def attempts(self) -> DagHistory:
        """The tries of the counted runs, as attempts."""
        counted = {run.key for run in self.counted}
        return DagHistory(_attempt(one) for one in self.tries if (one.dag_id, one.run_id) in counted)


def runs_by_dag(history: History) -> dict[str, DagRuns]:
    """What each DAG's runs were; DAGs that are gone and ran nothing are left out."""
    runs: dict[str, list[RunRecord]] = defaultdict(list)
    for run in history.runs:
        runs[run.dag_id].append(run)
    tries: dict[str, list[TaskInstanceRecord]] = defaultdict(list)
    for one in _tries(history):
        tries[one.dag_id].append(one)
    dags = {dag.dag_id: dag for dag in history.dags}
    cleared = _cleared(history)
    present = {dag.dag_id for dag in history.dags if not dag.is_stale}
    return {
        dag_id: DagRuns(
            dag=dags.get(dag_id),
            runs=tuple(runs[dag_id]),
            tries=tuple(tries[dag_id]),
            cleared=cleared,
            read_at=history.read_at,
        )
        for dag_id in sorted({*runs, *present})
    }


def run_stats_from(dag: DagRuns) -> RunStats:
    """The DAG's runs in numbers; run outcomes are Airflow's own, not put together from tries."""
    runs, attempts = dag.counted, dag.attempts()
    succeeded = [run for run in runs if run.state == "success"]
    failed = [run for run in runs if run.state == "failed"]
    known = len(succeeded) + len(failed)
    low, high = wilson(len(succeeded), known) or (None, None)
    durations = _gaps((run.started_at, run.ended_at) for run in succeeded if run.key not in dag.cleared)
    starts = [run.started_at for run in runs if run.started_at]
    uncleared = DagHistory(one for one in attempts.attempts if (one.dag_id, one.run_id) not in dag.cleared)
    return run_stats_of(attempts).model_copy(
        update={
            "source": "history",
            "runs": len(runs),
            "failed_runs": len(failed),
            "successful_runs": len(succeeded),
            "retries": sum(uncleared.retries.values()),
            "recovered_by_retry": uncleared.recovered(),
            "success_rate": len(succeeded) / known if known else None,
            "success_rate_low": low,
            "success_rate_high": high,
            "p50_seconds": median(durations),
            "p95_seconds": p95(durations),
            "first_run_at": min(starts, default=None),
            "last_run_at": max(starts, default=None),
            "last_success_at": max((run.ended_at for run in succeeded if run.ended_at), default=None),
            "days": _days(runs, run_stats_of(attempts).days),
            "history": _history_stats(dag, durations),
        }
    )


def _history_stats(dag: DagRuns, durations: Sequence[float]) -> HistoryStats:
    left_out = Counter(run.run_type for run in set(dag.runs) - set(dag.counted))
    scheduled = [run for run in dag.counted if run.run_type == "scheduled" and run.key not in dag.cleared]
    first = min((run.queued_at for run in scheduled if run.queued_at), default=None)
    in_time = [run for run in scheduled if not _caught_up(run, first)]
    delays = _gaps((run.run_after, run.started_at) for run in in_time)
    landings = _gaps((run.run_after, run.ended_at) for run in in_time if run.state == "success")
    firsts = [one for one in dag.tries if one.try_number == 1 and (one.dag_id, one.run_id) not in dag.cleared]
    waits = _gaps((one.scheduled_at, one.queued_at) for one in firsts)
    queues = _gaps((one.queued_at, one.started_at) for one in firsts)
    return HistoryStats(
        left_out_runs=dict(sorted(left_out.items())),
        unended_runs=sum(run.state in UNENDED for run in dag.runs),
        cleared_runs=sum(run.key in dag.cleared for run in dag.runs),
        caught_up_runs=len(scheduled) - len(in_time),
        late_runs=sum(delay > GRACE.total_seconds() for delay in delays),
        stuck_runs=_stuck(dag, durations),
        missed_since=_missed_since(dag),
        schedule_delay_p50_seconds=median(delays),
        schedule_delay_p95_seconds=p95(delays),
        landing_p50_seconds=median(landings),
        landing_p95_seconds=p95(landings),
        scheduler_wait_p50_seconds=median(waits),
        scheduler_wait_p95_seconds=p95(waits),
        queue_wait_p50_seconds=median(queues),
        queue_wait_p95_seconds=p95(queues),
    )


def _tries(history: History) -> list[TaskInstanceRecord]:
    """Every known try; the task instance itself is its last one."""
    listed = {one.try_key: one for one in history.tries}
    lasts = {one.try_key: one for one in history.task_instances if _executed(one)}
    every = lasts | {key: one for key, one in listed.items() if _executed(one)}
    return [every[key] for key in sorted(every)]


def _executed(one: TaskInstanceRecord) -> bool:
    if one.try_number < 1:
        return False
    return one.started_at is not None or one.state in FAILED_STATES


def _cleared(history: History) -> frozenset[RunKey]:
    by_event = {
        (event.dag_id, event.run_id)
        for event in history.events
        if event.event in CLEARS and event.dag_id and event.run_id
    }
    starts = {run.key: run.started_at for run in history.runs}
    by_time = set()
    for one in _tries(history):
        start = starts.get((one.dag_id, one.run_id))
        if start and one.started_at and one.started_at < start:
            by_time.add((one.dag_id, one.run_id))
    return frozenset(by_event | by_time)


def _attempt(one: TaskInstanceRecord) -> Attempt:
    if one.state == "success":
        outcome = Outcome.SUCCESS
    else:
        outcome = Outcome.FAILED if one.state in FAILED_STATES else Outcome.UNKNOWN
    return Attempt(
        path="",
        dag_id=one.dag_id,
        run_id=one.run_id,
        task_id=one.task_id,
        map_index=None if one.map_index < 0 else one.map_index,
        try_number=one.try_number,
        outcome=outcome,
        started_at=one.started_at,
        ended_at=one.ended_at,
    )


def _caught_up(run: RunRecord, first_queued: datetime | None) -> bool:
    """Whether it was due before the scheduler started any, as catchup makes them."""
    return bool(first_queued and run.run_after and run.run_after < first_queued - GRACE)


def _stuck(dag: DagRuns, durations: Sequence[float]) -> tuple[str, ...]:
    usual = timedelta(seconds=STUCK_FACTOR * max(durations)) if durations else STUCK_UNKNOWN
    most = max(usual, STUCK_FLOOR)
    return tuple(
        sorted(
            run.run_id
            for run in dag.runs
            if run.state == "running" and run.started_at and dag.read_at - run.started_at > most
        )
    )


def _missed_since(dag: DagRuns) -> datetime | None:
    """The test for a scheduler that lives and starts nothing."""
    known = dag.dag
    if known is None or known.is_paused or known.is_stale or known.next_run_after is None:
        return None
    active = sum(run.state in UNENDED for run in dag.runs)
    if known.max_active_runs and active >= known.max_active_runs:
        return None
    return known.next_run_after if known.next_run_after < dag.read_at - GRACE else None


def _days(runs: Iterable[RunRecord], attempted: Iterable[DayStats]) -> tuple[DayStats, ...]:
    """Runs as Airflow counts them, attempts as they were made."""
    by_day: dict[str, list[RunRecord]] = defaultdict(list)
    for run in runs:
        if run.started_at:
            by_day[run.started_at.date().isoformat()].append(run)
    days = {day.day: day for day in attempted}
    return tuple(
        days.get(day, DayStats(day=day)).model_copy(
            update={
                "runs": len(by_day[day]),
                "failed_runs": sum(run.state == "failed" for run in by_day[day]),
            }
        )
        for day in sorted({*by_day, *days})
    )


def _gaps(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> list[float]:
    """Seconds between moments that are both known and in order."""
    found = []
    for before, after in pairs:
        if before and after and after >= before:
            found.append((after - before).total_seconds())
    return found
