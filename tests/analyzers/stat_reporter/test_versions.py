"""How runs first ended, and how they went under each version."""

from datetime import timedelta

import pytest

from dagaudit.run_history import EventRecord
from tests.analyzers.stat_reporter.told import DUE, run, stats, task

CLEAR = EventRecord(event_id=1, event="post_clear_task_instances", dag_id="orders", run_id="r1", owner="anna")


def test_run_that_was_cleared_after_a_failure_did_not_succeed_the_first_time():
    told = stats(run("r1"), run("r2"), earlier_runs=(run("r1", "failed"),)).history

    assert (told.first_time_runs, told.first_time_successes) == (2, 1)
    assert (told.overwritten_failures, told.cleared_runs) == (1, 1)
    assert told.first_time_success_rate == 0.5
    assert told.first_time_success_rate_low == pytest.approx(0.0945, abs=1e-3)


def test_first_of_several_ends_counts():
    ends = (run("r1", "success", seconds=50), run("r1", "failed", seconds=90))

    assert stats(run("r1"), earlier_runs=ends).history.first_time_successes == 1


def test_run_that_was_cleared_before_anybody_looked_is_left_out():
    told = stats(run("r1"), run("r2"), events=(CLEAR,)).history

    assert (told.first_time_runs, told.first_time_successes, told.overwritten_failures) == (1, 1, 0)


def test_run_that_has_not_ended_is_left_out():
    assert stats(run("r1", "running")).history.first_time_success_rate is None


def of_version(version, states, start=0):
    return [
        run(f"v{version}r{place}", state, version=version, due=DUE + timedelta(days=start + place))
        for place, state in enumerate(states)
    ]


def test_each_version_has_its_own_numbers():
    runs = [*of_version("1", ["success"] * 4), *of_version("2", ["failed", "success", "failed"], 4)]

    told = stats(*runs).history.versions

    assert [(one.version, one.runs, one.failed_runs, one.flips) for one in told] == [
        ("1", 4, 0, 0),
        ("2", 3, 2, 2),
    ]


def test_run_that_a_retry_saved_is_rescued():
    runs = of_version("1", ["success"] * 5)
    tries = (task("v1r0", "failed", attempt=1), task("v1r0", attempt=2))

    (told,) = stats(*runs, tries=tries).history.versions

    assert (told.rescued_runs, told.flakiness) == (1, 0.2)


def test_mapped_index_that_a_retry_saved_rescues_the_run_once():
    runs = of_version("1", ["success"] * 5)
    tries = [
        task("v1r0", state, attempt=attempt, map_index=index)
        for index in (0, 1)
        for attempt, state in ((1, "failed"), (2, "success"))
    ]

    assert stats(*runs, tries=tuple(tries)).history.versions[0].rescued_runs == 1


def test_cleared_run_is_no_flake():
    runs = [*of_version("1", ["success"] * 5), run("r1", version="1")]
    tries = (task("r1", "failed", attempt=1), task("r1", attempt=2))

    (told,) = stats(*runs, tries=tries, events=(CLEAR,)).history.versions

    assert (told.runs, told.rescued_runs) == (5, 0)


def test_flakiness_of_a_few_runs_is_not_told():
    assert stats(*of_version("1", ["success"] * 4)).history.versions[0].flakiness is None


def test_airflow_2_has_no_versions():
    assert stats(run("r1")).history.versions == ()


def test_who_did_what_is_told_newest_first():
    mark = CLEAR.model_copy(
        update={"event_id": 2, "event": "patch_task_instance", "task_id": "load", "new_state": "success"}
    )
    mismatch = CLEAR.model_copy(update={"event_id": 3, "event": "state mismatch"})

    told = stats(run("r1"), events=(CLEAR, mark, mismatch)).history

    assert [(one.who, one.did, one.task_id, one.new_state) for one in told.by_hand] == [
        ("anna", "marked", "load", "success"),
        ("anna", "cleared", None, None),
    ]
    assert told.by_hand_total == 2
