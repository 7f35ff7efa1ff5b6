"""How the runs went, from the attempts that a log tree holds.

What a log tree cannot tell, and how that is dealt with:

- Whether an attempt that left no verdict succeeded: it never counts as a success, nor does its run.
- Whether a run was cleared: an attempt that follows a successful one is a re-run by hand, not a retry.
- When a failed attempt really ended: Airflow notices up to a heartbeat later, and its last record may be
  older. Usual durations are therefore those of successes; failed ones only add up to wasted time.
- When a run was due: the date in a run id is no promise, so it is never parsed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from analyzers.stat_reporter.numbers import median, p95, rounded, wilson
from dagaudit.dag_stats import DayStats, RunStats, TaskStats
from dagaudit.task_attempt import Attempt, Outcome

TaskInstance = tuple[str, str, int]
"""Run, task, map index (-1 where it is not mapped)."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as far as its attempts tell."""

    run_id: str
    outcome: Outcome
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """From its first record to its last."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()


class DagHistory:
    """All attempts of one DAG, put in order."""

    def __init__(self, attempts: Iterable[Attempt]) -> None:
        self.attempts = sorted(
            attempts,
            key=lambda one: (one.run_id, one.task_id, _index(one), one.try_number, one.path),
        )
        self.instances: dict[TaskInstance, list[Attempt]] = defaultdict(list)
        for one in self.attempts:
            self.instances[one.run_id, one.task_id, _index(one)].append(one)
        self.runs = self._runs()
        self.retries = self._retries()
        """How many attempts of each task were retries."""

    def _runs(self) -> list[Run]:
        lasts: dict[str, set[Outcome]] = defaultdict(set)
        starts: dict[str, list[datetime]] = defaultdict(list)
        ends: dict[str, list[datetime]] = defaultdict(list)
        for (run_id, _, _), tries in self.instances.items():
            lasts[run_id].add(tries[-1].outcome)
            starts[run_id] += [one.started_at for one in tries if one.started_at]
            ends[run_id] += [one.ended_at for one in tries if one.ended_at]
        return [
            Run(
                run_id=run_id,
                outcome=_run_outcome(lasts[run_id]),
                started_at=min(starts[run_id], default=None),
                ended_at=max(ends[run_id], default=None),
            )
            for run_id in sorted(lasts)
        ]

    def usual_seconds(self) -> dict[str, float]:
        """What each task usually takes: the median over its runs, of its slowest success in each.

        The slowest, because a mapped task holds up what follows until its last index is done.
        """
        slowest: dict[tuple[str, str], float] = {}
        for one in self.attempts:
            seconds = seconds_of(one)
            if one.outcome is Outcome.SUCCESS and seconds is not None:
                key = (one.task_id, one.run_id)
                slowest[key] = max(seconds, slowest.get(key, 0.0))
        per_task: dict[str, list[float]] = defaultdict(list)
        for (task_id, _), seconds in sorted(slowest.items()):
            per_task[task_id].append(seconds)
        return {task_id: median(seconds) or 0.0 for task_id, seconds in per_task.items()}

    def _retries(self) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for (_, task_id, _), tries in self.instances.items():
            counts[task_id] += sum(_is_retry(tries, place) for place in range(len(tries)))
        return counts

    def recovered(self) -> int:
        """Task instances that a retry saved."""
        return sum(
            tries[-1].outcome is Outcome.SUCCESS and any(_failed(one) for one in tries[:-1])
            for tries in self.instances.values()
            if len(tries) > 1
        )


def run_stats_of(history: DagHistory) -> RunStats:
    """The DAG's runs in numbers."""
    runs = history.runs
    succeeded = [run for run in runs if run.outcome is Outcome.SUCCESS]
    failed = sum(run.outcome is Outcome.FAILED for run in runs)
    known = len(succeeded) + failed
    low, high = wilson(len(succeeded), known) or (None, None)
    durations = [run.seconds for run in succeeded if run.seconds is not None]
    starts = [run.started_at for run in runs if run.started_at]
    return RunStats(
        source="logs",
        runs=len(runs),
        failed_runs=failed,
        successful_runs=len(succeeded),
        attempts=len(history.attempts),
        failed_attempts=sum(_failed(one) for one in history.attempts),
        unknown_attempts=sum(one.outcome is Outcome.UNKNOWN for one in history.attempts),
        retries=sum(history.retries.values()),
        recovered_by_retry=history.recovered(),
        success_rate=len(succeeded) / known if known else None,
        success_rate_low=low,
        success_rate_high=high,
        p50_seconds=median(durations),
        p95_seconds=p95(durations),
        wasted_seconds=_sum(one for one in history.attempts if _failed(one)),
        first_run_at=min(starts, default=None),
        last_run_at=max(starts, default=None),
        last_success_at=max((run.ended_at for run in succeeded if run.ended_at), default=None),
        days=days_of(history),
        tasks=_tasks_of(history),
    )


def days_of(history: DagHistory) -> tuple[DayStats, ...]:
    """Per UTC day on which anything started; what tells no time belongs to no day."""
    runs: dict[str, list[Run]] = defaultdict(list)
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for run in history.runs:
        if run.started_at:
            runs[_day(run.started_at)].append(run)
    for one in history.attempts:
        if one.started_at:
            attempts[_day(one.started_at)].append(one)
    return tuple(
        DayStats(
            day=day,
            runs=len(runs[day]),
            failed_runs=sum(run.outcome is Outcome.FAILED for run in runs[day]),
            attempts=len(attempts[day]),
            failed_attempts=sum(_failed(one) for one in attempts[day]),
            seconds=_sum(attempts[day]),
        )
        for day in sorted({*runs, *attempts})
    )


def _tasks_of(history: DagHistory) -> tuple[TaskStats, ...]:
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for one in history.attempts:
        attempts[one.task_id].append(one)
    tasks = []
    for task_id, tries in sorted(attempts.items()):
        timed = [seconds_of(one) for one in tries if one.outcome is Outcome.SUCCESS]
        durations = [seconds for seconds in timed if seconds is not None]
        tasks.append(
            TaskStats(
                task_id=task_id,
                attempts=len(tries),
                failed_attempts=sum(_failed(one) for one in tries),
                retries=history.retries[task_id],
                p50_seconds=median(durations),
                p95_seconds=p95(durations),
            )
        )
    return tuple(tasks)


def seconds_of(one: Attempt) -> float | None:
    """How long an attempt took; records out of order never make it negative."""
    seconds = one.duration_seconds
    return seconds if seconds is None or seconds > 0 else 0.0


def _is_retry(tries: list[Attempt], place: int) -> bool:
    """Whether an attempt repeats one that had not succeeded."""
    if tries[place].try_number <= 1:
        return False
    return place == 0 or tries[place - 1].outcome is not Outcome.SUCCESS


def _run_outcome(lasts: set[Outcome]) -> Outcome:
    if Outcome.FAILED in lasts:
        return Outcome.FAILED
    return Outcome.UNKNOWN if Outcome.UNKNOWN in lasts else Outcome.SUCCESS


def _sum(attempts: Iterable[Attempt]) -> float:
    return rounded(sum(seconds_of(one) or 0.0 for one in attempts)) or 0.0


def _index(one: Attempt) -> int:
    return -1 if one.map_index is None else one.map_index


def _failed(one: Attempt) -> bool:
    return one.outcome is Outcome.FAILED


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
