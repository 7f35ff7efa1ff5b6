"""What Airflow's answers mean where they are no rows, in one sentence each with the remedy."""

from http import HTTPStatus

import httpx

from dagaudit.errors import AccessRefused, SourceMissing, SourceUnreadable

TRIES = 4
RETRIED = {429, 500, 502, 503, 504}
TOO_LARGE = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.GATEWAY_TIMEOUT}
"""What a smaller page may mend: more than a gateway lets through, or than Airflow collects in its time."""

MOST_BYTES = 32 * 1024 * 1024
"""Of one answer: it is held in memory, and a log may be of any length."""


class Unreachable(SourceUnreadable):
    """The server does not answer at all, so asking it for something else is in vain."""


class NotSignedIn(AccessRefused):
    """The sign-in is missing or wrong, and so it is for every listing."""


class CallsSpent(SourceUnreadable):
    """One read may ask only so often: somebody else's API server pays for it."""


class PageTooLarge(SourceUnreadable):
    """A page with fewer rows may come through."""


class AnswerTooLarge(SourceUnreadable):
    """More than is held in memory."""


def whole(http: httpx.Client, request: httpx.Request, auth: httpx.Auth) -> httpx.Response:
    """The answer with its body.

    Raises:
        AnswerTooLarge: the body has more than `MOST_BYTES`; the rest was not fetched.
        httpx.TransportError: it did not come, or not to its end.
    """
    answer = http.send(request, auth=auth, stream=True)
    try:
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > MOST_BYTES:
                raise AnswerTooLarge(
                    f"{request.url.copy_with(query=None)}: the answer has more than "
                    f"{MOST_BYTES // 1024**2} MiB and was not read"
                )
    finally:
        answer.close()
    # The body is decoded already.
    headers = [(name, text) for name, text in answer.headers.multi_items() if name not in _ENCODED]
    return httpx.Response(answer.status_code, headers=headers, content=bytes(body), request=request)


_ENCODED = ("content-encoding", "content-length", "transfer-encoding")


def checked(answer: httpx.Response, path: str, address: str) -> httpx.Response:
    """The answer, if it is one that can be read.

    Raises:
        NotSignedIn: 401.
        AccessRefused: 403.
        SourceMissing: 404.
        PageTooLarge: 413, or a gateway's 504.
        SourceUnreadable: anything else that is no success.
    """
    code = answer.status_code
    if answer.is_success:
        return answer
    if code == HTTPStatus.UNAUTHORIZED:
        raise NotSignedIn(f"{address}: 401, the sign-in is missing or wrong; {_sign_in_remedy(address)}")
    if code == HTTPStatus.FORBIDDEN:
        raise AccessRefused(f"{address}: 403, {path} may not be read; {_role_remedy(address, path)}")
    if code == HTTPStatus.NOT_FOUND:
        raise SourceMissing(f"{address}: 404, there is no {path}; check host, path and version")
    if answer.is_redirect:
        raise SourceUnreadable(
            f"{address}: {path} leads elsewhere ({code}), as a sign-in page does; "
            "give the API's own address and AIRFLOW_TOKEN"
        )
    if code in TOO_LARGE:
        raise PageTooLarge(
            f"{address}: {code} for {path}, also for small pages; look at the API server's log"
        )
    if code in RETRIED:
        raise SourceUnreadable(f"{address}: {code} for {path}, {TRIES} times; look at the API server's log")
    raise SourceUnreadable(f"{address}: {code} for {path}; check that it is Airflow 2.3 or newer")


def _sign_in_remedy(address: str) -> str:
    if is_mwaa(address):
        return "let the AWS role in use sign in to the environment"
    return "set AIRFLOW_USERNAME and AIRFLOW_PASSWORD, or AIRFLOW_TOKEN"


def _role_remedy(address: str, path: str) -> str:
    if path == "eventLogs":
        # Airflow 2's own Viewer lacks it.
        return "give the user's role the permission `can read on Audit Logs`"
    if is_mwaa(address):
        return "allow airflow:InvokeRestApi on the environment's role/Viewer"
    # Airflow 3 refuses a token that it does not know by the same answer.
    return "give the user the role Viewer, or renew AIRFLOW_TOKEN where that is set"


def is_mwaa(address: str) -> bool:
    """Whether Amazon's managed Airflow is asked through AWS."""
    return address.startswith("mwaa://")


def is_tls(error: Exception) -> bool:
    """Whether a certificate is what is wrong."""
    return "SSL" in str(error) or "certificate" in str(error).lower()


def said(error: Exception) -> str:
    """What happened to a connection, and the remedy."""
    if is_tls(error):
        return (
            "its certificate is not trusted; name the CA's bundle in SSL_CERT_FILE, or check the host's name"
        )
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time; raise timeoutSeconds=, or look at the API server"
    if isinstance(error, httpx.ConnectError):
        return "cannot be reached; check host and port, and that the API server runs"
    return f"the connection broke ({type(error).__name__}); check what stands between, or ask again"
