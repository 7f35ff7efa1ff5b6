"""Says whether the operator is alive: its writes, its watches and its event loop, not only its process."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import generate_latest

from controller import metrics

MAX_SILENCE_SECONDS = 90.0
MAX_LOOP_LAG_SECONDS = 30.0


class Watchdog:
    """Our own Lease, renewed by us and seen by our own watch, tests writing, watching and the loop in one."""

    def __init__(self, identity: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._identity = identity
        self._clock = clock
        self._leads = False
        self._came_back = clock()
        self._beat = clock()

    def starts_to_lead(self) -> None:
        """From now on the Lease has to come back."""
        self._leads = True
        self._came_back = self._clock()
        metrics.LEADER.set(1)

    def lease_came_back(self, lease: dict[str, Any]) -> None:
        """The watch brought a Lease; only our own counts."""
        if lease.get("spec", {}).get("holderIdentity") == self._identity:
            self._came_back = self._clock()

    def beat(self) -> None:
        """The event loop turns."""
        self._beat = self._clock()

    def problem(self) -> str | None:
        """Why the process should be restarted, or None."""
        lag = self._clock() - self._beat
        metrics.LOOP_LAG_SECONDS.set(lag)
        if lag > MAX_LOOP_LAG_SECONDS:
            return f"the event loop has not turned for {lag:.0f} s"
        if not self._leads:
            return None
        silence = self._clock() - self._came_back
        metrics.WATCH_AGE_SECONDS.set(silence)
        if silence > MAX_SILENCE_SECONDS:
            return f"our own Lease has not come back through the watch for {silence:.0f} s"
        return None


def serve(watchdog: Watchdog, port: int) -> ThreadingHTTPServer:
    """Answer /healthz, /readyz and /metrics in a thread of their own, so that a busy loop cannot hide."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                watchdog.problem()
                self._answer(200, generate_latest(metrics.REGISTRY), "text/plain; version=0.0.4")
            elif self.path in ("/healthz", "/readyz"):
                problem = watchdog.problem()
                body = json.dumps({"problem": problem}).encode()
                self._answer(503 if problem else 200, body, "application/json")
            else:
                self._answer(404, b"", "text/plain")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes are no news."""

    server = ThreadingHTTPServer(("", port), Handler)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
