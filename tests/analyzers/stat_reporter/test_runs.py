"""What the attempts of a log tree add up to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.stat_reporter.runs import DagHistory, run_stats_of
from dagaudit.dag_stats import DayStats, TaskStats
from dagaudit.task_attempt import Attempt, Outcome

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def tried(task_id, outcome, *, run="r1", number=1, index=None, at=0.0, seconds=10.0):
    """An attempt that starts `at` seconds after Monday 02:00; None for an unknown time."""
    start = None if at is None else MONDAY + timedelta(seconds=at)
    return Attempt(
        path=f"dag_id=d/run_id={run}/task_id={task_id}/{index}/attempt={number}.log",
        dag_id="d",
        run_id=run,
        task_id=task_id,
        map_index=index,
        try_number=number,
        outcome=Outcome(outcome),
        started_at=start,
        ended_at=None if start is None or seconds is None else start + timedelta(seconds=seconds),
    )


def stats(*attempts):
    return run_stats_of(DagHistory(attempts))


def test_run_succeeds_when_the_last_attempt_of_every_task_did():
    found = stats(tried("a", "failed"), tried("a", "success", number=2), tried("b", "success"))

    assert (found.runs, found.successful_runs, found.failed_runs) == (1, 1, 0)


def test_run_fails_when_the_last_attempt_of_one_task_did():
    found = stats(tried("a", "success"), tried("b", "success"), tried("b", "failed", number=2))

    assert (found.runs, found.successful_runs, found.failed_runs) == (1, 0, 1)


def test_run_with_an_unknown_task_is_neither_success_nor_failure():
    found = stats(tried("a", "success"), tried("b", "unknown"))

    assert (found.runs, found.successful_runs, found.failed_runs) == (1, 0, 0)


def test_unknown_runs_do_not_touch_the_success_rate():
    found = stats(tried("a", "success"), tried("a", "failed", run="r2"), tried("a", "unknown", run="r3"))

    assert found.success_rate == 0.5


def test_success_rate_of_unknown_runs_alone_is_unknown():
    found = stats(tried("a", "unknown"))

    assert (found.success_rate, found.success_rate_low, found.success_rate_high) == (None, None, None)


def test_success_rate_comes_with_its_interval():
    found = stats(*(tried("a", "success", run=f"r{n}") for n in range(3)))

    assert (found.success_rate, found.success_rate_high) == (1.0, 1.0)
    assert found.success_rate_low == pytest.approx(0.438503, abs=1e-6)


def test_tries_are_ordered_by_number_not_by_path():
    found = stats(tried("a", "success", number=10), tried("a", "failed", number=9))

    assert found.successful_runs == 1


def test_each_map_index_is_judged_by_its_own_last_attempt():
    found = stats(
        tried("a", "success", index=0),
        tried("a", "failed", index=1),
        tried("a", "failed", index=1, number=2),
    )

    assert (found.failed_runs, found.retries, found.recovered_by_retry) == (1, 1, 0)


def test_task_saved_by_its_third_attempt_is_recovered_once():
    found = stats(
        *(tried("a", outcome, number=n) for n, outcome in enumerate(["failed", "failed", "success"], 1))
    )

    assert (found.retries, found.recovered_by_retry, found.failed_attempts) == (2, 1, 2)


def test_rerun_of_a_success_is_no_retry():
    found = stats(tried("a", "success"), tried("a", "success", number=2))

    assert (found.retries, found.recovered_by_retry) == (0, 0)


def test_second_attempt_whose_first_log_is_gone_is_a_retry():
    assert stats(tried("a", "success", number=2)).retries == 1


def test_wasted_seconds_are_those_of_failed_attempts():
    found = stats(
        tried("a", "failed", seconds=7.5),
        tried("a", "success", number=2, seconds=100),
        tried("b", "failed", seconds=2),
    )

    assert found.wasted_seconds == 9.5


def test_usual_run_duration_leaves_failed_runs_out():
    found = stats(
        tried("a", "success", at=0, seconds=10),
        tried("b", "success", at=20, seconds=10),
        tried("a", "failed", run="r2", at=0, seconds=500),
    )

    assert found.p50_seconds == 30.0


def test_p95_of_a_few_runs_is_not_given():
    assert stats(tried("a", "success")).p95_seconds is None


def test_p95_of_twenty_runs_is_interpolated():
    runs = [tried("a", "success", run=f"r{n:02}", seconds=n) for n in range(20)]

    assert stats(*runs).p95_seconds == pytest.approx(18.05)


def test_last_success_is_the_end_of_the_newest_successful_run():
    found = stats(
        tried("a", "success", run="r1", at=0, seconds=10),
        tried("a", "success", run="r2", at=3600, seconds=10),
        tried("a", "failed", run="r3", at=7200),
    )

    assert found.last_success_at == MONDAY + timedelta(seconds=3610)
    assert found.last_run_at == MONDAY + timedelta(seconds=7200)


def test_attempt_without_times_counts_but_belongs_to_no_day():
    found = stats(tried("a", "failed", at=None))

    assert (found.attempts, found.days, found.first_run_at) == (1, (), None)


def test_records_out_of_order_never_make_time_negative():
    assert stats(tried("a", "failed", seconds=-3)).wasted_seconds == 0.0


def test_run_id_with_a_date_in_it_is_not_taken_for_a_time():
    found = stats(tried("a", "success", run="scheduled__2026-01-01T00:00:00+00:00", at=None))

    assert found.first_run_at is None


def test_days_are_utc_days_of_the_start():
    found = stats(
        tried("a", "success", run="r1", at=0, seconds=10),
        tried("a", "failed", run="r2", at=22 * 3600 - 1, seconds=5),
        tried("a", "success", run="r2", number=2, at=22 * 3600 + 60, seconds=5),
    )

    assert found.days == (
        DayStats(day="2026-11-16", runs=2, failed_runs=0, attempts=2, failed_attempts=1, seconds=15.0),
        DayStats(day="2026-11-17", runs=0, failed_runs=0, attempts=1, failed_attempts=0, seconds=5.0),
    )


def test_tasks_are_listed_with_their_own_numbers():
    found = stats(
        tried("b", "failed", seconds=99),
        tried("b", "success", number=2, seconds=4),
        tried("b", "success", run="r2", seconds=8),
        tried("a", "unknown"),
    )

    assert found.tasks == (
        TaskStats(task_id="a", attempts=1),
        TaskStats(task_id="b", attempts=3, failed_attempts=1, retries=1, p50_seconds=6.0),
    )


def test_usual_time_of_a_mapped_task_is_that_of_its_slowest_index():
    history = DagHistory(
        [
            tried("a", "success", index=0, seconds=1),
            tried("a", "success", index=1, seconds=9),
            tried("a", "success", run="r2", index=0, seconds=5),
            tried("a", "success", run="r2", index=1, seconds=2),
        ]
    )

    assert history.usual_seconds() == {"a": 7.0}


def test_order_of_the_attempts_does_not_matter():
    attempts = [
        tried("a", outcome, run=f"r{run}", number=number, at=100 * run + number)
        for run in range(3)
        for number, outcome in enumerate(["failed", "success"], 1)
    ]

    assert stats(*attempts) == stats(*reversed(attempts))


any_attempts = st.lists(
    st.builds(
        tried,
        st.sampled_from("abc"),
        st.sampled_from(["success", "failed", "unknown"]),
        run=st.sampled_from(["r1", "r2", "r3"]),
        number=st.integers(1, 4),
        index=st.sampled_from([None, 0, 1]),
        at=st.floats(0, 300_000),
        seconds=st.floats(0, 5_000),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda one: one.path,
)


@given(any_attempts)
def test_parts_add_up_to_the_whole(attempts):
    found = stats(*attempts)

    assert found.successful_runs + found.failed_runs <= found.runs
    assert sum(task.attempts for task in found.tasks) == found.attempts == len(attempts)
    assert sum(task.failed_attempts for task in found.tasks) == found.failed_attempts
    assert sum(task.retries for task in found.tasks) == found.retries
    assert sum(day.runs for day in found.days) == found.runs
    assert sum(day.failed_runs for day in found.days) == found.failed_runs
    assert sum(day.attempts for day in found.days) == found.attempts


@given(any_attempts)
def test_no_more_is_recovered_than_was_retried(attempts):
    found = stats(*attempts)

    assert found.recovered_by_retry <= found.retries


@given(any_attempts)
def test_wasted_time_is_part_of_all_time(attempts):
    found = stats(*attempts)

    assert 0 <= found.wasted_seconds <= sum(day.seconds for day in found.days) + 1e-3
