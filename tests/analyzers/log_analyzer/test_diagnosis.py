"""Why attempts failed: signature and evidence."""

import re

import pytest

from tests.analyzers.log_analyzer.task_logs import (
    OWN,
    PATH,
    PRE,
    RUN,
    SITE,
    attempt,
    child,
    failed,
    failure,
    lines,
    raised,
    section,
    stderr,
    stdout,
    supervisor,
    user,
)

BASH = failure(
    raised("AirflowException", "Bash command failed. The command returned a non-zero exit code 1.", frames=())
)
TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "/opt/airflow/scripts/load.py", line 3, in <module>',
    "    import reportlab",
    "ModuleNotFoundError: No module named 'reportlab'",
)
REFUSED = raised(
    "ConnectionRefusedError", "[Errno 111] Connection refused", ((f"{SITE}/urllib3/conn.py", "connect"),)
)
NEIGHBOUR = {
    "event": "Failed to resolve template field 'sql'",
    "level": "error",
    "filename": "templater.py",
    "logger": "airflow.sdk.definitions._internal.templater",
    "error_detail": [raised("TemplateNotFound", "a.sql")],
}
KINDS = {
    "an exception": ("key-error", failed(failure(raised("KeyError", "'bucket'")))),
    "its cause": (
        "invalid-json",
        failed(
            failure(
                raised("RuntimeError", "no settings"),
                raised("JSONDecodeError", "Expecting value: line 1", is_cause=True),
            )
        ),
    ),
    "a caught exception before": (
        "key-error",
        failed(
            user("cache is gone", "error", error_detail=[raised("ConnectionRefusedError", "[Errno 111]")]),
            failure(raised("KeyError", "'b'")),
        ),
    ),
    "a failing callback behind": (
        "zero-division",
        failed(
            failure(raised("ZeroDivisionError", "division by zero")),
            {
                "event": "Failed to run task callback",
                "level": "error",
                "error_detail": [raised("RuntimeError", "HTTP 503")],
            },
        ),
    ),
    "a neighbour's broken template": (
        "sigkill",
        lines(
            PRE,
            NEIGHBOUR,
            RUN,
            supervisor(
                "Process terminated by signal. Likely out of memory error (OOM).",
                signal=-9,
                signal_name="SIGKILL",
            ),
        ),
    ),
    "an exception group": (
        "connection-refused",
        failed(
            failure(
                raised(
                    "ExceptionGroup",
                    "many (2 sub-exceptions)",
                    members=[[REFUSED], [raised("ValueError", "x")]],
                )
            )
        ),
    ),
    "a command's traceback": (
        "module-not-found",
        failed(*map(child, TRACEBACK), child("Command exited with return code 1"), BASH),
    ),
    "a command's last words": (
        "password-refused",
        failed(child('psql: error: FATAL:  password authentication failed for user "etl"'), BASH),
    ),
    "a command that is missing": (
        "command-not-found",
        failed(child("/usr/bin/bash: line 1: nosuchcmd: command not found"), BASH),
    ),
    "a command that was killed": (
        "command-killed",
        failed(
            child("Command exited with return code -9"),
            failure(
                raised(
                    "AirflowException",
                    "Bash command failed. The command returned a non-zero exit code -9.",
                    frames=(),
                )
            ),
        ),
    ),
    "a silent command": ("command-failed", failed(child("Command exited with return code 1"), BASH)),
    "a python child": (
        "zero-division",
        failed(
            {
                "event": "Unhandled exception",
                "level": "critical",
                "logger": "unhandled_exception",
                "filename": "structlog.py",
                "error_detail": [
                    raised("ZeroDivisionError", "division by zero", (("/tmp/venv-call1/script.py", "f"),))
                ],
            },
            failure(raised("AirflowException", "Process returned non-zero exit status 1.", frames=())),
        ),
    ),
    "the trigger's traceback": (
        "module-not-found",
        failed(
            {
                "event": "Trigger failed:\n" + "\n".join(TRACEBACK),
                "level": "error",
            },
            failure(raised("TaskDeferralError", "Trigger failure", frames=())),
        ),
    ),
    "sys.exit with words": (
        "file-missing",
        failed(stderr("No such file or directory: '/etc/etl.ini'"), {"event": "Task exited", "exit_code": 1}),
    ),
    "sys.exit without": ("task-exited", failed({"event": "Task exited", "level": "error", "exit_code": 3})),
    "an import error at the start": (
        "module-not-found",
        lines(
            PRE,
            {
                "event": "Failed to import: /opt/airflow/dags/shop.py",
                "level": "error",
                "logger": "airflow.dagbag",
                "filename": "dagbag.py",
                "error_detail": [raised("ModuleNotFoundError", "No module named 'gone'", inside=())],
            },
            {"event": "Dag not found during start up", "level": "error"},
            supervisor("Process exited abnormally", "warning", exit_code=1),
        ),
    ),
    "an environment variable": (
        "environment-variable-missing",
        failed(failure(raised("KeyError", "'DSN'", (OWN, ("<frozen os>", "__getitem__"))))),
    ),
    "a column": (
        "column-missing",
        failed(failure(raised("KeyError", "'id'", (OWN, (f"{SITE}/pandas/core/frame.py", "get"))))),
    ),
    "an own exception": ("raised-by-dag", failed(failure(raised("ModelTooOld", "trained in May")))),
    "a library's own exception": (
        "unknown",
        failed(failure(raised("OddError", "so what", ((f"{SITE}/odd/a.py", "f"),)))),
    ),
    "a signal": (
        "sigterm",
        lines(
            PRE, RUN, supervisor("Process terminated by signal. See docs", signal=-15, signal_name="SIGTERM")
        ),
    ),
}


@pytest.mark.parametrize(("signature", "text"), KINDS.values(), ids=KINDS)
def test_failure_is_explained(signature, text):
    assert attempt(text).signature == signature


@pytest.mark.parametrize(("signature", "text"), KINDS.values(), ids=KINDS)
def test_evidence_is_a_line_of_the_log(signature, text):
    physical = text.splitlines()

    for line in attempt(text).evidence:
        said = physical[line.line - 1].replace('\\"', '"')
        for part in re.split(r": | (?=exit_code|signal_name)", line.text):
            assert part.strip() in said


def test_root_is_the_innermost_exception():
    text = failed(
        failure(
            raised("AirflowException", "load failed"), raised("OSError", "[Errno 28] No space left on device")
        )
    )

    assert attempt(text).root_exception == "OSError"


def test_steering_exception_is_no_root():
    text = lines(
        PRE,
        RUN,
        failure(raised("AirflowRuntimeError", "API_SERVER_ERROR: x"), raised("DagRunTriggerException")),
    )

    assert attempt(text).root_exception == "AirflowRuntimeError"


def test_evidence_names_the_exception_of_a_long_record():
    found = attempt(failed(failure(raised("KeyError", "'bucket'"))))

    assert found.evidence[0].text == "KeyError: 'bucket'"


def test_evidence_of_an_end_names_signal_and_code():
    killed = {"event": "Process terminated by signal. Likely out of memory error (OOM).", "level": "critical"}
    killed |= {"logger": "task", "signal": -9, "signal_name": "SIGKILL"}

    assert attempt(lines(PRE, RUN, killed)).evidence[0].text.endswith("(OOM). signal_name: SIGKILL")


def test_evidence_is_masked():
    text = failed(failure(raised("OperationalError", "connection to postgres://etl:hunter22@db/x failed")))

    assert "hunter22" not in section({PATH: text}).model_dump_json()


def test_evidence_is_at_most_500_characters():
    text = failed(failure(raised("ValueError", "x" * 3000)))

    assert len(attempt(text).evidence[0].text) == 500


def test_late_output_does_not_hide_the_last_lines():
    quiet = [stdout(f"row {i}") | {"at": 1 + i / 1000} for i in range(300)]
    text = failed(
        *quiet, child('FATAL:  password authentication failed for user "etl"') | {"at": 2}, BASH | {"at": 3}
    )

    assert attempt(text).signature == "password-refused"
