"""`mwaa://`: Amazon's managed Airflow, whose REST API is asked through AWS by InvokeRestApi.

An httpx transport, so that paging, repeats and errors are those of every other Airflow: only the way there
is AWS's. A call may take 10 seconds and bring 6 MB. Only GETs pass.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from dagaudit.address import Address
from dagaudit.errors import AccessRefused, SourceMissing, SourceUnreadable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

ACTION = "airflow:InvokeRestApi"
AIRFLOWS_OWN = ("RestApiClientException", "RestApiServerException")
THROTTLED = {"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"}
DENIED = {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"}
REJECTED = {
    "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId",
    "InvalidSignatureException", "MissingAuthenticationTokenException", "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}  # fmt: skip


class InvokesRest(Protocol):
    """boto3's `mwaa` client, as far as it is needed."""

    def invoke_rest_api(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401
        """Airflow's answer to one request."""
        ...


class MwaaTransport(httpx.BaseTransport):
    """Carries requests to one environment."""

    def __init__(self, address: Address, client: InvokesRest) -> None:
        self._place = str(address.with_options({}))
        self._environment = address.path
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Airflow's answer, with its own status.

        Raises:
            AccessRefused: AWS does not let the credentials in use ask.
            SourceMissing: there is no such environment.
            httpx.ConnectError: AWS cannot be reached.
        """
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        if request.method != "GET":
            raise SourceUnreadable(f"{self._place}: {request.method} is not sent; an audit only reads")
        _, _, api, path = request.url.raw_path.decode().partition("?")[0].split("/", 3)
        try:
            answer = self._client.invoke_rest_api(
                Name=self._environment,
                Path=f"/{path}",
                Method="GET",
                QueryParameters=_query(request.url.params.multi_items()),
            )
        except ClientError as error:
            return self._failed(error)
        except NoCredentialsError as error:
            raise AccessRefused(
                f"{self._place}: no AWS credentials were found; give the pod's service account a role,"
                " or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            ) from error
        except BotoCoreError as error:
            raise httpx.ConnectError(f"{type(error).__name__}", request=request) from error
        document = answer.get("RestApiResponse")
        if path == "version" and not _speaks(api, document):
            return httpx.Response(404, json={"detail": f"no {api} there"})
        date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        return httpx.Response(
            int(answer.get("RestApiStatusCode", 200)), json=document, headers={"Date": date}
        )

    def _failed(self, error: "ClientError") -> httpx.Response:
        told = error.response.get("Error", {})
        code, message = str(told.get("Code", "")), str(told.get("Message", ""))
        if code in AIRFLOWS_OWN:
            said: Any = error.response
            fallback = 400 if code == AIRFLOWS_OWN[0] else 500
            return httpx.Response(
                int(said.get("RestApiStatusCode") or fallback), json=said.get("RestApiResponse")
            )
        if code in THROTTLED:
            return httpx.Response(429)
        if code in DENIED:
            raise AccessRefused(
                f"{self._place}: AWS denied the call; allow {ACTION} on the environment's role/Viewer"
            ) from error
        if code in REJECTED:
            raise AccessRefused(
                f"{self._place}: the AWS credentials were rejected ({code}); renew them, or check the region"
            ) from error
        if code == "ResourceNotFoundException":
            raise SourceMissing(
                f"{self._place}: there is no such environment; check its name, the region and the account"
            ) from error
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        if status >= 500 or status == 413:
            return httpx.Response(status)
        raise SourceUnreadable(f"{self._place}: AWS refused ({code}): {message[:200]}") from error


def connect(address: Address) -> InvokesRest:
    """A client with the default chain of credentials; repeats are the caller's."""
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 1}, read_timeout=30, connect_timeout=10)
    client: InvokesRest = boto3.client("mwaa", region_name=address.host, config=config)
    return client


def _query(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Names to values; several values of one name become a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            before = found[name]
            found[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            found[name] = value
    return found


def _speaks(api: str, document: object) -> bool:
    """Whether the environment's Airflow has this API: InvokeRestApi leaves it out of the path."""
    version = document.get("version") if isinstance(document, dict) else json.dumps(document)
    major = str(version).partition(".")[0]
    return api == ("v1" if major in ("1", "2") else "v2")
