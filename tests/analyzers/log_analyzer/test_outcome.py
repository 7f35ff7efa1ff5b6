"""How attempts ended, by what the task runner and the supervisor say."""

import pytest

from dagaudit.task_attempt import Outcome
from tests.analyzers.log_analyzer.task_logs import (
    END,
    PARSED,
    POST,
    PRE,
    RUN,
    attempt,
    child,
    failed,
    failure,
    lines,
    raised,
    section,
    stderr,
    stdout,
    succeeded,
    supervisor,
    user,
)  # fmt: skip

NOT_RUNNING = "Server indicated the task shouldn't be running anymore. Terminating process"
TRACEBACK = ["Traceback (most recent call last):", '  File "x.py", line 1, in f', "KeyError: 'a'"]


def server(state):
    return supervisor(NOT_RUNNING, detail={"reason": "not_running", "current_state": state})


SUCCESSES = {
    "nothing special": succeeded(stdout("done")),
    "tracebacks on stdout": succeeded(*map(stdout, TRACEBACK)),
    "tracebacks on stderr": succeeded(*map(stderr, TRACEBACK)),
    "a caught exception": succeeded(user("cache is gone", "error", error_detail=[raised("OSError", "x")])),
    "a record with the runner's words": succeeded(
        user("Task failed with exception", "error", error_detail=[raised("OSError", "x")])
    ),
    "a print of the runner's words": succeeded(stdout("Task failed with exception")),
    "a print of Airflow 2's words": succeeded(
        stdout("Marking task as FAILED."), stderr("Task exited with return code 1")
    ),
    "a user's logger called task": succeeded(
        user("Task failed with exception", "error", logger="task", error_detail=[raised("OSError", "x")])
    ),
    "a neighbour's broken template": lines(
        PRE,
        {
            "event": "Failed to resolve template field 'sql'",
            "level": "error",
            "filename": "templater.py",
            "logger": "airflow.sdk.definitions._internal.templater",
            "error_detail": [raised("TemplateNotFound", "a.sql")],
        },
        PARSED,
        RUN,
        POST,
        END,
    ),
    "a failed success callback": lines(
        PRE,
        PARSED,
        RUN,
        POST,
        {
            "event": "Failed to run task callback",
            "level": "error",
            "error_detail": [raised("RuntimeError", "x")],
        },
        END,
    ),
    "a hanging listener that was killed": lines(
        PRE,
        RUN,
        POST,
        {
            **supervisor("Process terminated by signal. For more information, see the docs"),
            "at": 30,
            "signal": -15,
            "signal_name": "SIGTERM",
        },
    ),
    "marked by a user": lines(PRE, RUN, server("success"), stdout("tick"), supervisor("Task killed!")),
    "two runs in one file": lines(
        PRE, RUN, {"event": "Rescheduling task, marking task as UP_FOR_RESCHEDULE"}, END, PRE, RUN, POST, END
    ),
}
FAILURES = {
    "an exception": failed(failure(raised("ValueError", "bad"))),
    "output behind the failure": failed(failure(raised("ValueError", "bad")), stdout("late")),
    "a handler that failed": lines(
        PRE, RUN, POST, failure(raised("AirflowRuntimeError", "API_SERVER_ERROR")), END
    ),
    "an exit": failed({"event": "Task exited", "level": "error", "exit_code": 3}),
    "a kill": lines(
        PRE,
        RUN,
        supervisor(
            "Process terminated by signal. Likely out of memory error (OOM).",
            "critical",
            signal=-9,
            signal_name="SIGKILL",
        ),
    ),
    "a segmentation fault": lines(
        PRE, RUN, supervisor("\n***** Received SIGSEGV *****\nSIGSEGV", "critical")
    ),
    "a hard exit": lines(PRE, RUN, supervisor("Process exited abnormally", "warning", exit_code=1)),
    "the triggered run failed": failed({"event": "DagRun finished with failed state.", "level": "error"}),
    "the triggered run existed": failed(
        {"event": "Dag Run already exists, marking task as failed.", "level": "error"}
    ),
    "marked by a user": lines(PRE, RUN, server("failed"), supervisor("Task killed!")),
    "cleared by a user": lines(
        PRE, RUN, supervisor(NOT_RUNNING, detail={"reason": "not_found"}), supervisor("Task killed!")
    ),
    "a failing callback behind it": failed(
        failure(raised("ValueError", "bad")),
        {
            "event": "Failed to run task callback",
            "level": "error",
            "error_detail": [raised("RuntimeError", "slack")],
        },
    ),
    "start-up given up": lines(
        PRE,
        {"event": "Dag not found during start up", "level": "error"},
        {"event": "Startup reschedule limit exceeded", "level": "error"},
        supervisor("Process exited abnormally", "warning", exit_code=1),
    ),
}
UNKNOWN = {
    "nothing at all": "",
    "a log that just stops": lines(PRE, PARSED, RUN, stdout("half way")),
    "skipped": lines(PRE, RUN, POST, {"event": "Skipping task.", "reason": "no"}, END),
    "skipped without a reason": lines(PRE, PARSED, RUN, {**POST, "lineno": 1620}, END),
    "deferred": succeeded({"event": "Pausing task as DEFERRED. "}),
    "awaiting input": succeeded({"event": "Pausing task as AWAITING_INPUT."}),
    "rescheduled": lines(
        PRE, RUN, POST, {"event": "Rescheduling task, marking task as UP_FOR_RESCHEDULE"}, END
    ),
    "rescheduled during start-up": lines(
        PRE,
        {"event": "Dag not found during start up", "level": "error"},
        {"event": "Rescheduling task during startup, marking task as UP_FOR_RESCHEDULE", "level": "warning"},
    ),
    "the run's time limit": lines(PRE, RUN, server("skipped"), supervisor("Task killed!")),
}


@pytest.mark.parametrize("text", SUCCESSES.values(), ids=SUCCESSES)
def test_success_stays_a_success(text):
    assert attempt(text).outcome is Outcome.SUCCESS


@pytest.mark.parametrize("text", FAILURES.values(), ids=FAILURES)
def test_failure_is_seen(text):
    assert attempt(text).outcome is Outcome.FAILED


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_no_end_is_unknown(text):
    assert attempt(text).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("text", [*SUCCESSES.values(), *UNKNOWN.values()])
def test_only_failures_have_a_cause(text):
    found = attempt(text)

    assert (found.category, found.cause_id, found.fingerprint, found.retryable, found.evidence) == (
        None,
        None,
        None,
        None,
        (),
    )


OLD = "[2023-01-12T03:26:33.347+0000] {{{file}:10}} {level} - {text}\n"


def old(*rows):
    return "".join(OLD.format(file=file, level=level, text=text) for file, level, text in rows)


OLD_LOGS = {
    "success": (
        Outcome.SUCCESS,
        old(
            ("taskinstance.py", "INFO", "Marking task as SUCCESS. dag_id=a, task_id=b"),
            ("local_task_job_runner.py", "INFO", "Task exited with return code 0"),
        ),
    ),
    "failed": (
        Outcome.FAILED,
        old(
            ("taskinstance.py", "ERROR", "Task failed with exception"),
            ("taskinstance.py", "INFO", "Marking task as FAILED. dag_id=a, task_id=b"),
            ("local_task_job_runner.py", "INFO", "Task exited with return code 1"),
        ),
    ),
    "retry": (Outcome.FAILED, old(("taskinstance.py", "INFO", "Marking task as UP_FOR_RETRY. dag_id=a"))),
    "killed": (
        Outcome.FAILED,
        old(("local_task_job_runner.py", "INFO", "Task exited with return code Negsignal.SIGKILL")),
    ),
    "marked failed": (
        Outcome.FAILED,
        old(
            (
                "local_task_job.py",
                "WARNING",
                "State of this instance has been externally set to failed. Terminating instance.",
            )
        ),
    ),
    "skipped": (
        Outcome.UNKNOWN,
        old(
            ("taskinstance.py", "INFO", "Marking task as SKIPPED. dag_id=a"),
            ("local_task_job.py", "INFO", "Task exited with return code 0"),
        ),
    ),
    "deferred": (
        Outcome.UNKNOWN,
        old(
            ("taskinstance.py", "INFO", "Pausing task as DEFERRED. dag_id=a"),
            ("local_task_job.py", "INFO", "Task exited with return code 100"),
        ),
    ),
    "printed words": (
        Outcome.SUCCESS,
        old(
            ("logging_mixin.py", "INFO", "Marking task as FAILED."),
            ("taskinstance.py", "INFO", "Marking task as SUCCESS. dag_id=a"),
        ),
    ),
}


@pytest.mark.parametrize(("outcome", "text"), OLD_LOGS.values(), ids=OLD_LOGS)
def test_airflow_2_says_it_in_words(outcome, text):
    assert attempt(text).outcome is outcome


def test_log_that_stops_before_a_later_attempt_has_failed():
    later = "dag_id=shop/run_id=manual__1/task_id=load/attempt=2.log"
    first = "dag_id=shop/run_id=manual__1/task_id=load/attempt=1.log"

    found = section({first: lines(PRE, PARSED, RUN, child("half way")), later: succeeded()}).attempts[0]

    assert (found.outcome, found.signature) == (Outcome.FAILED, "log-ends-early")
