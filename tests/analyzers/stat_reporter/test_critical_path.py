"""Which tasks decide when a DAG lands."""

from datetime import timedelta

import pytest

from analyzers.stat_reporter.critical_path import critical_path
from analyzers.stat_reporter.graph_shape import shape_of
from dagaudit.run_history import EventRecord
from tests.analyzers.stat_reporter.told import DUE, dag_runs, run, task

DIAMOND = shape_of("abcd", [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])


def spent(task_id, start, end, number=1, **fields):
    """A task of the run r<number> that ran from so many seconds after it was due to so many."""
    due = due_of(number)
    times = {"started_at": due + timedelta(seconds=start), "ended_at": due + timedelta(seconds=end)}
    return task(f"r{number}", task_id=task_id, **times, **fields)


def due_of(number):
    return DUE + timedelta(days=number - 1)


def diamond(number=1, slow=100.0):
    last = max(70.0, 25 + slow)
    return (
        spent("a", 10, 20, number),
        spent("b", 25, 25 + slow, number),
        spent("c", 30, 70, number),
        spent("d", last + 5, last + 15, number),
    )


def path_of(*instances, runs=None, rules=None, shape=DIAMOND, **fields):
    made = dag_runs(*(runs or [run("r1")]), task_instances=instances, **fields)
    return critical_path(made, shape, rules or {})


def told(path):
    return {one.task_id: one for one in path.tasks}


def test_slower_branch_decides():
    path = path_of(*diamond())

    assert (path.usual, path.usual_runs, path.runs) == (("a", "b", "d"), 1, 1)


def test_shares_are_of_running_and_waiting():
    path = path_of(*diamond())

    # From the run's start at 10 s to its end at 140 s: a 10, b 5 waiting and 100, d 5 and 10.
    assert {one.task_id: one.share for one in path.tasks} == {
        "b": pytest.approx(105 / 130, abs=1e-6), "d": pytest.approx(15 / 130, abs=1e-6), "a": pytest.approx(10 / 130, abs=1e-6), "c": 0.0,
    }  # fmt: skip
    assert (told(path)["b"].p50_seconds, told(path)["b"].wait_p50_seconds) == (100.0, 5.0)


def test_slack_is_how_much_later_a_task_could_end():
    path = path_of(*diamond())

    assert {one.task_id: one.slack_p50_seconds for one in path.tasks} == {
        "a": 0.0,
        "b": 0.0,
        "c": 55.0,
        "d": 0.0,
    }


def test_path_is_that_of_most_runs():
    runs = [run(f"r{number}", due=due_of(number)) for number in (1, 2, 3)]
    instances = [one for number, slow in enumerate((100, 100, 20), start=1) for one in diamond(number, slow)]

    path = path_of(*instances, runs=runs)

    assert (path.usual, path.usual_runs, path.runs) == (("a", "b", "d"), 2, 3)
    assert (told(path)["b"].runs, told(path)["c"].runs) == (2, 1)


def test_mapped_task_ends_with_its_last_index():
    a, _, c, d = diamond()
    indices = (spent("b", 25, 30, map_index=0), spent("b", 25, 125, map_index=1))

    path = path_of(a, *indices, c, d)

    assert path.usual == ("a", "b", "d")
    assert told(path)["b"].p50_seconds == 100.0


def test_retries_count_from_the_first_try():
    a, b, c, d = diamond()
    tries = (
        spent("b", 25, 50, state="failed", attempt=1),
        spent("b", 60, 125, attempt=2),
    )

    path = path_of(a, b.model_copy(update={"try_number": 2}), c, d, tries=tries)

    assert told(path)["b"].p50_seconds == 100.0


def test_skipped_task_is_passed_through():
    a, b, c, d = diamond()
    skipped = [one.model_copy(update={"state": "skipped", "started_at": None}) for one in (b, c)]

    assert path_of(a, *skipped, d).usual == ("a", "d")


def test_task_that_starts_with_the_first_success_is_led_back_to_it():
    a, b, c, _ = diamond()
    d = spent("d", 75, 200)

    assert path_of(a, b, c, d, rules={"d": "one_success"}).usual == ("a", "c", "d")


def test_task_that_never_waits_begins_the_path():
    assert path_of(*diamond(), rules={"d": "always"}).usual == ("d",)


def test_runs_of_an_older_version_have_another_graph():
    runs = [run("r1", version="1"), run("r2", version="2", due=due_of(2))]

    path = path_of(*diamond(1, 20), *diamond(2, 100), runs=runs)

    assert (path.version, path.runs, path.usual) == ("2", 1, ("a", "b", "d"))


@pytest.mark.parametrize(
    ("made", "fields"),
    [
        ({"state": "failed"}, {}),
        ({"kind": "backfill"}, {"runs": [run("r2", "failed"), run("r1", kind="backfill")]}),
        ({}, {"events": (EventRecord(event_id=1, event="clear", dag_id="orders", run_id="r1"),)}),
    ],
    ids=["failed", "backfill", "cleared"],
)
def test_failed_cleared_and_backfilled_runs_tell_nothing(made, fields):
    assert path_of(*diamond(), **({"runs": [run("r1", **made)]} | fields)) is None
