"""Signatures of scheduler, heartbeats and metadata database: Airflow itself lost or stopped the task."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_scheduler = partial(
    Signature, category=Category.SCHEDULER_HEARTBEAT, owner=CauseOwner.PLATFORM, retryable=True, weight=3
)

SIGNATURES = (
    _scheduler(
        id="no-heartbeat",
        pattern=(
            r"Failing \(\d+\) jobs without heartbeat|did not emit heartbeat within time limit"
            r"|heartbeat timeout"
        ),
        literals=("without heartbeat", "emit heartbeat", "heartbeat timeout"),
        title="The task's worker stopped sending heartbeats",
        advice="The worker died or hung: look at its pod, its memory and its node at that time.",
        positive="Failing (1) jobs without heartbeat after 2026-11-20 10:00:00",
        negative="Sending heartbeat",
    ),
    _scheduler(
        id="zombie",
        pattern=r"Detected (?:a )?zombie job",
        literals=("zombie job",),
        title="The scheduler found the task's process gone (zombie)",
        advice="The worker died or hung: look at its pod, its memory and its node at that time.",
        positive="Detected zombie job: {'full_filepath': '/dags/x.py'}",
        negative="zombie process count 0",
    ),
    _scheduler(
        id="state-mismatch",
        confidence=Confidence.SUSPECTED,
        pattern=(
            r"although the task(?: instance)? says it'?s|was the task killed externally"
            r"|finished with state \w+, but the task instance's state"
        ),
        literals=("although the task", "killed externally", "finished with state"),
        title="The executor and Airflow disagree about how the task ended",
        advice="The process ended without telling: look at the worker and at the API server at that time.",
        positive=(
            "Executor reports task instance finished (failed) although the task says it's queued. "
            "Was the task killed externally?"
        ),
        negative="Executor reports execution of task finished success",
    ),
    _scheduler(
        id="no-longer-running",
        scope=Scope.END,
        confidence=Confidence.LIKELY,
        retryable=False,
        pattern=r"shouldn't be running anymore",
        literals=("shouldn't be running",),
        title="The task's state was changed while it ran ({subject})",
        nobody="by a user, a clear or a time limit",
        advice="Look in the event log for who marked or cleared it; a DAG run's time limit shows as skipped.",
        positive="Server indicated the task shouldn't be running anymore. Terminating process",
        negative="Server started",
    ),
    _scheduler(
        id="heartbeats-failed",
        pattern=r"Too many failed heartbeats|Failed to send heartbeat",
        literals=("failed heartbeats", "send heartbeat"),
        title="The worker could not reach Airflow's API server",
        advice="Look at the API server's health and load at that time.",
        positive="Too many failed heartbeats; terminating process",
        negative="heartbeat sent",
    ),
    _scheduler(
        id="externally-set",
        confidence=Confidence.LIKELY,
        retryable=False,
        pattern=r"State of this instance has been externally set to (?:TaskInstanceState\.)?(?P<subject>\w+)",
        literals=("externally set to",),
        title="The task's state was set to {subject} from outside while it ran",
        advice="Look in the audit log for who marked or cleared it, and at the DAG run's time limit.",
        positive="State of this instance has been externally set to failed. Terminating instance.",
        negative="State set by the task",
    ),
    _scheduler(
        id="api-server-error",
        pattern=(
            r"\bAPI server error\b|API_SERVER_ERROR|Failed to report terminal task state"
            r"|Could not determine terminal state|execution/task-instances"
        ),
        literals=(
            "api server error",
            "api_server_error",
            "terminal task state",
            "terminal state",
            "execution/task-instances",
        ),
        title="Airflow's API server answered the task with an error",
        advice="Look at the API server's log at that time, and at the metadata database behind it.",
        positive="API server error",
        negative="API server started",
    ),
    _scheduler(
        id="metadata-database",
        exceptions=("OperationalError", "InterfaceError", "TimeoutError", "PendingRollbackError"),
        frame=r"airflow/(?:settings|utils/(?:session|db|sqlalchemy)|models|jobs)|sqlalchemy/pool",
        pattern=r".",
        confidence=Confidence.LIKELY,
        title="Airflow's metadata database did not answer",
        advice="Look at the database's health and its number of connections.",
        positive="OperationalError: connection refused",
        negative="KeyError: 'x'",
    ),
    _scheduler(
        id="log-ends-early",
        scope=Scope.RULE,
        confidence=Confidence.SUSPECTED,
        weight=1,
        title="The log stops without an end, and a later attempt followed",
        advice="The worker was lost: look at its pod and node, and at the scheduler's log, at that time.",
        positive="",
        negative="",
    ),
)
