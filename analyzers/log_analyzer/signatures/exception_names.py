"""Signatures of last resort: what the name of an exception says that nothing else knows."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_named = partial(
    Signature,
    scope=Scope.EXCEPTION,
    weight=1,
    confidence=Confidence.SUSPECTED,
    advice="Read the message: only the exception's name told of what kind the failure is.",
)
_START = r"^(?:[\w.]{1,200}\.)?\w{0,60}(?:"
_END = r")\w{0,60}(?::|$)"

SIGNATURES = (
    _named(
        id="named-timeout",
        category=Category.TIMEOUT,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        pattern=_START + "Timeout|TimedOut|DeadlineExceeded" + _END,
        literals=("timeout", "timedout", "deadlineexceeded"),
        title="Something did not finish in time",
        positive="PollTimeout: still pending",
        negative="ValueError: timeout must be positive",
    ),
    _named(
        id="named-refused",
        category=Category.PERMISSION_CREDENTIAL,
        owner=CauseOwner.PLATFORM,
        retryable=False,
        pattern=_START
        + "Authenticat|Authoriz|Unauthor|PermissionDenied|AccessDenied|Forbidden|Credential"
        + _END,
        literals=("authenticat", "authoriz", "unauthor", "denied", "forbidden", "credential"),
        title="Access was refused",
        positive="VendorAuthenticationError: no",
        negative="AuthorError: x",
    ),
    _named(
        id="named-throttled",
        category=Category.QUOTA_THROTTLE,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        pattern=_START + "Throttl|RateLimit|TooManyRequests|Quota" + _END,
        literals=("throttl", "ratelimit", "toomanyrequests", "quota"),
        title="A service gives no more at once",
        positive="VendorQuotaError: no",
        negative="QuoteError: x",
    ),
    _named(
        id="named-unavailable",
        category=Category.UPSTREAM_SERVICE,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        pattern=_START + "Connection|Unavailable|Network|ServerError|JobRun|JobFailed|RunFailed" + _END,
        literals=("connection", "unavailable", "network", "servererror", "jobrun", "jobfailed", "runfailed"),
        title="A service cannot be reached, or what it ran has failed",
        positive="VendorConnectionError: no",
        negative="ValueError: network is not valid",
    ),
    _named(
        id="named-data",
        category=Category.DATA_QUALITY,
        owner=CauseOwner.DAG_AUTHOR,
        retryable=False,
        pattern=_START
        + "Validation|Parse|Decode|Schema|Malformed|Corrupt|DataQuality|BadData|FormatError|Duplicate"
        + _END,
        literals=(
            "validation",
            "parse",
            "decode",
            "schema",
            "malformed",
            "corrupt",
            "dataquality",
            "baddata",
            "formaterror",
            "duplicate",
        ),
        title="The data is not what the task expects",
        positive="InvoiceParseError: no total",
        negative="ArgumentError: x",
    ),
    _named(
        id="named-setting",
        category=Category.CONFIG,
        owner=CauseOwner.DAG_AUTHOR,
        retryable=False,
        pattern=_START + "Configuration|ConfigError|Settings|Misconfigured" + _END,
        literals=("configuration", "configerror", "settings", "misconfigured"),
        title="A setting is missing or not valid",
        positive="VendorConfigurationError: no",
        negative="ValueError: configuration is empty",
    ),
)
