"""The server around app.py: warms up before the first visitor, hardens every answer, serves report.html.

`streamlit run dashboard/asgi.py`, which is what `dagaudit dashboard` and the image do.
"""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dagaudit.errors import DagAuditError, ReportMissing

log = logging.getLogger(__name__)

# Streamlit imports the first two when it draws the first table.
HEAVY = ("pandas", "pyarrow", "dashboard.widgets.dag_tabs", "dashboard.widgets.filters")
ADDRESS = "DASHBOARD_DATA_PATH"
# Text of logs and models is escaped everywhere; should one place ever fail, no picture or script of another
# host is loaded. Streamlit itself needs inline style and script, WebAssembly, and workers of its own.
DIRECTIVES = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'wasm-unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
POLICY = "; ".join(f"{name} {allowed}" for name, allowed in DIRECTIVES.items())
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


class SecurityHeaders:
    """Puts the headers on every answer that has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _ in given}
                message["headers"] = [*given, *(one for one in HEADERS if one[0] not in names)]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


@asynccontextmanager
async def warm_up(_: object) -> AsyncIterator[dict[str, object]]:
    """What the first visitor would wait for: heavy imports, and the report."""
    for name in HEAVY:
        import_module(name)
    from dashboard import data

    address = os.environ.get(ADDRESS)
    if address:
        try:
            data.report(data.newest(address))
        except DagAuditError as error:
            # The page says it too, and the report may come later.
            log.warning("%s", error)
    yield {}


def static_report(request: Request) -> Response:
    """report.html of the newest report, or of the one that is asked for: to print or to send."""
    from dashboard import data, state

    try:
        place = data.newest(os.environ.get(ADDRESS, ""))
        asked = state.report_id(request.query_params)
        page = data.static_page(data.older(place, asked) if asked else place)
    except ReportMissing as error:
        return PlainTextResponse(str(error), status_code=404)
    except DagAuditError as error:
        return PlainTextResponse(str(error), status_code=503)
    return Response(page, media_type="text/html; charset=utf-8")


app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=warm_up,
    routes=[Route("/report.html", static_report)],
    middleware=[Middleware(SecurityHeaders)],
)
