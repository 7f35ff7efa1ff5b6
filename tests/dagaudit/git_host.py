"""A git host: git's own http-backend behind a real HTTP server, public or asking for a token."""

import base64
import os
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

TOKEN = "s3cret-token"
IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]


def git(folder, *arguments):
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


class GitHost:
    """Serves the bare repositories of a folder; `private/…` only to who has the token."""

    def __init__(self, root):
        self.root = root
        self.asked = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                host.answer(self, b"")

            def do_POST(self):
                host.answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request, body):
        path, _, query = request.path.partition("?")
        self.asked.append((path, request.headers.get("Authorization")))
        given = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        if path.startswith("/private/") and request.headers.get("Authorization") != f"Basic {given}":
            request.send_response(401)
            request.send_header("WWW-Authenticate", 'Basic realm="git"')
            request.end_headers()
            return
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            check=False,
            env=self._cgi(request, path, query),
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        request.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    def _cgi(self, request, path, query):
        return {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": request.command,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        }

    def close(self):
        self.server.shutdown()
        self.server.server_close()
