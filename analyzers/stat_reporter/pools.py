"""How full the pools were, from the task instances that were in them.

A sweep over their starts and ends. Only what ran counts as taking a slot, and a task that was deferred in
between counts as if it had run all the while: Airflow's history does not tell when it was.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from dagaudit.dag_stats import PoolStats
from dagaudit.run_history import History, TaskInstanceRecord

MOST_NAMED = 5
Change = tuple[float, int]


def pools_of(history: History, tries: Sequence[TaskInstanceRecord]) -> tuple[PoolStats, ...]:
    """Every bounded pool that Airflow has, the fullest first."""
    by_pool: dict[str, list[TaskInstanceRecord]] = defaultdict(list)
    for one in tries:
        if one.pool and one.started_at:
            by_pool[one.pool].append(one)
    window = max(1.0, (history.read_at - history.since).total_seconds())
    made = [
        _pool(pool.name, pool.slots, by_pool[pool.name], history, window)
        for pool in history.pools
        if pool.slots > 0
    ]
    return tuple(sorted(made, key=lambda one: (-one.waited_seconds, -one.full_share, one.pool)))


def _pool(
    name: str, slots: int, tries: Sequence[TaskInstanceRecord], history: History, window: float
) -> PoolStats:
    changes: list[Change] = []
    for one in tries:
        assert one.started_at is not None
        ended = one.ended_at or history.read_at
        if ended > one.started_at:
            changes += [(one.started_at.timestamp(), one.pool_slots), (ended.timestamp(), -one.pool_slots)]
    full, peak = _full(sorted(changes), slots)
    full_seconds = sum(end - start for start, end in full)
    waits: dict[str, float] = defaultdict(float)
    for one in tries:
        waits[f"{one.dag_id}.{one.task_id}"] += _waited(one, full)
    longest = sorted((task for task in waits if waits[task] > 0), key=lambda task: (-waits[task], task))
    return PoolStats(
        pool=name,
        slots=slots,
        peak=peak,
        full_seconds=round(full_seconds, 3),
        full_share=round(min(1.0, full_seconds / window), 6),
        waited_seconds=round(sum(waits.values()), 3),
        waiting=tuple(longest[:MOST_NAMED]),
    )


def _full(changes: Sequence[Change], slots: int) -> tuple[list[tuple[float, float]], int]:
    """When no slot was free, and the most that were taken. Ends sort before starts of the same moment."""
    full: list[tuple[float, float]] = []
    taken = peak = 0
    for (moment, change), (following, _) in pairwise([*changes, (changes[-1][0], 0)] if changes else []):
        taken += change
        peak = max(peak, taken)
        if taken < slots or following <= moment:
            continue
        if full and full[-1][1] == moment:
            full[-1] = (full[-1][0], following)
        else:
            full.append((moment, following))
    return full, peak


def _waited(one: TaskInstanceRecord, full: Sequence[tuple[float, float]]) -> float:
    """Seconds for which it could have run, had a slot been free."""
    ready = one.scheduled_at or one.queued_at
    if ready is None or one.started_at is None:
        return 0.0
    start, end = ready.timestamp(), one.started_at.timestamp()
    return sum(max(0.0, min(end, until) - max(start, since)) for since, until in full)
