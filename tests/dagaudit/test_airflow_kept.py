"""A run history that remembers."""

from datetime import UTC, datetime, timedelta

import pytest

from dagaudit.adapters.airflow_kept import KeptHistory
from dagaudit.adapters.file import FileStore
from dagaudit.finding import Failure
from dagaudit.run_history import EventRecord, History, ImportErrorRecord, RunRecord, TaskInstanceRecord

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
DAY = timedelta(days=1)


class Airflow:
    """Answers what it was given, in order, and notes since when it was asked."""

    address = "airflow+https://airflow.example"

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def read(self, since):
        self.asked.append(since)
        return self.answers.pop(0).model_copy(update={"since": since})


def said(*runs, at=NOW, **fields):
    instances = tuple(
        TaskInstanceRecord(dag_id=run.dag_id, run_id=run.run_id, task_id="load") for run in runs
    )
    values = {"airflow_version": "3.3.2", "read_at": at, "since": NOW, "task_instances": instances}
    return History(runs=runs, **values | fields)


def run(run_id, state="success", ended=NOW):
    return RunRecord(
        dag_id="orders", run_id=run_id, state=state, run_type="scheduled",
        ended_at=None if state == "running" else ended,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path):
    return FileStore(str(tmp_path))


def test_second_read_asks_from_where_the_first_one_ended(store):
    airflow = Airflow(said(run("r1", "running"), run("r2")), said(run("r1"), at=NOW + DAY))

    KeptHistory(airflow, store).read(NOW - 14 * DAY)
    second = KeptHistory(airflow, store).read(NOW - 13 * DAY)

    assert airflow.asked == [NOW - 14 * DAY, NOW - timedelta(minutes=2)]
    assert [(one.run_id, one.state) for one in second.runs] == [("r1", "success"), ("r2", "success")]
    assert len(second.task_instances) == 2


def test_read_that_lacked_something_is_asked_for_again(store):
    lacked = Failure(part="history", message="runs: 503")
    airflow = Airflow(
        said(run("r1")), said(failures=(lacked,), complete=False, at=NOW + DAY), said(at=NOW + 2 * DAY)
    )
    for _ in range(3):
        KeptHistory(airflow, store).read(NOW - 14 * DAY)

    assert airflow.asked[1] == airflow.asked[2] == NOW - timedelta(minutes=2)


def test_part_that_is_read_whole_each_time_does_not_keep_the_rest_from_being_kept(store):
    lacked = Failure(part="history", message="pools: 403")
    airflow = Airflow(said(run("r1"), failures=(lacked,)), said(at=NOW + DAY))

    KeptHistory(airflow, store).read(NOW - 14 * DAY)

    second = KeptHistory(airflow, store).read(NOW - 14 * DAY)
    assert airflow.asked[1] == NOW - timedelta(minutes=2)
    assert (len(second.runs), second.failures) == (1, ())


def test_longer_window_is_read_whole(store):
    airflow = Airflow(said(run("r1")), said(run("r1")))

    KeptHistory(airflow, store).read(NOW - DAY)
    KeptHistory(airflow, store).read(NOW - 2 * DAY)

    assert airflow.asked == [NOW - DAY, NOW - 2 * DAY]


def test_what_left_the_window_leaves_with_all_that_belongs_to_it(store):
    events = (EventRecord(event_id=1, event="clear", when=NOW - 10 * DAY),)
    airflow = Airflow(said(run("r1", ended=NOW - 10 * DAY), run("r2", "running"), events=events), said())

    KeptHistory(airflow, store).read(NOW - 14 * DAY)
    second = KeptHistory(airflow, store).read(NOW - 5 * DAY)

    assert [one.run_id for one in second.runs] == ["r2"]
    assert [one.run_id for one in second.task_instances] == ["r2"]
    assert second.events == ()


def test_clear_that_was_once_seen_stays_known(store):
    clear = EventRecord(event_id=1, event="clear", when=NOW, dag_id="orders", run_id="r1")
    airflow = Airflow(said(run("r1"), events=(clear,)), said())

    KeptHistory(airflow, store).read(NOW - DAY)

    assert KeptHistory(airflow, store).read(NOW - DAY).events == (clear,)


def test_damaged_memory_is_read_anew(store):
    airflow = Airflow(said(run("r1")), said(run("r1")))
    KeptHistory(airflow, store).read(NOW - DAY)
    (key,) = store.keys("cache/")
    store.write(key, store.read(key).data[:-9])

    KeptHistory(airflow, store).read(NOW - DAY)

    assert airflow.asked == [NOW - DAY, NOW - DAY]


def test_stack_traces_are_not_kept(store):
    broken = ImportErrorRecord(path="a.py", stack_trace="Traceback")
    airflow = Airflow(said(run("r1"), import_errors=(broken,)), said())

    KeptHistory(airflow, store).read(NOW - DAY)

    assert KeptHistory(airflow, store).read(NOW - DAY).import_errors == ()
