"""The scheduler's group: what it tells of attempts reaches their causes; nothing is lost and nothing doubled."""

import time

import pytest

from analyzers.log_analyzer.analyze import analyze
from dagaudit.adapters.cloudwatch import Clocks, CloudWatchTree
from dagaudit.adapters.watermark import Watermark
from dagaudit.address import Use, parse
from dagaudit.task_attempt import Category, Outcome
from tests.dagaudit.cloudwatch_place import STREAM
from tests.fakes import MemoryStore

HOUR = 3600.0
BEGUN = '{"level":"info","event":"::group::Pre Execute","logger":"task"}'
KEY = "TaskInstanceKey(dag_id='d', task_id='t', run_id='scheduled__2026-11-21T02:00:00+00:00', try_number=1, map_index=-1)"
OOM = f"{KEY} failed in pod etl/d-t. Pod phase: Failed, container_reason: OOMKilled, exit_code: 137"


def tree(place, **more):
    return CloudWatchTree(parse(f"cloudwatch://eu-west-1/{place}", Use.LOGS), **more)


@pytest.fixture
def lost(groups):
    """An attempt that just stops, and a scheduler that knows why."""
    task = groups.group("Task")
    groups.put(task, STREAM.format(1), BEGUN)
    scheduler = groups.group("Scheduler")
    groups.put(scheduler, "scheduler_one", "starting the heartbeat", age_seconds=70)
    groups.put(scheduler, "scheduler_two", f"{OOM}\nsecond line", OOM, "all is well")
    return groups.name


def test_scheduler_group_explains_what_the_task_log_cannot(lost):
    (attempt,) = analyze(tree(f"{lost}*")).attempts

    assert (attempt.outcome, attempt.category) == (Outcome.FAILED, Category.MEMORY_RESOURCE)
    assert attempt.evidence[0].path.endswith("-Scheduler/found.log")


def test_group_may_be_named_itself(lost):
    (attempt,) = analyze(tree(f"{lost}-Task,{lost}-Scheduler")).attempts

    assert attempt.signature == "oom-killed"


def test_events_come_in_order_of_time_and_once(lost, faults):
    faults.page_size = 1
    faults.befall("FilterLogEvents", "", "ThrottlingException", "500")
    source = tree(f"{lost}*")
    (file,) = [file for file in source.files() if file.path.endswith("found.log")]

    text = source.read(file).decode().splitlines()

    assert [line.partition(" ")[2].partition("(")[0] for line in text if "TaskInstanceKey" in line] == [
        "TaskInstanceKey"
    ] * 2
    assert len(text) == 4
    assert sorted(text, key=lambda line: line[:30]) == text


def test_refused_scheduler_group_costs_only_itself(lost, faults):
    faults.befall("FilterLogEvents", "AccessDeniedException")

    section = analyze(tree(f"{lost}*"))

    (failure,) = section.failures
    assert failure.path.endswith("-Scheduler/found.log")
    assert "allow logs:FilterLogEvents to" in failure.message
    assert section.attempts[0].outcome is Outcome.UNKNOWN


def clocks(offset):
    return Clocks(now=lambda: time.time() + offset)


def test_window_reaches_back_to_the_last_report(groups):
    task = groups.group("Task")
    groups.put(task, STREAM.format(1), BEGUN)
    store = MemoryStore()
    marks = Watermark(store, "cloudwatch://eu-west-1/x")
    first = tree(f"{task}?lookbackHours=1", marks=marks)
    assert len(list(first.files())) == 1
    first.commit()

    # Three days without a report: what was written just after the last one is still found.
    later = tree(f"{task}?lookbackHours=1", clocks=clocks(72 * HOUR), marks=marks)

    assert len(list(later.files())) == 1


def test_run_that_dies_before_its_report_moves_nothing(groups):
    task = groups.group("Task")
    groups.put(task, STREAM.format(1), BEGUN)
    store = MemoryStore()
    marks = Watermark(store, "x")

    read = [list(tree(task, marks=marks).files()) for _ in range(2)]

    assert [[file.path for file in files] for files in read] == [[read[0][0].path]] * 2
    assert marks.get() is None


def test_source_that_was_not_listed_commits_nothing(groups):
    store = MemoryStore()

    tree(groups.group("Task"), marks=Watermark(store, "x")).commit()

    assert store.objects == {}


def test_watermark_never_moves_back():
    marks = Watermark(MemoryStore(), "x")
    marks.put(200.0)
    marks.put(100.0)

    assert marks.get() == 200.0


def test_damaged_watermark_is_none():
    store = MemoryStore()
    marks = Watermark(store, "x")
    marks.put(200.0)
    (key,) = store.objects
    store.objects[key] = b"{"

    assert marks.get() is None
