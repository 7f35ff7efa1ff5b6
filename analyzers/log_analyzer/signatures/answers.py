"""Signatures by the codes with which services answer: AWS, HTTP, gRPC, Google, Azure and Kubernetes."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_AWS = r"An error occurred \((?P<subject>"
_STATUS = r"(?:\bError code: |\w(?:Error|Exception)\(|<HttpError |too many )"
_quota = partial(
    Signature,
    category=Category.QUOTA_THROTTLE,
    owner=CauseOwner.PLATFORM,
    retryable=True,
    weight=4,
    shared=True,
    advice="Let fewer tasks call at once, wait as it says, or ask for a higher limit.",
)
_refused = partial(
    Signature,
    category=Category.PERMISSION_CREDENTIAL,
    owner=CauseOwner.PLATFORM,
    retryable=False,
    weight=3,
    shared=True,
    advice="Look at the account that the message names, at its rights, and at the age of its key or token.",
)
_upstream = partial(
    Signature,
    category=Category.UPSTREAM_SERVICE,
    owner=CauseOwner.UPSTREAM,
    retryable=True,
    weight=3,
    shared=True,
    advice="Look at the service's status; retry with growing pauses.",
)
_config = partial(
    Signature,
    category=Category.CONFIG,
    owner=CauseOwner.DAG_AUTHOR,
    retryable=False,
    weight=3,
    advice="Create it, or correct its name, region or project in the task and the connection.",
)
_code = partial(
    Signature,
    category=Category.CODE,
    owner=CauseOwner.DAG_AUTHOR,
    retryable=False,
    weight=3,
    advice="Correct the call: the service says which part of it is not valid.",
)

SIGNATURES = (
    _quota(
        id="aws-quota-code",
        pattern=(
            _AWS + r"\w*(?:Throttl|Quota|LimitExceed|TooMany|RateExceeded|CountExceeded|InsufficientInstance"
            r"|InsufficientCapacity|CapacityExceeded|BandwidthLimit)\w*)\)"
        ),
        literals=("an error occurred",),
        title="AWS gives no more at once ({subject})",
        positive="ClientError: An error occurred (MaxSpotInstanceCountExceeded) when calling it",
        negative="ClientError: An error occurred (NoSuchKey) when calling the GetObject operation",
    ),
    _refused(
        id="aws-refused-code",
        pattern=(
            _AWS + r"\w*(?:Denied|NotAuthorized|Unauthorized|Forbidden|InvalidToken"
            r"|IncompleteSignature|SignatureDoesNotMatch|OptInRequired|AccessDisabled|AuthFailure)\w*)\)"
        ),
        literals=("an error occurred",),
        title="AWS refuses access ({subject})",
        positive="ClientError: An error occurred (OptInRequired) when calling the RunInstances operation",
        negative="ClientError: An error occurred (ThrottlingException) when calling it",
    ),
    _upstream(
        id="aws-server-code",
        pattern=_AWS + r"\w*(?:Internal|ServerException|ServerError|Unavailable|ServiceFailure)\w*)\)",
        literals=("an error occurred",),
        title="An AWS service fails ({subject})",
        positive="ClientError: An error occurred (KMSInternalException) when calling the Decrypt operation",
        negative="ClientError: An error occurred (ValidationException) when calling it",
    ),
    _config(
        id="aws-missing-code",
        pattern=(
            _AWS + r"(?!NoSuchKey|NoSuchUpload|NoSuchVersion)(?:NoSuch\w+|\w+NotFound\w*|\w+DoesNotExist\w*"
            r"|PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint\w*))\)"
        ),
        literals=("an error occurred",),
        title="An AWS resource that the task names is not there ({subject})",
        positive="ClientError: An error occurred (ParameterNotFound) when calling the GetParameter operation",
        negative="ClientError: An error occurred (NoSuchKey) when calling the GetObject operation",
    ),
    _code(
        id="aws-invalid-code",
        pattern=_AWS + r"(?:Malformed|Invalid|Missing|Unsupported)\w*)\)",
        literals=("an error occurred",),
        weight=2,
        title="An AWS service refuses the call as not valid ({subject})",
        positive="ClientError: An error occurred (MalformedQueryString) when calling it",
        negative="ClientError: An error occurred (ThrottlingException) when calling it",
    ),
    _refused(
        id="api-refused",
        exceptions=(
            "PermissionDenied", "Unauthenticated", "Unauthorized", "Forbidden", "AuthenticationError",
            "AuthorizationException", "PermissionDeniedError", "NotAuthorizedError", "NoPermissionError",
        ),
        title="A service refuses the account or its rights",
        positive="google.api_core.exceptions.Unauthenticated: 401 Request had invalid credentials",
        negative="google.api_core.exceptions.NotFound: 404 Not found: Dataset p:raw",
    ),
    _refused(
        id="status-refused",
        pattern=(
            _STATUS + r"40[13]\b|\((?:401|403)\)\s*Reason: (?!Forbidden[\s\S]{0,2000}exceeded quota)"
            r"|'error': '(?:invalid_auth|not_authed|token_\w+|account_inactive|missing_scope)'"
            r"|ErrorCode: ?(?:Authentication|Authorization)\w+|name=PERMISSION_DENIED"
            r"|INVALID_SESSION|ExpiredSession|\bsession (?:has |is )?expired|Host key verification failed"
        ),
        literals=(
            "40", "'error': '", "errorcode:", "permission_denied", "session", "host key",
        ),
        title="A service refuses the account or its rights",
        positive="ApiException: (401)\nReason: Unauthorized",
        negative="ApiException: (404)\nReason: Not Found",
    ),
    _quota(
        id="status-throttled",
        pattern=(
            _STATUS + r"429\b|TooManyRequests|\(429\)\s*Reason|'error': 'rate_?limited'|ServerBusy"
            r"|QUERY_QUEUE_FULL"
            r"|REQUEST_LIMIT_EXCEEDED|\b(?:request|rate|usage|call|api)s? limit (?:reached|exceeded)"
        ),
        literals=(
            "429", "toomanyrequests", "limited'", "serverbusy", "query_queue_full", " limit ",
            "limit_exceeded",
        ),
        weight=3,
        title="A service refuses more requests",
        positive="HttpResponseError: (TooManyRequests) The request was throttled.",
        negative="429 rows",
    ),
    _upstream(
        id="status-server-error",
        pattern=(
            _STATUS + r"5\d\d\b|\b5\d\d Server Error|ErrorCode: ?(?:InternalError|OperationTimedOut)"
            r"|^(?:[\w.]*\.)?(?:InternalServerError|ServiceUnavailable|BadGateway|ServerError): "
        ),
        literals=(
            "error code: 5", "error(5", "exception(5", "<httperror 5", "too many 5", " server error",
            "errorcode:", "internalservererror", "serviceunavailable", "badgateway", "servererror",
        ),
        title="A service answers with an error of its own",
        positive="openai.InternalServerError: Error code: 500 - {'error': {'message': 'an error'}}",
        negative="HTTPError: 404 Client Error: Not Found for url: https://api.example/v1/x",
    ),
    _config(
        id="api-resource-missing",
        exceptions=("NotFound", "ResourceNotFoundError"),
        pattern=(
            r"^(?![\s\S]{0,300}(?:No such object|BlobNotFound|PathNotFound|blob does not"
            r"|Not found: Table))"
        ),
        weight=4,
        title="What the task names is not there at the service",
        positive="google.api_core.exceptions.NotFound: 404 Not found: Dataset p:raw was not found",
        negative="google.api_core.exceptions.NotFound: 404 GET x: No such object: b/x.csv",
    ),
    _config(
        id="name-at-service-missing",
        pattern=r"'error': '\w+_not_found'|index_not_found_exception|UnknownTopicOrPartition",
        literals=("_not_found", "unknowntopicorpartition"),
        title="What the task names is not there at the service",
        positive="UnknownTopicOrPartitionError: [Error 3] UnknownTopicOrPartitionError: orders",
        negative="NotFoundError: x",
    ),
    _config(
        id="kubernetes-object-refused",
        exceptions=("ApiException",),
        pattern=r"\((?:400|404|405|422)\)\s*Reason: (?P<subject>[^\n]{1,40})",
        advice="Correct the pod's or object's definition, as the response body says.",
        weight=4,
        title="Kubernetes refuses the object or does not have it ({subject})",
        positive="ApiException: (422)\nReason: Unprocessable Entity",
        negative="ApiException: (500)\nReason: Internal Server Error",
    ),
    _code(
        id="status-bad-request",
        confidence=Confidence.LIKELY,
        weight=2,
        pattern=(
            r"\b40[05]\b[^\n]{0,40}Client Error|\b(?:406|409|41[1-7]|422|431) Client Error"
            r"|Client error '(?:40[0569]|41\d|422)|(?:BadRequest|InvalidArgument|FailedPrecondition): 400 "
            r"|BadRequestError\(400|HTTP Error (?:400|405|422)|: 400 POST "
        ),
        literals=("client error", ": 400 ", "badrequesterror(400", "http error 4"),
        title="A service does not accept the request as it is",
        positive="HTTPError: 400 Client Error: Bad Request for url: https://api.example/v1/x",
        negative="HTTPError: 404 Client Error: Not Found for url: https://api.example/v1/x",
    ),
)  # fmt: skip
