"""A run history that remembers."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from dagaudit.adapters.airflow_kept import KeptHistory
from dagaudit.adapters.file import FileStore
from dagaudit.errors import ReportUnreadable
from dagaudit.finding import Failure
from dagaudit.run_history import EventRecord, History, ImportErrorRecord, RunRecord, TaskInstanceRecord
from tests.fakes import MemoryStore

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


def cleared(store):
    """A run failed, was cleared, ran and succeeded, and was seen at each step."""
    steps = (
        run("r1", "failed", NOW),
        run("r1", "running"),
        run("r1", "success", NOW + 2 * DAY),
    )
    airflow = Airflow(*(said(step, at=NOW + place * DAY) for place, step in enumerate(steps)))
    for _ in steps:
        read = KeptHistory(airflow, store).read(NOW - 14 * DAY)
    return read


def test_cleared_run_stays_known_as_it_had_ended(store):
    read = cleared(store)

    assert [(one.state, one.ended_at) for one in read.runs] == [("success", NOW + 2 * DAY)]
    assert [(one.state, one.ended_at) for one in read.earlier_runs] == [("failed", NOW)]


def test_what_airflows_database_lost_stays_known(store):
    airflow = Airflow(said(run("r1")), said(at=NOW + DAY), said(at=NOW + 2 * DAY))

    for _ in range(3):
        read = KeptHistory(airflow, store).read(NOW - 14 * DAY)

    assert [one.run_id for one in read.runs] == ["r1"]
    assert len(read.task_instances) == 1


def test_observation_is_written_once_and_never_changed(store):
    first, second = (
        said(run("r1"), run("r2")),
        said(run("r1"), run("r2", "failed"), at=NOW + timedelta(hours=1)),
    )
    KeptHistory(Airflow(first), store).read(NOW - DAY)
    before = {key: store.read(key).data for key in store.keys("history/")}

    KeptHistory(Airflow(second), store).read(NOW - DAY)

    after = {key: store.read(key).data for key in store.keys("history/")}
    assert before.items() <= after.items()
    (new,) = set(after) - set(before)
    # What did not change is not written again.
    assert [one.run_id for one in History.model_validate_json(gzip.decompress(after[new])).runs] == ["r2"]


def test_days_that_are_over_are_joined_and_hold_the_same(store):
    hours = [said(run(f"r{hour}"), at=NOW + timedelta(hours=hour)) for hour in range(4)]
    airflow = Airflow(*hours, said(at=NOW + DAY), said(at=NOW + DAY))
    for _ in range(5):
        before = KeptHistory(airflow, store).read(NOW - DAY)

    assert len(list(store.keys("history/"))) == 2
    assert KeptHistory(airflow, store).read(NOW - DAY).runs == before.runs


def test_earlier_end_survives_the_joining_of_a_day(store):
    cleared(store)
    read = KeptHistory(Airflow(said(at=NOW + 5 * DAY)), store).read(NOW - 9 * DAY)

    assert [one.state for one in read.earlier_runs] == ["failed"]


def test_days_beyond_the_retention_go(store):
    airflow = Airflow(said(run("r1")), said(run("r2"), at=NOW + 8 * DAY), said(at=NOW + 9 * DAY))
    for _ in range(3):
        read = KeptHistory(airflow, store, retention=7 * DAY).read(NOW - DAY)

    assert {key.split("dt=")[1][:10] for key in store.keys("history/")} == {"2026-11-29", "2026-11-30"}
    assert [one.run_id for one in read.runs] == ["r2"]


def test_two_airflows_share_no_history(store):
    other = Airflow(said(run("r9")))
    other.address = "airflow+https://other.example"
    KeptHistory(Airflow(said(run("r1"))), store).read(NOW - DAY)

    assert [one.run_id for one in KeptHistory(other, store).read(NOW - DAY).runs] == ["r9"]


def test_clear_that_was_once_seen_stays_known(store):
    clear = EventRecord(event_id=1, event="clear", when=NOW, dag_id="orders", run_id="r1")
    airflow = Airflow(said(run("r1"), events=(clear,)), said())

    KeptHistory(airflow, store).read(NOW - DAY)

    assert KeptHistory(airflow, store).read(NOW - DAY).events == (clear,)


def test_damaged_object_is_read_anew_and_told(store):
    airflow = Airflow(
        said(run("r1")),
        said(run("r2"), at=NOW + DAY),
        said(run("r2"), at=NOW + 2 * DAY),
        said(at=NOW + 3 * DAY),
    )
    for _ in range(2):
        KeptHistory(airflow, store).read(NOW - DAY)
    *_, newest = store.keys("history/")
    store.write(newest, store.read(newest).data[:-9])

    third = KeptHistory(airflow, store).read(NOW - DAY)
    fourth = KeptHistory(airflow, store).read(NOW - DAY)

    assert airflow.asked[2:] == [NOW - timedelta(minutes=2), NOW + 2 * DAY - timedelta(minutes=2)]
    assert newest in third.failures[0].message
    assert ([one.run_id for one in fourth.runs], fourth.failures) == (["r1", "r2"], ())


def test_store_that_cannot_be_read_for_a_moment_loses_nothing(store, monkeypatch):
    airflow = Airflow(said(run("r1", "failed")), said(run("r1"), at=NOW + DAY), said(run("r1"), at=NOW + DAY))
    KeptHistory(airflow, store).read(NOW - DAY)
    before = list(store.keys("history/"))

    with monkeypatch.context() as moment:
        moment.setattr(store, "read", refuse)
        second = KeptHistory(airflow, store).read(NOW - DAY)

    assert "what was kept before cannot be read" in second.failures[0].message
    assert [one.state for one in second.runs] == ["success"]
    assert list(store.keys("history/")) == before
    assert [one.state for one in KeptHistory(airflow, store).read(NOW - DAY).earlier_runs] == ["failed"]


def refuse(key):
    raise ReportUnreadable(f"{key}: 503")


def test_full_store_costs_the_keeping_alone():
    read = KeptHistory(Airflow(said(run("r1"))), MemoryStore(full=True)).read(NOW - DAY)

    assert [one.run_id for one in read.runs] == ["r1"]
    assert "cannot be kept" in read.failures[0].message


def test_stack_traces_are_not_kept(store):
    broken = ImportErrorRecord(path="a.py", stack_trace="Traceback")
    airflow = Airflow(said(run("r1"), import_errors=(broken,)), said())

    KeptHistory(airflow, store).read(NOW - DAY)

    assert KeptHistory(airflow, store).read(NOW - DAY).import_errors == ()
