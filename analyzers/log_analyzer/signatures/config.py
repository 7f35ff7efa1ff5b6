"""Signatures of missing or wrong settings: connections, variables, pools, buckets, parameters."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_config = partial(
    Signature, category=Category.CONFIG, owner=CauseOwner.DAG_AUTHOR, retryable=False, weight=3, shared=True
)

SIGNATURES = (
    _config(
        id="connection-not-defined",
        pattern=(
            r"conn_id [`'\"]?(?P<subject>[\w.\-]{1,100})[`'\"]? isn't defined"
            r"|CONNECTION_NOT_FOUND.{0,60}Connection (?P<subject4>[\w.\-]{1,100}) not found"
            r"|CONNECTION_NOT_FOUND.{0,40}conn_id['\": ]+(?P<subject2>[\w.\-]{1,100})"
            r"|Connection(?: with)?(?: ID)? [`'\"]?(?P<subject3>[\w.\-]{1,100})[`'\"]? (?:not found"
            r"|does not exist)"
            r"|CONNECTION_NOT_FOUND"
        ),
        literals=("isn't defined", "connection_not_found", "not found", "does not exist"),
        title="The connection {subject} is not defined",
        nobody="that the task asks for",
        advice="Create the connection in Airflow or in the secrets backend, or correct its id in the DAG.",
        positive="AirflowNotFoundException: The conn_id `warehouse` isn't defined",
        negative="connection refused",
    ),
    _config(
        id="variable-not-defined",
        pattern=(
            r"Variable (?P<subject>[\w.\-]{1,100}) does not exist"
            r"|VARIABLE_NOT_FOUND.{0,40}Variable (?P<subject2>[\w.\-]{1,100}) not found"
            r"|VARIABLE_NOT_FOUND(?:.{0,40}key['\": ]+(?P<subject3>[\w.\-]{1,100}))?"
        ),
        literals=("does not exist", "variable_not_found"),
        title="The Airflow variable {subject} is not defined",
        nobody="that the task asks for",
        advice="Create the variable, or give the lookup a default.",
        positive="KeyError: 'Variable no_such_var does not exist'",
        negative="UnboundLocalError: cannot access local variable 'x'",
    ),
    _config(
        id="environment-variable-missing",
        exceptions=("KeyError",),
        frame=r"(?:^|[/<\s])(?:frozen )?os(?:\.py)?>?:__getitem__$",
        pattern=r"KeyError: (?P<subject>.{1,80})",
        title="The environment variable {subject} is not set on the worker",
        advice="Set it in the worker's environment, or read it with a default.",
        positive="KeyError: 'WAREHOUSE_DSN'",
        negative="IndexError: x",
    ),
    _config(
        id="pool-missing",
        pattern=(
            r"non-existent pool '?(?P<subject>[\w.\- ]{1,80})"
            r"|Pool '?(?P<subject2>[\w.\-]{1,80})'? (?:doesn't|does not) exist"
        ),
        literals=("non-existent pool", "pool"),
        title="The pool {subject} does not exist",
        advice="Create the pool, or correct its name in the DAG.",
        positive="Tasks using non-existent pool 'warehouse' will not be scheduled",
        negative="Pool 'default_pool' has 128 slots",
    ),
    _config(
        id="invalid-parameter",
        exceptions=(
            "ParamValidationError",
            "CroniterBadCronError",
            "CroniterBadDateError",
            "AirflowTimetableInvalid",
            "ParamSchemaError",
            "AirflowConfigException",
        ),
        # botocore's class of this name tells of a call that the code makes wrongly.
        pattern=r"^(?!.{0,60}Parameter validation failed)",
        weight=4,
        title="A parameter or schedule is not valid",
        advice="Correct the value that the message names.",
        shared=False,
        positive="ParamValidationError: Invalid input for param day",
        negative="ValueError: bad day",
    ),
    _config(
        id="dag-to-trigger-missing",
        pattern=(
            r"Dag id (?P<subject>[\w.\-]{1,100}) not found|DAG_NOT_FOUND"
            r"|dag_id[:'\" ]{1,4}(?P<subject2>[\w.\-]{1,100})['\"]? (?:was )?not found"
            r"|DAG with dag_id: ?'(?P<subject3>[\w.\-]{1,100})' (?:was )?not found"
            r"|The external DAG (?P<subject4>[\w.\-]{1,100}) (?:does not exist|was deleted)"
        ),
        literals=("not found", "dag_not_found", "external dag"),
        weight=4,
        title="The DAG {subject} does not exist",
        nobody="to be triggered or waited for",
        advice="Correct the dag_id, or deploy the DAG; a paused or broken one is not found either.",
        positive="DagNotFound: Dag id nightly_load not found in DagModel",
        negative="404 Client Error: Not Found for url",
    ),
    _config(
        id="bucket-missing",
        pattern=(
            r"NoSuchBucket|(?:The specified )?bucket (?P<subject>[\w.\-]{3,63}) ?does not exist"
            r"|The specified bucket does not exist"
        ),
        literals=("nosuchbucket", "bucket"),
        title="The bucket does not exist",
        advice="Correct the bucket's name; check the account and the region.",
        shared=False,
        positive=(
            "ClientError: An error occurred (NoSuchBucket) when calling the GetObject operation: The "
            "specified bucket does not exist"
        ),
        negative="bucket created",
    ),
    _config(
        id="aws-resource-missing",
        pattern=(
            r"An error occurred \((?:[\w.]{0,40}NonExistentQueue|ResourceNotFound\w*|EntityNotFound\w*"
            r"|NoSuchEntity|QueueDoesNotExist"
            r"|ClusterNotFound\w*|RepositoryNotFound\w*)\)"
        ),
        literals=("an error occurred",),
        title="An AWS resource that the task names does not exist",
        advice="Correct its name; check the account and the region.",
        shared=False,
        positive="ClientError: An error occurred (ResourceNotFoundException) when calling it",
        negative="ClientError: An error occurred (NoSuchKey) when calling the GetObject operation",
    ),
    _config(
        id="region-or-profile-missing",
        exceptions=(
            "NoRegionError",
            "ProfileNotFound",
            "InvalidConfigError",
            "ConfigParseError",
            "UnknownServiceError",
        ),
        title="The AWS client has no region or an unknown profile",
        advice="Set region_name in the connection's extra, or AWS_DEFAULT_REGION on the worker.",
        positive="NoRegionError: You must specify a region.",
        negative="NoCredentialsError: Unable to locate credentials",
    ),
    _config(
        id="invalid-address",
        exceptions=(
            "MissingSchema",
            "InvalidURL",
            "InvalidSchema",
            "UnsupportedProtocol",
            "LocationParseError",
            "ArgumentError",
        ),
        title="An address in the settings is not valid",
        advice="Correct the connection's host or the URL that the task builds.",
        weight=2,
        shared=False,
        positive="requests.exceptions.MissingSchema: Invalid URL 'orders': No scheme supplied.",
        negative="ConnectionError: refused",
    ),
    _config(
        id="secrets-backend",
        owner=CauseOwner.PLATFORM,
        retryable=True,
        confidence=Confidence.LIKELY,
        pattern=(
            r"Unable to retrieve (?:connection|variable|config)[^.]{0,40}from secrets backend"
            r"|secrets backend .{0,60}(?:failed|unavailable)"
        ),
        literals=("secrets backend",),
        title="The secrets backend does not answer",
        advice="Check its address, its permissions and its health.",
        weight=2,
        positive=(
            "Unable to retrieve connection from secrets backend (SecretsManagerBackend). Checking "
            "subsequent secrets backend."
        ),
        negative="Secrets backends loaded for worker",
    ),
    _config(
        id="log-stream-missing",
        owner=CauseOwner.PLATFORM,
        retryable=True,
        confidence=Confidence.SUSPECTED,
        pattern=(
            r"No log stream found in CloudWatch|The specified log stream does not exist"
            r"|Could not read served logs|\*\*\* Log file does not exist"
        ),
        literals=("no log stream", "log stream does not exist", "served logs", "log file does not exist"),
        title="The task's log is missing",
        advice="Check remote logging: that it is on, and that the worker may write there.",
        weight=1,
        positive="No log stream found in CloudWatch for this task",
        negative="log stream opened",
    ),
    _config(
        id="no-worker-for-queue",
        owner=CauseOwner.PLATFORM,
        pattern=(
            r"queue '?(?P<subject>[\w.\-]{1,80})'? (?:has no|without) (?:worker|consumer)"
            r"|No (?:workers?|executor)(?: found| available)? for queue|UnknownExecutorException"
        ),
        literals=("queue", "unknownexecutorexception"),
        title="No worker serves the queue {subject}",
        nobody="of the task",
        advice="Start a worker for the queue, or correct its name in the DAG.",
        positive="No workers found for queue gpu",
        negative="queue is empty",
    ),
    _config(
        id="file-setting-missing",
        exceptions=("NoSectionError", "NoOptionError", "MissingConfigException"),
        scope=Scope.EXCEPTION,
        title="A setting is missing from a configuration file",
        advice="Add the section or option that the message names.",
        weight=2,
        shared=False,
        positive="configparser.NoSectionError: No section: 'warehouse'",
        negative="KeyError: 'warehouse'",
    ),
)
