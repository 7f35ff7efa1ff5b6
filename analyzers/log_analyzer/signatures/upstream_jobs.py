"""Signatures of databases and remote jobs that fail for reasons of their own."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_upstream = partial(
    Signature,
    category=Category.UPSTREAM_SERVICE,
    owner=CauseOwner.UPSTREAM,
    retryable=True,
    weight=3,
    shared=True,
)

SIGNATURES = (
    _upstream(
        id="database-shutdown",
        pattern=(
            r"\b57P0[123]\b|terminating connection due to administrator command"
            r"|the database system is (?:starting up|shutting down|in recovery)|AdminShutdown"
            r"|CannotConnectNow"
        ),
        literals=("57p0", "administrator command", "database system is", "adminshutdown", "cannotconnectnow"),
        title="The database was shutting down or starting",
        advice="Retry after the maintenance; move the schedule when it comes at the same hour each day.",
        positive="psycopg2.errors.AdminShutdown: terminating connection due to administrator command",
        negative="database system ready",
    ),
    _upstream(
        id="deadlock",
        pattern=(
            r"\b40P01\b|deadlock detected|Deadlock found|DeadlockDetected|\b40001\b"
            r"|could not serialize access|database is locked|SerializationFailure|ORA-00060"
        ),
        literals=(
            "40p01",
            "deadlock",
            "40001",
            "could not serialize",
            "database is locked",
            "serializationfailure",
            "ora-00060",
        ),
        owner=CauseOwner.DAG_AUTHOR,
        shared=False,
        title="Two transactions locked each other",
        advice="Retry; let writers of one table not run at once (a pool of one slot), or order their locks.",
        positive="psycopg2.errors.DeadlockDetected: deadlock detected",
        negative="the door is locked",
    ),
    _upstream(
        id="too-many-connections",
        pattern=(
            r"\b53300\b|too many (?:clients already|connections)|remaining connection slots are reserved"
            r"|TooManyConnections|QueuePool limit"
        ),
        literals=(
            "53300",
            "too many clients",
            "too many connections",
            "connection slots",
            "toomanyconnections",
            "queuepool limit",
        ),
        owner=CauseOwner.PLATFORM,
        title="The database takes no more connections",
        advice="Use a pool (or PgBouncer), and let fewer tasks connect at once.",
        positive="psycopg2.OperationalError: FATAL: sorry, too many clients already",
        negative="too many rows",
    ),
    _upstream(
        id="waiter-failed",
        confidence=Confidence.LIKELY,
        exceptions=("WaiterError",),
        pattern=r"terminal failure state",
        shared=False,
        title="An AWS job ended as failed while the task waited for it",
        advice="Open the job's own log; the evidence names it.",
        positive="WaiterError: Waiter JobComplete failed: Waiter encountered a terminal failure state",
        negative="WaiterError: Waiter JobComplete failed: Max attempts exceeded",
    ),
    _upstream(
        id="lock-held",
        confidence=Confidence.LIKELY,
        owner=CauseOwner.DAG_AUTHOR,
        pattern=(
            r"held by another process|\bBlockingIOError\b|could not (?:get|acquire|obtain) (?:the |a )?lock"
            r"|lock(?:file)? (?:is )?(?:already )?(?:held|busy|taken)|LockNotAvailable"
        ),
        literals=("held by", "blockingioerror", "lock", "locknotavailable"),
        shared=False,
        title="A lock is held by somebody else",
        advice="Let the two not run at once (a pool of one slot, max_active_runs), or wait for the lock.",
        positive="OSError: lock file is held by another process",
        negative="the block is written",
    ),
    _upstream(
        id="remote-job-failed",
        confidence=Confidence.LIKELY,
        pattern=(
            r"(?:job|query|run|statement|step|cluster|execution|application"
            r"|state)\b[^\n]{0,120}?\b(?:state|status|finished|terminated"
            r"|result)[^\n]{0,60}?\b(?:FAILED|INTERNAL_ERROR|ABORTED|TERMINATED_WITH_ERRORS)\b"
            r"|Glue [Jj]ob .{0,120}(?:FAILED|failed)|AWS Batch job .{0,120}failed"
            r"|Databricks run .{0,120}failed"
        ),
        literals=("failed", "internal_error", "aborted", "terminated_with_errors"),
        weight=2,
        shared=False,
        title="A job on a remote system ended as failed",
        advice="Open the job's own log there; the evidence names it.",
        positive="AirflowException: Glue job nightly finished with state FAILED",
        negative="Marking task as FAILED",
    ),
    _upstream(
        id="upstream-dag-failed",
        pattern=(
            r"ExternalTaskFailedError|DagRun finished with failed state"
            r"|external (?:task|DAG|task_group)s? .{0,200}failed|ExternalDagFailedError"
            r"|DAG .{0,120} failed with failed state"
        ),
        literals=(
            "externaltaskfailed",
            "finished with failed state",
            "external",
            "externaldagfailed",
            "failed with failed state",
        ),
        retryable=False,
        owner=CauseOwner.DAG_AUTHOR,
        title="Another DAG that this task started or waits for has failed",
        advice="Mend the other DAG; this task only reports it.",
        positive="DagRun finished with failed state.",
        negative="DagRun finished with allowed state.",
    ),
    _upstream(
        id="database-error",
        exceptions=(
            "OperationalError",
            "InterfaceError",
            "DatabaseError",
            "InternalError",
            "SQLAlchemyError",
            "SnowparkSQLException",
        ),
        confidence=Confidence.SUSPECTED,
        weight=1,
        title="A database refuses or loses the connection",
        advice="Read the database's own words in the evidence.",
        positive="psycopg2.OperationalError: SSL error",
        negative="ValueError: x",
    ),
)
