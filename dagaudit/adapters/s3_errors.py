"""What S3's errors mean and what mends them."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)

from dagaudit.errors import AccessRefused, SourceChanged, SourceMissing, SourceUnreadable

S3Error = ClientError | BotoCoreError
S3_ERRORS = (ClientError, BotoCoreError)

_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
    SSOError,
)
_DENIED = {"AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden", "403"}
_REJECTED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
}
_ELSEWHERE = {
    "PermanentRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
    "301",
}
_BUSY = {"SlowDown", "ServiceUnavailable", "RequestTimeout", "Throttling", "InternalError", "500", "503"}
NOT_FOUND = {"NoSuchKey", "NoSuchVersion", "404"}
CHANGED = {"PreconditionFailed", "412"}
CONFLICT = {"ConditionalRequestConflict", "OperationAborted", "409"}


def code_of(error: S3Error) -> str:
    """S3's own code of an error; empty where no answer came."""
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))


def was_repeated(error: S3Error) -> bool:
    """Whether the request was sent more than once, so that an earlier one may have done its work."""
    if not isinstance(error, ClientError):
        return True
    return int(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)) > 0


def sentence(error: S3Error, place: str, needs: str) -> str:
    """What happened at a place, and the remedy; `needs` names the permissions that the work takes."""
    code = code_of(error)
    if isinstance(error, _NO_CREDENTIALS):
        return (
            f"{place}: no AWS credentials were found; give the pod's service account a role, "
            "or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    if isinstance(error, BotoConnectionError | HTTPClientError):
        return (
            f"{place}: the S3 endpoint cannot be reached ({type(error).__name__}); "
            "check the network, the region and AWS_ENDPOINT_URL"
        )
    if code == "NoSuchBucket":
        return f"{place}: the bucket does not exist; check its name, the account and AWS_ENDPOINT_URL"
    if code in _DENIED:
        return f"{place}: access was denied; allow {needs} to the credentials in use"
    if code in _REJECTED:
        return f"{place}: the credentials were rejected ({code}); renew them"
    if code in _ELSEWHERE:
        return f"{place}: the bucket is in another region; name it as ?region= or by AWS_DEFAULT_REGION"
    if code in _BUSY:
        return f"{place}: S3 was too busy, also when asked again ({code}); run later or with fewer shards"
    if code == "InvalidObjectState":
        return f"{place}: the object is in an archive; restore it first"
    if code == "NotImplemented":
        return f"{place}: this store has no conditional writes, which reports need; use another one"
    told = (
        str(error.response.get("Error", {}).get("Message", "")) if isinstance(error, ClientError) else error
    )
    return f"{place}: S3 refused ({code or type(error).__name__}): {told}"


def source_error(error: S3Error, place: str, needs: str) -> SourceUnreadable:
    """The error of a source."""
    text = sentence(error, place, needs)
    code = code_of(error)
    if code in CHANGED:
        return SourceChanged(f"{place} changed after it was listed; the next run will read it")
    if code in NOT_FOUND:
        return SourceMissing(f"{place} does not exist; check the address")
    if code == "NoSuchBucket":
        return SourceMissing(text)
    if code in _DENIED | _REJECTED or isinstance(error, _NO_CREDENTIALS):
        return AccessRefused(text)
    return SourceUnreadable(text)
