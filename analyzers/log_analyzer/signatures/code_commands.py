"""Signatures of commands and exits: a process ended without an exception that says why."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_code = partial(
    Signature,
    category=Category.CODE,
    owner=CauseOwner.DAG_AUTHOR,
    retryable=False,
    scope=Scope.EXCEPTION,
    weight=1,
)

SIGNATURES = (
    _code(
        id="shell-usage",
        scope=Scope.ANY,
        confidence=Confidence.LIKELY,
        weight=2,
        pattern=(
            r"syntax error near unexpected token|unrecognized arguments?:|unexpected EOF while looking for"
            r"|invalid option --|the following arguments are required|No such option|unbound variable"
            r"|parameter null or not set"
        ),
        literals=(
            "syntax error near",
            "unrecognized argument",
            "unexpected eof while",
            "invalid option --",
            "arguments are required",
            "no such option",
            "unbound variable",
            "parameter null",
        ),
        title="A command is called wrongly",
        advice="Correct the command line that the evidence shows.",
        positive="etl.py: error: unrecognized arguments: --dat",
        negative="ls: cannot access '/srv': No such file or directory",
    ),
    _code(
        id="task-exited",
        scope=Scope.END,
        confidence=Confidence.LIKELY,
        pattern=r"^Task exited\b",
        literals=("task exited",),
        title="The code ended its own process with {subject}",
        nobody="sys.exit",
        advice="Raise an exception that says why instead of calling sys.exit in a task.",
        positive="Task exited",
        negative="Command exited with return code 1",
    ),
    _code(
        id="hard-exit",
        scope=Scope.END,
        confidence=Confidence.SUSPECTED,
        pattern=r"^Process exited abnormally",
        literals=("process exited abnormally",),
        title="The task's process ended at once, without an exception",
        advice="Look for os._exit or a native library that ends the process.",
        positive="Process exited abnormally",
        negative="Process exited",
    ),
    _code(
        id="command-failed",
        scope=Scope.ANY,
        confidence=Confidence.SUSPECTED,
        weight=0,
        pattern=(
            r"Bash command failed|non-zero exit (?:code|status)|Command exited with return code [1-9]"
            r"|Command '.{1,200}' returned|SSH operator error: exit status|Process returned non-zero"
            r"|Task exited with return code [1-9]"
        ),
        literals=(
            "bash command failed",
            "non-zero exit",
            "returned non-zero",
            "command exited with return code",
            "' returned",
            "exit status",
            "task exited with return code",
        ),
        title="A command failed and said nothing that is known",
        advice="Read the command's last output in the evidence.",
        positive="AirflowException: Bash command failed. The command returned a non-zero exit code 1.",
        negative="Command exited with return code 0",
    ),
    _code(
        id="airflow-exception",
        exceptions=("AirflowException", "AirflowFailException", "AirflowRuntimeError"),
        confidence=Confidence.LIKELY,
        weight=0,
        pattern=r": (?P<subject>.{1,120})",
        title="The DAG's code gave up: {subject}",
        nobody="without saying why",
        advice="Read the message; it is the DAG's or the operator's own.",
        positive="AirflowException: load failed for 3 tables",
        negative="AirflowSkipException: nothing new",
    ),
    _code(
        id="deferral-failed",
        scope=Scope.ANY,
        confidence=Confidence.LIKELY,
        weight=0,
        pattern=r"TaskDeferralError|Trigger exited without sending an event|Trigger failure",
        literals=("taskdeferralerror", "trigger exited without", "trigger failure"),
        title="The trigger of a deferred task failed",
        advice="Read the triggerer's traceback; a trigger's class must be importable by the triggerer.",
        positive="TaskDeferralError: Trigger failure",
        negative="TaskDeferralTimeout: Trigger/execution timeout",
    ),
    _code(
        id="raised-by-dag",
        scope=Scope.RULE,
        confidence=Confidence.SUSPECTED,
        weight=0,
        title="The DAG's code raised {subject}",
        nobody="an exception of its own",
        advice="Read the message and the named function.",
        positive="LoadError: partition is late",
        negative="",
    ),
    _code(
        id="raised-by-library",
        scope=Scope.RULE,
        confidence=Confidence.SUSPECTED,
        weight=0,
        title="A library that the DAG's code calls gave up: {subject}",
        advice="Read the message and the library's documentation: the call or its input may be wrong.",
        owner=CauseOwner.DAG_AUTHOR,
        positive="vendorlib.errors.LayoutError: sheet has no grid",
        negative="",
    ),
)
