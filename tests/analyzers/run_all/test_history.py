"""The run history is read once, and every analyzer hears it."""

from datetime import UTC, datetime, timedelta

import pytest

from analyzers.run_all.history import ReadOnce
from analyzers.run_all.plan import Given, plan
from analyzers.run_all.run import Inputs, Surroundings, run_all
from dagaudit.adapters.null import NullLlm
from dagaudit.errors import AccessRefused
from dagaudit.run_history import EventRecord, History, TaskInstanceRecord
from tests.fakes import MemoryCache, MemorySource

NIGHT = datetime(2026, 11, 21, 2, tzinfo=UTC)
LOG = "dag_id=etl/run_id=manual__1/task_id=load/attempt=1.log"
CUT_OFF = (
    '{"timestamp":"2026-11-20T00:00:05Z","level":"info","event":"::group::Pre Execute","logger":"task"}\n'
)


class Told:
    """A history that counts how often it is asked."""

    address = "airflow+https://airflow.example"

    def __init__(self, error=None):
        self.asked = []
        self.error = error

    def read(self, since):
        self.asked.append(since)
        if self.error:
            raise self.error
        row = TaskInstanceRecord(
            dag_id="etl", run_id="manual__1", task_id="load", try_number=1, state="failed"
        )
        lost = EventRecord(
            event_id=1,
            event="heartbeat timeout",
            dag_id="etl",
            run_id="manual__1",
            task_id="load",
            try_number=1,
        )
        return History(
            airflow_version="3.3.2", read_at=NIGHT, since=since, task_instances=(row,), events=(lost,)
        )


def sections(history):
    given = plan(None, Given(logs="/logs", history="airflow+https://airflow.example", reports="/reports"))
    inputs = Inputs(NullLlm(), MemoryCache(), logs=MemorySource({LOG: CUT_OFF}), history=history)
    return run_all(given, inputs, Surroundings(clock=lambda: NIGHT))[0]


def test_logs_and_statistics_share_one_read():
    history = Told()

    found = sections(history)

    assert len(history.asked) == 1
    assert found.logs.attempts[0].signature == "no-heartbeat"
    assert found.stats.fleet.model_dump() != {}


def test_history_that_refuses_costs_the_logs_nothing():
    history = Told(AccessRefused("no token"))

    found = sections(history)

    assert (len(history.asked), found.logs.status, found.stats.status) == (1, "ok", "partial")
    assert found.logs.attempts[0].outcome == "unknown"


def test_refusal_is_told_again():
    once = ReadOnce(Told(AccessRefused("no token")))

    for _ in range(2):
        with pytest.raises(AccessRefused):
            once.read(NIGHT - timedelta(days=1))
