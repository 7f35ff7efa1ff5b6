"""Amazon MWAA's InvokeRestApi on a real HTTP server: AWS's JSON protocol in front, any Airflow behind."""

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Airflow = Callable[[str, dict[str, Any]], tuple[int, Any]]
"""Path without its /api/v1 or /api/v2 and query to status and document."""
SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=\w+/\d{8}/([\w-]+)/airflow/aws4_request, ")


class MwaaFront:
    """One environment; `refusals` are answered first, one a call, as (status, AWS's error code)."""

    def __init__(self, airflow: Airflow, environment: str = "shop", most_bytes: int = 6_000_000) -> None:
        self.airflow = airflow
        self.environment = environment
        self.most_bytes = most_bytes
        self.refusals: list[tuple[int, str]] = []
        self.asked: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
                status, error, document = outer.answer(self.path, self.headers, body)
                data = json.dumps(document).encode()
                self.send_response(status)
                if error:
                    self.send_header("x-amzn-ErrorType", error)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def answer(self, path: str, headers: Any, body: dict[str, Any]) -> tuple[int, str | None, Any]:
        self.asked.append(body)
        signed = SIGNED.match(headers.get("Authorization") or "")
        if not signed or signed[1] != "eu-west-1":
            return 403, "InvalidSignatureException", {"message": "not signed for airflow in eu-west-1"}
        if path != f"/restapi/{self.environment}":
            return 404, "ResourceNotFoundException", {"message": "Environment not found"}
        if self.refusals:
            status, code = self.refusals.pop(0)
            return status, code, {"message": "no"}
        status, document = self.airflow(body["Path"], body.get("QueryParameters") or {})
        told = {"RestApiStatusCode": status, "RestApiResponse": document}
        if status >= 500:
            return 400, "RestApiServerException", told
        if status >= 400:
            return 400, "RestApiClientException", told
        if len(json.dumps(document)) > self.most_bytes:
            too_large = {"RestApiStatusCode": 413, "RestApiResponse": {"detail": "too large"}}
            return 400, "RestApiClientException", too_large
        return 200, None, told

    def environment_variables(self) -> dict[str, str]:
        """What leads boto3 here."""
        return {
            "AWS_ENDPOINT_URL_MWAA": self.url,
            # AWS puts env. before the host's name, which an IP address cannot have.
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
