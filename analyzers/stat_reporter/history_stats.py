"""The runs of a DAG in numbers, from Airflow's own run history."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from analyzers.stat_reporter.due import (
    GRACE,
    gaps_between,
    in_time_of_scheduler,
    interval_of,
    missed_since,
    scheduled_runs,
    stuck_runs,
    waiting_runs,
)
from analyzers.stat_reporter.history import UNENDED, DagRuns
from analyzers.stat_reporter.numbers import median, p95, wilson
from analyzers.stat_reporter.runs import run_stats_of
from analyzers.stat_reporter.versions import first_time_of, versions_of
from dagaudit.dag_stats import DayStats, HistoryStats, RunStats
from dagaudit.run_history import BY_HAND, EventRecord, RunRecord
from dagaudit.run_problem import Intervention

MOST_BY_HAND = 20


def run_stats_from(dag: DagRuns) -> RunStats:
    """The DAG's runs in numbers; run outcomes are Airflow's own, not put together from tries."""
    runs, attempts = dag.counted, dag.attempts
    succeeded = [run for run in runs if run.state == "success"]
    failed = [run for run in runs if run.state == "failed"]
    known = len(succeeded) + len(failed)
    low, high = wilson(len(succeeded), known) or (None, None)
    durations = durations_of_successes(dag)
    starts = [run.started_at for run in runs if run.started_at]
    uncleared = dag.uncleared
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
            "history": history_stats_of(dag, durations),
        }
    )


def history_stats_of(dag: DagRuns, durations: Sequence[float]) -> HistoryStats:
    """What only Airflow's own history tells; `durations` are those of uncleared successes."""
    left_out = Counter(run.run_type for run in set(dag.runs) - set(dag.counted))
    scheduled = scheduled_runs(dag)
    in_time = in_time_of_scheduler(scheduled)
    delays = gaps_between((run.run_after, run.started_at) for run in in_time)
    landings = landings_of(dag)
    firsts = [one for one in dag.tries if one.try_number == 1 and (one.dag_id, one.run_id) not in dag.cleared]
    waits = gaps_between((one.scheduled_at, one.queued_at) for one in firsts)
    queues = gaps_between((one.queued_at, one.started_at) for one in firsts)
    return HistoryStats(
        left_out_runs=dict(sorted(left_out.items())),
        unended_runs=sum(run.state in UNENDED for run in dag.runs),
        cleared_runs=sum(run.key in dag.cleared for run in dag.runs),
        caught_up_runs=len(scheduled) - len(in_time),
        late_runs=sum(delay > GRACE.total_seconds() for delay in delays),
        waiting_runs=len(waiting_runs(dag)),
        stuck_runs=tuple(run.run_id for run in stuck_runs(dag, durations)),
        missed_since=missed_since(dag),
        known_since=dag.since,
        interval_seconds=interval_of(dag),
        versions=versions_of(dag),
        by_hand=tuple(_intervention(event) for event in dag.by_hand[:MOST_BY_HAND]),
        by_hand_total=len(dag.by_hand),
        schedule_delay_p50_seconds=median(delays),
        schedule_delay_p95_seconds=p95(delays),
        landing_p50_seconds=median(landings),
        landing_p95_seconds=p95(landings),
        scheduler_wait_p50_seconds=median(waits),
        scheduler_wait_p95_seconds=p95(waits),
        queue_wait_p50_seconds=median(queues),
        queue_wait_p95_seconds=p95(queues),
    ).model_copy(update=first_time_of(dag))


def durations_of_successes(dag: DagRuns) -> list[float]:
    """Seconds of the counted runs that succeeded and were never cleared."""
    return gaps_between(
        (run.started_at, run.ended_at)
        for run in dag.counted
        if run.state == "success" and run.key not in dag.cleared
    )


def landings_of(dag: DagRuns) -> list[float]:
    """Seconds from due to ended, of successes by schedule: what a consumer feels."""
    in_time = in_time_of_scheduler(scheduled_runs(dag))
    return gaps_between((run.run_after, run.ended_at) for run in in_time if run.state == "success")


def _intervention(event: EventRecord) -> Intervention:
    return Intervention(
        when=event.when,
        who=event.owner,
        did=BY_HAND[event.event],
        run_id=event.run_id,
        task_id=event.task_id,
        new_state=event.new_state,
    )


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
