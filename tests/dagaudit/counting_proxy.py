"""A real HTTP server between the client and Airflow, which counts what passes."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx


class CountingProxy:
    """Forwards every request to `target` and remembers it."""

    def __init__(self, target: str) -> None:
        self.asked: list[tuple[str, str]] = []
        """Method, and the path with its query."""
        self.rows: dict[str, int] = {}
        """By the path's last word, how many rows came."""
        outer = self
        self._client = client = httpx.Client(base_url=target, timeout=60, trust_env=False)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._forward(b"")

            def do_POST(self) -> None:
                self._forward(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def _forward(self, body: bytes) -> None:
                passed = {
                    name: self.headers[name]
                    for name in ("Accept", "Authorization", "Content-Type")
                    if name in self.headers
                }
                answer = client.request(self.command, self.path, content=body, headers=passed)
                outer.note(self.command, self.path, answer)
                self.send_response(answer.status_code)
                for name in ("Content-Type", "Date"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def send_response(self, code: int, message: str | None = None) -> None:
                # Airflow's own Date goes through.
                self.send_response_only(code, message)

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"airflow+http://localhost:{self._http.server_address[1]}"

    def note(self, method: str, path: str, answer: httpx.Response) -> None:
        self.asked.append((method, path))
        document = answer.json() if answer.is_success else {}
        for value in document.values() if isinstance(document, dict) else ():
            if isinstance(value, list):
                word = urlsplit(path).path.rpartition("/")[2]
                self.rows[word] = self.rows.get(word, 0) + len(value)

    def counted(self) -> dict[str, int]:
        """Requests by the path's last word, since the last call of this."""
        counts: dict[str, int] = {}
        for _, path in self.asked:
            word = urlsplit(path).path.rpartition("/")[2]
            counts[word] = counts.get(word, 0) + 1
        self.asked.clear()
        return counts

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._client.close()
