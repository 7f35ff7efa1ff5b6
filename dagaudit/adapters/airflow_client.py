"""Requests to Airflow's REST API: sign-in, pages, repeats, and errors in one sentence.

Everything but the sign-in is a GET: the listing POSTs of Airflow 3 leave a row in the customer's audit log
at every call.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from dagaudit.adapters.airflow_errors import (
    RETRIED,
    TRIES,
    CallsSpent,
    NotSignedIn,
    PageTooLarge,
    Unreachable,
    checked,
    is_tls,
    said,
    whole,
)
from dagaudit.address import Address
from dagaudit.errors import SourceMissing, SourceUnreadable, SpecInvalid

Row = dict[str, Any]

PAGE, SMALLEST_PAGE = 100, 10
"""The most that Airflow gives: whoever asks for more gets so many, without a word."""
MOST_CALLS = 5_000
LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to sign in: a token, or a user's name and password; never from an address."""

    username: str | None = None
    password: str | None = None
    token: str | None = None

    def __post_init__(self) -> None:
        for name in ("username", "token"):
            if (
                any(sign in (getattr(self, name) or "") for sign in "\r\n")
                or not (getattr(self, name) or "").isascii()
            ):
                raise SpecInvalid(f"the {name} for Airflow holds a line break or a sign beyond ASCII")

    def __repr__(self) -> str:
        return "Credentials(***)"


class AirflowClient:
    """One Airflow; it signs in at its first request."""

    def __init__(
        self,
        address: Address,
        credentials: Credentials,
        pause: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.address = str(address.with_options({}))
        self.calls = 0
        self.server_time: datetime | None = None
        self._credentials = credentials
        self._pause = pause
        self._api: str | None = None
        self._limit = PAGE
        self._http = httpx.Client(
            transport=transport,
            base_url=_base_url(address),
            timeout=_timeout(address),
            headers={"Accept": "application/json"},
            # A sign-in page is no API, and credentials go to the given host alone.
            follow_redirects=False,
        )
        self._wanted = _wanted(address)

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def connect(self) -> tuple[str, str]:
        """Which API it speaks (`v1`, `v2`) and its version, after signing in.

        Raises:
            AccessRefused: the credentials are missing or wrong.
            SourceUnreadable: it does not answer, or is no Airflow.
        """
        for api in [self._wanted] if self._wanted else ["v2", "v1"]:
            self._api = api
            answer = self._send(f"api/{api}/version")
            if answer.status_code == HTTPStatus.NOT_FOUND:
                continue
            version = str(_object(checked(answer, "version", self.address)).get("version") or "")
            if not version:
                raise SourceUnreadable(f"{self.address}: tells no Airflow version; check host and path")
            self._sign_in()
            return api, version
        raise SourceMissing(f"{self.address}: {self._no_api()}")

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Row:
        """One JSON object."""
        return _object(self._got(path, params))

    def text(self, path: str, params: Mapping[str, Any] | None = None) -> str:
        """One plain text, which Airflow 2 gives a log as."""
        return self._got(path, params, accept="text/plain").text

    def _got(
        self, path: str, params: Mapping[str, Any] | None, *, accept: str | None = None
    ) -> httpx.Response:
        answer = self._send(f"api/{self._api}/{path}", params, accept=accept)
        if answer.status_code == HTTPStatus.UNAUTHORIZED and self._can_sign_in_again():
            self._sign_in()
            answer = self._send(f"api/{self._api}/{path}", params, accept=accept)
        return checked(answer, path, self.address)

    def rows(
        self, path: str, key: str, params: Mapping[str, Any] | None = None, *, cursor: bool = False
    ) -> Iterator[Row]:
        """All rows of a listing, page by page; by cursor where that is asked for and the server has one.

        Raises:
            SourceUnreadable: fewer came than the server says there are.
        """
        given = params or {}
        page = self._page(path, {**given, "cursor": ""} if cursor and self._api == "v2" else given)
        # As many as there were at first: what comes into being meanwhile comes with the next read.
        expected, seen, cursors = _counted(page), 0, set[str]()
        while True:
            rows = [row for row in page.get(key) or () if isinstance(row, dict)]
            yield from rows
            seen += len(rows)
            following = page.get("next_cursor")
            if isinstance(following, str) and following and following not in cursors:
                cursors.add(following)
                page = self._page(path, {**given, "cursor": following})
            elif not cursors and rows and seen < _counted(page):
                page = self._page(path, {**given, "offset": seen})
            else:
                break
        if seen < min(expected, _counted(page)):
            raise SourceUnreadable(f"{self.address}: {path} gave {seen} of {expected} rows; read it again")

    def _page(self, path: str, params: Mapping[str, Any]) -> Row:
        """One page; a smaller one where it is too large for what stands between."""
        while True:
            try:
                return self.get(path, {**params, "limit": self._limit})
            except PageTooLarge:
                if self._limit <= SMALLEST_PAGE:
                    raise
                self._limit = max(SMALLEST_PAGE, self._limit // 2)

    def _sign_in(self) -> None:
        given = self._credentials
        if given.token:
            self._http.headers["Authorization"] = f"Bearer {given.token}"
        elif given.username and given.password and self._api == "v2":
            self._http.headers.pop("Authorization", None)
            body = {"username": given.username, "password": given.password}
            answer = self._send("auth/token", body=body)
            token = _object(checked(answer, "auth/token", self.address)).get("access_token")
            if not isinstance(token, str) or not token:
                raise NotSignedIn(f"{self.address}: the sign-in gave no token; set AIRFLOW_TOKEN")
            self._http.headers["Authorization"] = f"Bearer {token}"

    def _can_sign_in_again(self) -> bool:
        """A token of ours runs out; one that was given stays what it is."""
        return self._api == "v2" and not self._credentials.token and self._credentials.username is not None

    def _send(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        body: Row | None = None,
        accept: str | None = None,
    ) -> httpx.Response:
        """One request, repeated while the server is busy or away; a body makes it a POST."""
        given = self._credentials
        if self._api == "v1" and given.username and given.password and not given.token:
            auth: httpx.Auth = httpx.BasicAuth(given.username, given.password)
        else:
            # Not None: that would let httpx look for a password in ~/.netrc.
            auth = httpx.Auth()
        headers = {"Accept": accept} if accept else None
        method = "POST" if body else "GET"
        request = self._http.build_request(method, path, params=params, json=body, headers=headers)
        for place in range(TRIES):
            last = place == TRIES - 1
            if self.calls >= MOST_CALLS:
                raise CallsSpent(
                    f"{self.address}: stopped after {MOST_CALLS} requests; take a shorter window"
                )
            self.calls += 1
            try:
                answer = whole(self._http, request, auth)
            except (httpx.TransportError, httpx.DecodingError) as error:
                if last or is_tls(error):
                    raise Unreachable(f"{self.address}: {said(error)}") from error
                self._pause(_backoff(place, None))
                continue
            self._note_time(answer)
            if last or answer.status_code not in RETRIED:
                return answer
            self._pause(_backoff(place, answer.headers.get("Retry-After")))
        raise AssertionError(TRIES)

    def _note_time(self, answer: httpx.Response) -> None:
        try:
            said = parsedate_to_datetime(answer.headers.get("Date", ""))
        except ValueError:
            return
        self.server_time = said.astimezone(UTC)

    def _no_api(self) -> str:
        if self._wanted == "v1":
            return "has no /api/v1, which ended with Airflow 2; leave version= away, or write version=V2"
        if self._wanted == "v2":
            return "has no /api/v2, which came with Airflow 3; leave version= away, or write version=V1"
        return "is no Airflow: neither /api/v2/version nor /api/v1/version is there; check host and path"


def check_options(address: Address) -> None:
    """Refuse what the address's options cannot mean, before anything is asked."""
    _timeout(address)
    _wanted(address)
    hours = address.options.get("lookbackHours", "1")
    if not hours.isdecimal() or not 0 < int(hours) <= 720:
        raise SpecInvalid(f"{address}: lookbackHours is {hours}; give a whole number from 1 to 720")


def _base_url(address: Address) -> str:
    if address.scheme == "mwaa":
        return f"https://{address.path}.{address.host}/"
    server = f"{address.host}{f':{address.port}' if address.port else ''}"
    path = f"/{address.path.strip('/')}" if address.path.strip("/") else ""
    return f"{address.scheme.removeprefix('airflow+')}://{server}{path}/"


def _object(answer: httpx.Response) -> Row:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        address = answer.request.url.copy_with(query=None)
        raise SourceUnreadable(f"{address}: the answer is not JSON; give the address of Airflow's API server")
    return document


def _counted(page: Row) -> int:
    """How many rows the server says there are; it counts up to a limit only, and may not say."""
    total, most = page.get("total_entries"), page.get("total_entries_limit")
    if not isinstance(total, int) or (isinstance(most, int) and total >= most):
        return 0
    return total


def _timeout(address: Address) -> httpx.Timeout:
    text = address.options.get("timeoutSeconds", "30")
    if not text.isdecimal() or not 0 < int(text) <= 600:
        raise SpecInvalid(f"{address}: timeoutSeconds is {text}; give a whole number from 1 to 600")
    return httpx.Timeout(float(text), connect=min(10.0, float(text)))


def _wanted(address: Address) -> str | None:
    version = address.options.get("version", "Auto").lower()
    if version not in ("auto", "v1", "v2"):
        raise SpecInvalid(f"{address}: version is {version}; give Auto, V1 or V2")
    return None if version == "auto" else version


def _backoff(place: int, asked: str | None) -> float:
    """Seconds: what the server asks for, or twice as long each time, never at the same moment as others."""
    if asked and asked.isdecimal():
        return min(float(asked), LONGEST_PAUSE)
    return min(0.5 * 2.0**place, LONGEST_PAUSE) * random.uniform(0.5, 1.0)  # noqa: S311
