"""Signatures of limits reached at a service: slower, later or with a larger quota it works."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Signature
from dagaudit.task_attempt import Category, CauseOwner

_quota = partial(
    Signature,
    category=Category.QUOTA_THROTTLE,
    owner=CauseOwner.PLATFORM,
    retryable=True,
    weight=4,
    shared=True,
)

SIGNATURES = (
    _quota(
        id="throttled",
        pattern=(
            r"Throttling\w*|ThrottledException|Rate exceeded|ProvisionedThroughputExceeded\w*"
            r"|RequestThrottled|PriorRequestNotComplete|TransactionInProgressException"
        ),
        literals=(
            "throttl",
            "rate exceeded",
            "provisionedthroughput",
            "priorrequest",
            "transactioninprogress",
        ),
        title="An AWS service throttles the calls",
        advice="Let fewer tasks call at once (a pool), use adaptive retries, or ask for a higher quota.",
        positive=(
            "ClientError: An error occurred (ThrottlingException) when calling the StartQuery "
            "operation: Rate exceeded"
        ),
        negative="The rate is 3 per second",
    ),
    _quota(
        id="s3-slow-down",
        pattern=r"\bSlowDown\b|Please reduce your request rate",
        literals=("slowdown", "reduce your request rate"),
        title="S3 asks to slow down",
        advice="Spread the keys over prefixes, and let fewer tasks list or write at once.",
        positive=(
            "ClientError: An error occurred (SlowDown) when calling the PutObject operation: Please "
            "reduce your request rate."
        ),
        negative="query is slow",
    ),
    _quota(
        id="http-too-many-requests",
        weight=3,
        pattern=(
            r"\b429\b[^\n]{0,40}(?:Too Many|Client Error)|Too Many Requests"
            r"|HTTP(?:/[\d.]+)?[ :]*(?:Error|error|status|code)*[ :=]*429\b|status[ _]?code[ :='\"]*429\b"
            r"|^(?:\w+Error: )?429:"
        ),
        literals=("429", "too many requests"),
        owner=CauseOwner.UPSTREAM,
        title="A service refuses more requests (HTTP 429) at {subject}",
        nobody="its address",
        advice="Let fewer tasks call at once, wait as Retry-After says, or ask for a higher limit.",
        positive="HTTPError: 429 Client Error: Too Many Requests for url: https://api.example/v1/x",
        negative="429 rows",
    ),
    _quota(
        id="limit-exceeded",
        pattern=(
            r"LimitExceeded\w*|ServiceQuotaExceeded\w*|TooManyRequestsException|ResourceLimitExceeded"
            r"|ConcurrentRunsExceeded\w*|exceeded quota: \S|VcpuLimitExceeded"
        ),
        literals=(
            "limitexceeded",
            "servicequotaexceeded",
            "toomanyrequests",
            "concurrentrunsexceeded",
            "exceeded quota",
        ),
        retryable=True,
        title="A quota of the account or namespace is used up",
        advice="Ask for a higher quota, or run less at once.",
        positive=(
            "ClientError: An error occurred (LimitExceededException) when calling the StartJobRun operation"
        ),
        negative="limit is 10",
    ),
    _quota(
        id="warehouse-quota",
        pattern=(
            r"quotaExceeded|(?<!disk )Quota exceeded|rateLimitExceeded|RESOURCE_EXHAUSTED|ResourceExhausted"
            r"|exceeded its quota|resource monitor .{0,80}(?:exceeded|quota)"
        ),
        literals=(
            "quotaexceeded",
            "quota exceeded",
            "ratelimitexceeded",
            "resource_exhausted",
            "resourceexhausted",
            "exceeded its quota",
            "resource monitor",
        ),
        title="The warehouse's quota is used up",
        advice="Wait for the next window, raise the quota, or make the queries cheaper.",
        positive=(
            "google.api_core.exceptions.Forbidden: 403 Quota exceeded: Your project exceeded quota "
            "for queries"
        ),
        negative="quota remaining 5",
    ),
    _quota(
        id="llm-rate-limit",
        pattern=(
            r"RateLimitError|rate[ _]limit(?:ed| reached| exceeded|_error)|insufficient_quota"
            r"|overloaded_error"
        ),
        literals=("ratelimit", "rate limit", "rate_limit", "insufficient_quota", "overloaded_error"),
        owner=CauseOwner.UPSTREAM,
        title="An API's rate limit is reached",
        advice="Let fewer tasks call at once, or ask for a higher limit.",
        positive="openai.RateLimitError: Rate limit reached for requests",
        negative="interest rate is 3",
    ),
)
