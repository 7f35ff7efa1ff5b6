"""A proxy before CloudWatch Logs: small pages, and the mishaps that the real service is known for."""

import http.client
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EMPTY = "empty:"
_AMZ_JSON = {"Content-Type": "application/x-amz-json-1.1"}


class Faults(ThreadingHTTPServer):
    """Passes calls on; each planned mishap befalls one call of its kind."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = target.removeprefix("http://")
        self.plan: dict[str, deque[str]] = {}
        """By call: `empty`, `twice`, a status code, or the code of an error."""
        self.seen: list[str] = []
        self.page_size: int | None = None
        self.shift_milliseconds = 0
        """How much later events are in the server than they are told to be: it takes none that are old."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def befall(self, call: str, *mishaps: str) -> None:
        self.plan.setdefault(call, deque()).extend(mishaps)


@contextmanager
def faults_before(target: str) -> Iterator[Faults]:
    server = Faults(target)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Faults

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call = self.headers["X-Amz-Target"].rpartition(".")[2]
        self.server.seen.append(call)
        planned = self.server.plan.get(call)
        mishap = planned.popleft() if planned else ""
        if mishap == "empty":
            # The token still leads to where the reader was.
            self._answer(200, {"events": [], "nextForwardToken": EMPTY + _fresh(body)})
        elif mishap and mishap != "twice":
            code = "InternalFailure" if mishap.isdecimal() else mishap
            status = int(mishap) if mishap.isdecimal() else 400
            self._answer(status, {"__type": code, "message": "planned"})
        else:
            self._pass(call, body, 2 if mishap else 1)

    def _pass(self, call: str, body: dict, times: int) -> None:
        if str(body.get("nextToken", "")).startswith(EMPTY):
            body["nextToken"] = body["nextToken"].rpartition(EMPTY)[2]
            if not body["nextToken"]:
                del body["nextToken"]
        if self.server.page_size and call != "DescribeLogGroups":
            body["limit"] = self.server.page_size
        data = json.dumps(body).encode()
        headers = {name: value for name, value in self.headers.items() if name.lower() != "content-length"}
        upstream = http.client.HTTPConnection(self.server.target, timeout=10)
        upstream.request("POST", self.path, data, headers)
        answer = upstream.getresponse()
        told = json.loads(answer.read())
        upstream.close()
        for event in told.get("events", ()):
            event["timestamp"] -= self.server.shift_milliseconds
        if "logStreams" in told:
            told["logStreams"] *= times
        self._answer(answer.status, told)

    def _answer(self, status: int, told: dict) -> None:
        data = json.dumps(told).encode()
        self.send_response(status)
        for name, value in (_AMZ_JSON | {"Content-Length": str(len(data))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def _fresh(body: dict) -> str:
    """Another token than the one that was sent, even where the page before was empty as well."""
    sent = str(body.get("nextToken", ""))
    return EMPTY + sent if sent.startswith(EMPTY) else sent
