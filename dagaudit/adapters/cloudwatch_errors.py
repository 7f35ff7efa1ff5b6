"""What CloudWatch Logs' errors mean and what mends them."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)

from dagaudit.errors import AccessRefused, SourceMissing, SourceUnreadable

LogsError = ClientError | BotoCoreError
LOGS_ERRORS = (ClientError, BotoCoreError)

_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
    SSOError,
)
_DENIED = {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "OptInRequired"}
_EXPIRED = {"ExpiredTokenException", "ExpiredToken", "RequestExpired"}
_REJECTED = {
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_BUSY = {
    "InternalFailure",
    "InternalServerError",
    "LimitExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_MISSING = "ResourceNotFoundException"


def source_error(error: LogsError, place: str, action: str) -> SourceUnreadable:
    """What happened at a place and the remedy; `action` is the permission that the call takes."""
    code, told = _code_and_message(error)
    if isinstance(error, _NO_CREDENTIALS):
        return AccessRefused(
            f"{place}: no AWS credentials were found; give the pod's service account a role, "
            "or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    if isinstance(error, InvalidRegionError):
        return SourceMissing(f"{place}: that is no region's name; write cloudwatch://eu-west-1/group")
    if isinstance(error, BotoConnectionError | HTTPClientError):
        return SourceUnreadable(
            f"{place}: CloudWatch Logs cannot be reached ({type(error).__name__}); "
            "check the region's name, the network and AWS_ENDPOINT_URL_LOGS"
        )
    if code in _DENIED:
        return AccessRefused(f"{place}: access was denied; allow {action} to the credentials in use")
    if code in _EXPIRED:
        return AccessRefused(f"{place}: the credentials have expired ({code}); sign in again or renew them")
    if code in _REJECTED:
        return AccessRefused(f"{place}: the credentials were rejected ({code}); check the account and region")
    if code == _MISSING:
        return SourceMissing(_missing(place, action))
    if code in _BUSY or _status(error) >= 500:
        return SourceUnreadable(
            f"{place}: CloudWatch Logs was too busy, also when asked again ({code or _status(error)}); "
            "run later, or ask for a higher quota of this call"
        )
    return SourceUnreadable(f"{place}: CloudWatch Logs refused ({code or type(error).__name__}): {told}")


def _missing(place: str, action: str) -> str:
    if action == "logs:GetLogEvents":
        return f"{place}: the log stream does not exist any more; it was deleted, or its retention has ended"
    return f"{place}: the log group does not exist there; check its name, the region and the account"


def _code_and_message(error: LogsError) -> tuple[str, str]:
    if not isinstance(error, ClientError):
        return "", str(error)
    told = error.response.get("Error", {})
    return str(told.get("Code", "")), str(told.get("Message", ""))


def _status(error: LogsError) -> int:
    if not isinstance(error, ClientError):
        return 0
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
