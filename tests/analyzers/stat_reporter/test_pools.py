"""How full the pools were."""

from datetime import timedelta

import pytest

from analyzers.stat_reporter.history import every_try
from analyzers.stat_reporter.pools import pools_of
from dagaudit.run_history import PoolRecord
from tests.analyzers.stat_reporter.told import DUE, history, run, task

TWO = PoolRecord(name="spark", slots=2)


def in_pool(task_id, ready, start, end, pool="spark", **fields):
    ready, start, end = (
        None if each is None else DUE + timedelta(seconds=each) for each in (ready, start, end)
    )
    times = {"scheduled_at": ready, "started_at": start, "ended_at": end}
    return task(task_id=task_id, pool=pool, **times, **fields)


def pool(*instances, pools=(TWO,), **fields):
    told = history(run("r1"), task_instances=instances, pools=pools, **fields)
    return pools_of(told, every_try(told))


def test_pool_is_full_while_no_slot_is_free():
    (spark,) = pool(in_pool("a", 0, 0, 100), in_pool("b", 0, 20, 60), in_pool("c", 10, 60, 90))

    assert (spark.peak, spark.slots) == (2, 2)
    # From 20 to 60 by a and b, from 60 to 90 by a and c.
    assert spark.full_seconds == 70.0


def test_waiting_counts_while_the_pool_was_full():
    (spark,) = pool(in_pool("a", 0, 0, 100), in_pool("b", 0, 0, 60), in_pool("c", 10, 65, 90))

    # Ready at 10, a slot was free at 60: the five seconds after are the scheduler's.
    assert (spark.waited_seconds, spark.waiting) == (50.0, ("orders.c",))


def test_task_takes_as_many_slots_as_it_says():
    (spark,) = pool(in_pool("a", 0, 0, 100, pool_slots=2))

    assert (spark.peak, spark.full_seconds) == (2, 100.0)


def test_task_that_ends_as_another_starts_gives_it_its_slot():
    (spark,) = pool(
        in_pool("a", 0, 0, 50), in_pool("b", 0, 50, 100), pools=(PoolRecord(name="spark", slots=2),)
    )

    assert (spark.peak, spark.full_seconds) == (1, 0.0)


def test_task_that_still_runs_takes_its_slot_until_now():
    one = PoolRecord(name="spark", slots=1)

    (spark,) = pool(in_pool("a", 0, 0, None, state="running"), pools=(one,))

    assert spark.full_seconds == pytest.approx(6 * 3600)


def test_share_is_of_the_window():
    (spark,) = pool(
        in_pool("a", 0, 0, 3600), pools=(PoolRecord(name="spark", slots=1),), since=DUE - timedelta(hours=4)
    )

    assert spark.full_share == pytest.approx(0.1)


def test_pool_without_bound_is_never_full():
    assert pool(in_pool("a", 0, 0, 100), pools=(PoolRecord(name="spark", slots=-1),)) == ()


def test_pool_that_made_tasks_wait_longest_comes_first():
    pools = (PoolRecord(name="a", slots=1), PoolRecord(name="b", slots=1))

    told = pool(
        in_pool("x", 0, 0, 50, "b"), in_pool("y", 0, 50, 60, "b"), in_pool("z", 0, 0, 99, "a"), pools=pools
    )

    assert [one.pool for one in told] == ["b", "a"]
