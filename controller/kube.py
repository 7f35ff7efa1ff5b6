"""The only module that calls the Kubernetes API: plain dicts in, plain dicts out."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

import aiohttp
from kubernetes.aio import config
from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.client.configuration import Configuration

from controller.metrics import API_CALLS
from controller.options import FIELD_MANAGER, GROUP, VERSION
from dagaudit.errors import DagAuditError

log = logging.getLogger(__name__)

Object = dict[str, Any]
TIMEOUT_SECONDS = 30.0
PAGE = 500


class KubeError(DagAuditError):
    """The API server refused or did not answer; trying again may help."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class KubeMissing(KubeError):
    """No such object."""


class KubeConflict(KubeError):
    """It exists already, or somebody else changed it."""


class KubeForbidden(KubeError):
    """Our service account may not; somebody has to grant it."""


class KubeInvalid(KubeError):
    """The API server found the object wrong; the same call will fail again."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind, as it stands in URLs."""

    group: str
    version: str
    plural: str
    kind: str

    @property
    def api_version(self) -> str:
        """As in an object's apiVersion."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None, name: str | None = None, subresource: str | None = None) -> str:
        """The URL's path."""
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        parts += ["namespaces", namespace] if namespace else []
        parts += [part for part in (self.plural, name, subresource) if part]
        return "/" + "/".join(parts)


AUDITS = Resource(GROUP, VERSION, "dagaudits", "DagAudit")
RUNS = Resource(GROUP, VERSION, "dagauditruns", "DagAuditRun")
CRON_JOBS = Resource("batch", "v1", "cronjobs", "CronJob")
JOBS = Resource("batch", "v1", "jobs", "Job")
PODS = Resource("", "v1", "pods", "Pod")
EVENTS = Resource("", "v1", "events", "Event")
DEPLOYMENTS = Resource("apps", "v1", "deployments", "Deployment")
LEASES = Resource("coordination.k8s.io", "v1", "leases", "Lease")
KINDS = {one.kind: one for one in (AUDITS, RUNS, CRON_JOBS, JOBS, PODS, EVENTS, DEPLOYMENTS, LEASES)}


async def connect(kubeconfig: str | None) -> ApiClient:
    """A client signed in by the pod's service account, or by a kubeconfig where one is named."""
    configuration = Configuration()
    if kubeconfig:
        await config.load_kube_config(  # type: ignore[no-untyped-call]
            config_file=kubeconfig, client_configuration=configuration
        )
    else:
        config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    return ApiClient(configuration)


class Kube:
    """Verbs on objects."""

    def __init__(self, client: ApiClient) -> None:
        self.client = client

    async def get(self, resource: Resource, namespace: str, name: str) -> Object:
        """One object."""
        return await self._call("GET", resource, resource.path(namespace, name))

    async def list(
        self, resource: Resource, namespace: str | None = None, labels: str = ""
    ) -> tuple[list[Object], int]:
        """All objects, of one namespace or of the cluster, and the version that they were seen at."""
        query = {"limit": str(PAGE)} | ({"labelSelector": labels} if labels else {})
        found: list[Object] = []
        while True:
            answer = await self._call("GET", resource, resource.path(namespace), query)
            # In a list, objects do not say what they are.
            said = {"apiVersion": resource.api_version, "kind": resource.kind}
            found += [{**said, **one} for one in answer.get("items") or []]
            meta = answer.get("metadata") or {}
            if not meta.get("continue"):
                return found, int(meta.get("resourceVersion") or 0)
            query = {**query, "continue": meta["continue"]}

    async def apply(self, resource: Resource, body: Object) -> Object:
        """Server-side apply: what we set is ours, what others set stays."""
        meta = body["metadata"]
        return await self._call(
            "PATCH",
            resource,
            resource.path(meta["namespace"], meta["name"]),
            {"fieldManager": FIELD_MANAGER, "force": "true"},
            (body, "application/apply-patch+yaml"),
        )

    async def create(self, resource: Resource, body: Object) -> Object:
        """Make it; KubeConflict where it exists."""
        path = resource.path(body["metadata"]["namespace"])
        return await self._call(
            "POST", resource, path, {"fieldManager": FIELD_MANAGER}, (body, "application/json")
        )

    async def merge(self, resource: Resource, body: Object, subresource: str | None = None) -> Object:
        """Merge-patch an object or its subresource; a uid in the body guards against a namesake."""
        meta = body["metadata"]
        return await self._call(
            "PATCH",
            resource,
            resource.path(meta["namespace"], meta["name"], subresource),
            {"fieldManager": FIELD_MANAGER},
            (body, "application/merge-patch+json"),
        )

    async def delete(self, resource: Resource, namespace: str, name: str) -> None:
        """Remove it and, in the background, what it owns; a missing one is no error."""
        options = {"propagationPolicy": "Background"}
        try:
            await self._call(
                "DELETE", resource, resource.path(namespace, name), None, (options, "application/json")
            )
        except KubeMissing:
            return

    async def _call(
        self,
        method: str,
        resource: Resource,
        path: str,
        query: Mapping[str, str] | None = None,
        payload: tuple[Object, str] | None = None,
    ) -> Object:
        configuration = self.client.configuration
        url = f"{configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json", "User-Agent": FIELD_MANAGER}
        body = None
        if payload:
            body, headers["Content-Type"] = payload
        headers, _ = await _signed(self.client, headers)
        try:
            answer = await self.client.call_api(
                method, url, header_params=headers, body=body, _request_timeout=TIMEOUT_SECONDS
            )
            data = await answer.read()  # type: ignore[no-untyped-call]
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            API_CALLS.labels(method, resource.plural, "unreachable").inc()
            text = f"{method} {path}: the API server does not answer ({type(error).__name__}: {error})"
            raise KubeError(0, "Unreachable", text) from error
        status = int(answer.status)
        API_CALLS.labels(method, resource.plural, str(status)).inc()
        document = json.loads(data) if data else {}
        if status >= 400:
            raise _error(status, document, f"{method} {path}")
        return cast("Object", document)


async def _signed(client: ApiClient, headers: dict[str, str]) -> tuple[dict[str, str], None]:
    queries: list[tuple[str, str]] = []
    await client.update_params_for_auth(headers, queries, ["BearerToken"], "", "", None)
    return headers, None


def _error(status: int, document: Object, call: str) -> KubeError:
    reason = str(document.get("reason") or status)
    text = f"{call}: {document.get('message') or reason}"
    kinds = {403: KubeForbidden, 404: KubeMissing, 409: KubeConflict, 422: KubeInvalid, 400: KubeInvalid}
    return kinds.get(status, KubeError)(status, reason, text)
