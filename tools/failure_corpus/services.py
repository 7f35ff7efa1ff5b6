"""The world around the fault DAGs: an HTTP server, name server, object store and database that fail for real.

Everything listens on fixed ports of 127.0.0.1 inside a network namespace of its own.
"""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.failure_corpus.pods import PodApi

HOSTS = (
    "api.payments.internal", "api.rates.internal", "api.crm.internal", "api.geo.internal",
    "partner.internal", "warehouse.internal", "cache.internal", "objects.internal", "throttled.internal",
    "kube.internal", "silent.internal", "broker.internal", "mongo.internal", "mysql.internal",
    "mail.internal", "sftp.internal",
)  # fmt: skip
HTTP_PORT, TLS_PORT, S3_PORT, S3_FAULT_PORT = 8080, 8443, 9000, 9001
KUBE_PORT, SILENT_PORT, DATABASE_PORT = 6443, 9999, 5432
HTML = b"<html><head><title>Sign in</title></head><body>Your session has ended</body></html>"
S3_ERRORS = {
    "slow": (503, "SlowDown", "Please reduce your request rate."),
    "denied": (403, "AccessDenied", "Access Denied"),
    "expired": (400, "ExpiredToken", "The provided token has expired."),
    "signature": (403, "SignatureDoesNotMatch", "The request signature we calculated does not match."),
    "internal": (500, "InternalError", "We encountered an internal error. Please try again."),
}
JSON_ERRORS = {
    "DescribeTable": ("ThrottlingException", "Rate exceeded"),
    "PutItem": ("ProvisionedThroughputExceededException", "The level of configured throughput was exceeded."),
    "GetSecretValue": (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    ),
}


class FaultyHttp(BaseHTTPRequestHandler):
    """Answers as the path asks: /status/503, /html, /slow, /reset, /short, /ok."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        kind, _, rest = self.path.strip("/").partition("/")
        if kind == "status":
            self._answer(int(rest.split("/")[0]), b'{"error":"refused"}')
        elif kind == "html":
            self._answer(200, HTML, "text/html")
        elif kind == "slow":
            time.sleep(8)
            self._answer(200, b"{}")
        elif kind == "reset":
            # With a linger of zero, closing sends a reset; the other holders of the socket find /dev/null.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            os.dup2(os.open(os.devnull, os.O_RDWR), self.connection.fileno())
            self.close_connection = True
        elif kind == "short":
            self.send_response(200)
            self.send_header("Content-Length", "4096")
            self.end_headers()
            self.wfile.write(b'{"rows": [1, 2')
            self.close_connection = True
        else:
            self._answer(200, b'{"rates": {"EUR": 1.0, "USD": null}}')

    do_POST = do_GET  # noqa: N815, the base class's names

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "30")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class RefusingAws(FaultyHttp):
    """Refuses as S3 does by bucket name, and as DynamoDB and others do by operation."""

    def do_GET(self) -> None:
        """Refuse."""
        target = self.headers.get("X-Amz-Target", "")
        if target:
            code, message = JSON_ERRORS[target.rpartition(".")[2]]
            body = json.dumps({"__type": code, "message": message}).encode()
            self._answer(400, body, "application/x-amz-json-1.0")
            return
        kind = self.path.strip("/").split("/")[0].split("-")[0]
        status, code, message = S3_ERRORS[kind]
        text = (
            f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>4442587F</RequestId></Error>"
        )
        self._answer(status, text.encode(), "application/xml")

    do_POST = do_PUT = do_GET  # noqa: N815

    def do_HEAD(self) -> None:
        """Refuse without words."""
        kind = self.path.strip("/").split("/")[0].split("-")[0]
        self.send_response(S3_ERRORS[kind][0])
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def everything(home: Path, moto_server: Path) -> Iterator[None]:
    """All services, until the block ends."""
    with ExitStack() as stack:
        for port, handler in ((HTTP_PORT, FaultyHttp), (S3_FAULT_PORT, RefusingAws), (KUBE_PORT, PodApi)):
            _serve(stack, ThreadingHTTPServer(("127.0.0.1", port), handler))
        secure = ThreadingHTTPServer(("127.0.0.1", TLS_PORT), FaultyHttp)
        secure.socket = _tls(home).wrap_socket(secure.socket, server_side=True)
        _serve(stack, secure)
        stack.enter_context(_name_server())
        stack.enter_context(_silent_listener())
        stack.enter_context(_database(home / "database"))
        stack.enter_context(_process([str(moto_server), "-p", str(S3_PORT)]))
        _wait_for(S3_PORT)
        made = urllib.request.Request(f"http://127.0.0.1:{S3_PORT}/extracts", method="PUT")
        urllib.request.urlopen(made, timeout=30).close()
        yield


def _serve(stack: ExitStack, server: ThreadingHTTPServer) -> None:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stack.callback(server.shutdown)


def _tls(home: Path) -> ssl.SSLContext:
    """A certificate that nobody has signed."""
    key, certificate = home / "tls.key", home / "tls.crt"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out"]
    command += [str(certificate), "-days", "30", "-subj", "/CN=partner.internal"]
    subprocess.run(
        [*command, "-addext", "subjectAltName=DNS:partner.internal"], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@contextmanager
def _name_server() -> Iterator[None]:
    """Knows no name at all, and says so."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))

        def serve() -> None:
            while True:
                try:
                    question, asker = server.recvfrom(512)
                except OSError:
                    return
                # The question again, with the bits "answer" and "no such name" set.
                server.sendto(question[:2] + b"\x81\x83" + question[4:6] + b"\0" * 6 + question[12:], asker)

        threading.Thread(target=serve, daemon=True).start()
        yield


@contextmanager
def _silent_listener() -> Iterator[None]:
    """A port whose queue is full: connecting hangs until the client gives up."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", SILENT_PORT))
        server.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", SILENT_PORT))
        yield


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    """A real PostgreSQL, run by an ordinary user, with the tables that the DAGs write to."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for place in (folder, *folder.parents):
        if place != Path("/"):
            place.chmod(place.stat().st_mode | 0o011)
    shutil.chown(folder, "nobody", "nogroup")
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    secret = folder / "password"
    secret.write_text("corpus")
    secret.chmod(0o644)
    programs = Path(shutil.which("initdb") or "/usr/lib/postgresql/15/bin/initdb").resolve().parent
    make = [programs / "initdb", "-D", folder / "data", "-U", "airflow", "-A", "scram-sha-256"]
    subprocess.run([*as_nobody, *make, f"--pwfile={secret}"], check=True, capture_output=True, cwd=folder)
    run = [*as_nobody, str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    with _process(
        [*run, "-c", f"port={DATABASE_PORT}", "-c", "max_connections=60", "-c", "deadlock_timeout=500ms"]
    ):
        _wait_for(DATABASE_PORT)
        statements = (Path(__file__).parent / "tables.sql").read_text()
        address = f"postgresql://airflow:corpus@127.0.0.1:{DATABASE_PORT}"
        _psql(f"{address}/postgres", "create database metadata")
        _psql(f"{address}/postgres", statements)
        yield


def _psql(address: str, statements: str) -> None:
    """Run statements; a server that is still starting up is asked again."""
    command = ["psql", "-v", "ON_ERROR_STOP=1", address, "-q"]
    for _ in range(30):
        done = subprocess.run(command, input=statements, text=True, check=False, capture_output=True)
        if done.returncode == 0:
            return
        if "starting up" not in done.stderr:
            break
        time.sleep(1)
    sys.exit(f"the database refuses: {done.stderr}")


@contextmanager
def _process(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    for _ in range(240):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    sys.exit(f"nothing listens on port {port} after two minutes")
