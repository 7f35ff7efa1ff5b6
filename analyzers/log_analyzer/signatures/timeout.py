"""Signatures of time limits: the task's own, a sensor's, a client's or a database's."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_timeout = partial(
    Signature, category=Category.TIMEOUT, owner=CauseOwner.DAG_AUTHOR, retryable=True, weight=3
)

SIGNATURES = (
    _timeout(
        id="task-timeout",
        exceptions=("AirflowTaskTimeout", "SoftTimeLimitExceeded", "TimeLimitExceeded"),
        title="The task ran longer than its execution_timeout",
        advice="Find what became slow before raising the limit.",
        positive="AirflowTaskTimeout: Timeout, PID: 209",
        negative="AirflowSensorTimeout: Sensor has timed out",
    ),
    _timeout(
        id="sensor-timeout",
        exceptions=("AirflowSensorTimeout",),
        owner=CauseOwner.UPSTREAM,
        title="A sensor waited in vain",
        advice="Look at what it waits for: it is late, or the sensor asks for the wrong thing.",
        positive=(
            "AirflowSensorTimeout: Sensor has timed out; run duration of 3.0 seconds exceeds the "
            "specified timeout of 3.0."
        ),
        negative="AirflowTaskTimeout: Timeout, PID: 209",
    ),
    _timeout(
        id="deferral-timeout",
        pattern=r"TaskDeferralTimeout|Trigger timeout|Trigger/execution timeout",
        literals=("taskdeferraltimeout", "trigger timeout", "trigger/execution timeout"),
        owner=CauseOwner.UPSTREAM,
        title="A deferred task's trigger did not fire in time",
        advice="Look at what it waits for, and whether the triggerer is alive.",
        positive="TaskDeferralTimeout: Trigger/execution timeout",
        negative="TaskDeferralError: Trigger failure",
    ),
    _timeout(
        id="dagrun-timeout",
        scope=Scope.END,
        confidence=Confidence.LIKELY,
        pattern=r"dagrun_timeout|Run \S{1,120} of \S{1,120} has timed[- ]out",
        literals=("dagrun_timeout", "has timed"),
        title="The DAG run exceeded its dagrun_timeout",
        advice="Find the task that became slow, or raise the limit.",
        positive="Run manual__1 of orders has timed-out",
        negative="The request has timed out",
    ),
    _timeout(
        id="queued-timeout",
        pattern=(
            r"stuck in queued|task_queued_timeout|tasks? .{0,200}in queued state for (?:more|longer) than"
        ),
        literals=("stuck in queued", "task_queued_timeout", "in queued state"),
        owner=CauseOwner.PLATFORM,
        title="The task waited too long in the queue",
        advice="Add workers or slots; look whether the queue has a worker at all.",
        positive="Marking task instance stuck in queued as failed",
        negative="task is queued",
    ),
    _timeout(
        id="statement-timeout",
        pattern=(
            r"\b57014\b|canceling statement due to (?:statement|lock) timeout|\b55P03\b"
            r"|Lock wait timeout exceeded|Statement reached its statement or warehouse timeout"
            r"|Query exceeded (?:the )?(?:maximum )?time|QueryCanceled"
            r"|maximum statement execution time exceeded"
        ),
        literals=(
            "57014",
            "canceling statement",
            "55p03",
            "lock wait timeout",
            "statement reached its",
            "query exceeded",
            "querycanceled",
            "statement execution time",
        ),
        title="The database stopped a statement that ran too long",
        advice="Look at the query's plan and at locks before raising the limit.",
        positive="psycopg2.errors.QueryCanceled: canceling statement due to statement timeout",
        negative="statement done in 3s",
    ),
    _timeout(
        id="request-timeout",
        pattern=(
            r"ReadTimeout\w*|ConnectTimeout\w*|Read timed out|Connect(?:ion)? timed out|PoolTimeout"
            r"|WriteTimeout|DEADLINE_EXCEEDED|DeadlineExceeded"
            r"|(?:Request|Operation|Gateway request) timed out|\[Errno 110\]|timeout expired"
            r"|RequestTimeout\b|ETIMEDOUT|HTTP 408"
        ),
        literals=(
            "readtimeout",
            "connecttimeout",
            "timed out",
            "pooltimeout",
            "writetimeout",
            "deadline",
            "errno 110",
            "timeout expired",
            "requesttimeout",
            "etimedout",
            "http 408",
        ),
        owner=CauseOwner.UPSTREAM,
        shared=True,
        title="{subject} did not answer in time",
        nobody="A service",
        advice="Look at the service's health; then at its load and at the network between.",
        positive=(
            "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='api.example', port=443): "
            "Read timed out."
        ),
        negative="timeout is set to 3",
    ),
    _timeout(
        id="command-timeout",
        confidence=Confidence.LIKELY,
        weight=1,
        pattern=r"(?:return code|exit code|exit status|returned)[ :=]*124\b",
        literals=("124",),
        title="A command of the task was stopped by timeout(1)",
        advice="Find what became slow before raising the limit.",
        positive="Command exited with return code 124",
        negative="Command exited with return code 1",
    ),
    _timeout(
        id="timeout-error",
        exceptions=(
            "TimeoutError",
            "timeout",
            "TimeoutExpired",
            "CancelledError",
            "WaiterError",
            "LockTimeout",
        ),
        weight=2,
        title="Something did not finish in time",
        advice="Look at what the named line waits for.",
        positive="TimeoutError: timed out",
        negative="ValueError: timeout must be positive",
    ),
)
