"""Rows of a run history for tests."""

from datetime import UTC, datetime, timedelta

from analyzers.stat_reporter.history import runs_by_dag
from analyzers.stat_reporter.history_stats import run_stats_from
from dagaudit.run_history import History, RunRecord, TaskInstanceRecord

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
DUE = NOW - timedelta(hours=6)


def run(run_id, state="success", *, kind="scheduled", due=DUE, delay=10.0, seconds=60.0, **fields):
    started = due + timedelta(seconds=delay)
    ended = started + timedelta(seconds=seconds) if state in ("success", "failed") else None
    values = {
        "run_after": due,
        "queued_at": due + timedelta(seconds=1),
        "started_at": started,
        "ended_at": ended,
    }
    return RunRecord(dag_id="orders", run_id=run_id, state=state, run_type=kind, **values | fields)


def task(run_id="r1", state="success", *, task_id="load", attempt=1, start=DUE, seconds=30.0, **fields):
    started = start + timedelta(seconds=20)
    values = {
        "scheduled_at": started - timedelta(seconds=5),
        "queued_at": started - timedelta(seconds=3),
        "started_at": started,
        "ended_at": started + timedelta(seconds=seconds),
    }
    return TaskInstanceRecord(
        dag_id="orders", run_id=run_id, task_id=task_id, try_number=attempt, state=state, **values | fields
    )


def history(*runs, **fields):
    values = {"airflow_version": "3.3.2", "read_at": NOW, "since": NOW - timedelta(days=14)}
    return History(runs=runs, **values | fields)


def dag_runs(*runs, **fields):
    return runs_by_dag(history(*runs, **fields))["orders"]


def stats(*runs, **fields):
    return run_stats_from(dag_runs(*runs, **fields))


class Told:
    """A run history that says what it was given."""

    address = "airflow+https://airflow.example"

    def __init__(self, said):
        self.said = said

    def read(self, since):
        if isinstance(self.said, Exception):
            raise self.said
        return self.said.model_copy(update={"since": since})
