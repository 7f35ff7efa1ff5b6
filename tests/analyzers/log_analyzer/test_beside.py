"""What stands beside an attempt's own log: the scheduler's lines, and Airflow's own history."""

from datetime import UTC, datetime

import pytest

from analyzers.log_analyzer.analyze import analyze
from analyzers.log_analyzer.options import LogOptions
from dagaudit.finding import Confidence
from dagaudit.run_history import EventRecord, History, TaskInstanceRecord
from dagaudit.task_attempt import Category, Outcome
from tests.analyzers.log_analyzer.task_logs import (
    PATH,
    PRE,
    RUN,
    failed,
    failure,
    lines,
    raised,
    section,
    stdout,
    succeeded,
    supervisor,
)
from tests.fakes import MemorySource

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
CUT_OFF = lines(PRE, RUN, stdout("step 1 of 9"))
KILLED = lines(
    PRE,
    RUN,
    supervisor(
        "Process terminated by signal. Likely out of memory error (OOM).",
        "critical",
        signal=-9,
        signal_name="SIGKILL",
    ),
)
KEY = "dag_id='shop', task_id='load', run_id='manual__1', try_number=1, map_index=-1"
OOM = (
    f"2026-11-20T06:00:03.000000Z [error] TaskInstanceKey({KEY}) failed in pod etl/shop-load. Pod phase: Failed, "
    "container_reason: OOMKilled, exit_code: 137 [airflow.executor] loc=x.py:1"
)
ZOMBIE = (
    "[2026-11-20T06:00:40.000+0000] {scheduler_job_runner.py:1} ERROR - Detected zombie job: {'simple_task_instance': "
    "'<TaskInstance: shop.load manual__1 [running]>', 'msg': 'x'}"
)
MISMATCH = (
    "[2026-11-20T06:00:04.000+0000] {x.py:1} ERROR - Executor reports task instance <TaskInstance: shop.load "
    "manual__1 [running]> finished (failed) although the task says it's running. Was the task killed externally?"
)


def row(state, number=1):
    return TaskInstanceRecord(
        dag_id="shop",
        run_id="manual__1",
        task_id="load",
        try_number=number,
        state=state,
        started_at=NOW,
        ended_at=NOW,
    )


def event(name, **more):
    found = {"event_id": 1, "event": name, "dag_id": "shop", "run_id": "manual__1", "task_id": "load"}
    return EventRecord(**(found | {"try_number": 1} | more))


def history(*rows, events=()):
    return History(airflow_version="3.3.2", read_at=NOW, since=NOW, task_instances=rows, events=tuple(events))


def with_history(text, known, **more):
    return analyze(MemorySource({PATH: text}), LogOptions(history=known, **more)).attempts[0]


def test_scheduler_line_confirms_what_the_log_only_suspects():
    found = section({PATH: KILLED, "airflow-prod-Scheduler/found.log": f"{OOM}\n"}).attempts[0]

    assert (found.signature, found.confidence) == ("oom-killed", Confidence.CONFIRMED)
    assert found.evidence[0].path == "airflow-prod-Scheduler/found.log"
    assert found.evidence[0].line == 1


@pytest.mark.parametrize(
    "path", ["scheduler.log", "scheduler/2026-11-20/scheduler.log", "mwaa-Scheduler/a.log"]
)
def test_zombie_is_told_by_the_scheduler_alone(path):
    found = section({PATH: CUT_OFF, path: f"{ZOMBIE}\n"}).attempts[0]

    assert (found.outcome, found.category) == (Outcome.FAILED, Category.SCHEDULER_HEARTBEAT)


def test_scheduler_line_of_another_try_says_nothing():
    other = OOM.replace("try_number=1", "try_number=2")

    assert section({PATH: KILLED, "scheduler.log": other}).attempts[0].confidence is Confidence.SUSPECTED


def test_scheduler_line_of_long_after_says_nothing():
    late = ZOMBIE.replace("2026-11-20T06", "2026-11-20T09")

    assert section({PATH: CUT_OFF, "scheduler.log": late}).attempts[0].outcome is Outcome.UNKNOWN


def test_state_mismatch_does_not_hide_the_exception():
    text = failed(failure(raised("KeyError", "'a'")))

    assert section({PATH: text, "scheduler.log": MISMATCH}).attempts[0].signature == "key-error"
    assert section({PATH: CUT_OFF, "scheduler.log": MISMATCH}).attempts[0].signature == "state-mismatch"


def test_scheduler_log_is_no_stranger():
    assert section({PATH: succeeded(), "scheduler.log": "all is well\n"}).failures == ()


def test_attempt_that_history_saw_fail_has_failed():
    found = with_history(CUT_OFF, history(row("failed"), events=[event("heartbeat timeout")]))

    assert (found.signature, found.confidence) == ("no-heartbeat", Confidence.CONFIRMED)
    assert with_history(CUT_OFF, history(row("failed"))).signature == "log-ends-early"
    assert with_history(CUT_OFF, history(row("running"))).outcome is Outcome.UNKNOWN


def test_hand_that_ended_a_task_is_named():
    text = lines(
        PRE,
        RUN,
        supervisor(
            "Server indicated the task shouldn't be running anymore. Terminating process",
            detail={"detail": {"reason": "not_running", "current_state": "failed"}},
        ),
    )
    done = event("patch_task_instance", owner="jana")

    section = analyze(MemorySource({PATH: text}), LogOptions(history=history(row("failed"), events=[done])))

    assert section.attempts[0].confidence is Confidence.CONFIRMED
    assert "marked by jana" in section.causes[0].title


def test_known_success_need_not_be_read():
    class Unread(MemorySource):
        def open(self, file):
            raise AssertionError(file.path)

    options = LogOptions(history=history(row("success")), skip_successes=True)
    found = analyze(Unread({PATH: succeeded()}), options)

    assert (found.attempts[0].outcome, found.attempts[0].started_at) == (Outcome.SUCCESS, NOW)
    assert (found.coverage.analyzed, found.status) == (1, "ok")
