"""A small Kubernetes API for pods whose image says how they end."""

import json
import re
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar
from urllib.parse import urlparse

_POD = re.compile(r"^/api/v1/namespaces/(?P<namespace>[\w-]+)/pods(?:/(?P<name>[\w.-]+))?(?P<sub>/[\w-]+)?$")
Document = dict[str, Any]


def _waiting(reason: str, message: str) -> Document:
    return {
        "phase": "Pending",
        "containerStatuses": [_status({"waiting": {"reason": reason, "message": message}})],
    }


def _status(state: Document) -> Document:
    return {"name": "base", "ready": False, "restartCount": 0, "image": "", "imageID": "", "state": state}


def _ended(reason: str, code: int) -> Document:
    state = {"terminated": {"reason": reason, "exitCode": code, "startedAt": _NOW, "finishedAt": _NOW}}
    return {"phase": "Failed", "containerStatuses": [_status(state)]}


def _killed() -> Document:
    state = {"reason": "ContainerStatusUnknown", "exitCode": 137, "startedAt": _NOW, "finishedAt": _NOW}
    return _status({"terminated": state})


_NOW = "2026-11-20T02:00:00Z"
ENDS: dict[str, Document] = {
    "missing": _waiting(
        "ErrImagePull",
        "rpc error: code = NotFound desc = failed to pull and unpack image "
        '"registry.internal/etl/missing:9": not found',
    ),
    "hungry": _ended("OOMKilled", 137),
    "evicted": {
        "phase": "Failed",
        "reason": "Evicted",
        "message": "The node was low on resource: memory. Threshold quantity: 100Mi, available: 41Mi.",
        "containerStatuses": [_killed()],
    },
    "waiting": {
        "phase": "Pending",
        "conditions": [
            {
                "type": "PodScheduled",
                "status": "False",
                "reason": "Unschedulable",
                "message": "0/3 nodes are available: 3 Insufficient memory.",
            }
        ],
    },
    "broken": _ended("Error", 1),
    "misconfigured": _waiting("CreateContainerConfigError", 'secret "warehouse-login" not found'),
    "leaving": {
        "phase": "Failed",
        "reason": "Terminated",
        "message": "Pod was terminated in response to imminent node shutdown.",
        "containerStatuses": [_killed()],
    },
}


class PodApi(BaseHTTPRequestHandler):
    """Create, read, list, delete; and the logs of a pod."""

    protocol_version = "HTTP/1.1"
    pods: ClassVar[dict[str, Document]] = {}

    def do_POST(self) -> None:
        """Take a pod, or refuse it where its namespace is locked."""
        body: Document = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        found = _POD.match(urlparse(self.path).path)
        if found is None:
            self._answer(404, {"kind": "Status", "code": 404})
        elif found["namespace"] == "locked":
            message = (
                'pods is forbidden: User "system:serviceaccount:airflow:worker" cannot create resource '
                '"pods" in API group "" in the namespace "locked"'
            )
            self._answer(
                403,
                {
                    "kind": "Status",
                    "status": "Failure",
                    "reason": "Forbidden",
                    "message": message,
                    "code": 403,
                },
            )
        elif found["namespace"] == "full":
            message = (
                'pods "run" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=20, '
                "limited: pods=20"
            )
            self._answer(403, {"kind": "Status", "reason": "Forbidden", "message": message})
        else:
            kind = body["spec"]["containers"][0]["image"].rpartition("/")[2].partition(":")[0]
            body["metadata"] |= {"uid": "0", "creationTimestamp": _NOW, "namespace": found["namespace"]}
            body["status"] = ENDS[kind]
            self.pods[body["metadata"]["name"]] = body
            self._answer(201, body)

    def do_GET(self) -> None:
        """Give a pod, its log, its events, or all pods."""
        path = urlparse(self.path).path
        if path.endswith("/events"):
            self._answer(200, {"kind": "EventList", "metadata": {}, "items": []})
            return
        found = _POD.match(path)
        if found is None or not found["name"]:
            self._answer(200, {"kind": "PodList", "metadata": {}, "items": []})
        elif found["sub"] == "/log":
            self._answer(200, "loading partition 3 of 8\n")
        elif found["name"] in self.pods:
            self._answer(200, self.pods[found["name"]])
        else:
            self._answer(404, {"kind": "Status", "code": 404, "reason": "NotFound"})

    def do_PATCH(self) -> None:
        """Leave a pod as it is."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def do_DELETE(self) -> None:
        """Forget a pod."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.pods.pop(urlparse(self.path).path.rpartition("/")[2], None)
        self._answer(200, {"kind": "Status", "status": "Success"})

    def _answer(self, status: int, document: Document | str) -> None:
        text = document if isinstance(document, str) else json.dumps(document)
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(document, str) else "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""
