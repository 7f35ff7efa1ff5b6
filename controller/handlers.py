"""What kopf calls: each handler remembers the object and queues the audit that it concerns, nothing more."""

from collections.abc import Mapping
from typing import Any

import kopf
from kubernetes.aio.client.api_client import ApiClient

from controller.health import Watchdog
from controller.observed import Key, Observed, slim
from controller.options import FIELD_MANAGER, GROUP, MANAGED_BY, VERSION
from controller.work_queue import WorkQueue


def sign_in(registry: kopf.OperatorRegistry, client: ApiClient) -> None:
    """Let kopf use the credentials of our own client, and renew them from it."""

    async def login(**_: Any) -> kopf.ConnectionInfo:  # noqa: ANN401
        configuration = client.configuration
        headers: dict[str, str] = {}
        await client.update_params_for_auth(headers, [], ["BearerToken"], "", "", None)
        token = headers.get("authorization", "").partition(" ")[2]
        return kopf.ConnectionInfo(
            server=configuration.host,
            ca_path=configuration.ssl_ca_cert,
            insecure=not configuration.verify_ssl,
            token=token or None,
            certificate_path=configuration.cert_file,
            private_key_path=configuration.key_file,
        )

    kopf.on.login(registry=registry, id="sign-in")(login)


def register(registry: kopf.OperatorRegistry, observed: Observed, queue: WorkQueue[Key]) -> None:
    """Watch audits, runs and what carries our label."""

    def watch(kind: str) -> Any:  # noqa: ANN401
        async def seen(event: Mapping[str, Any], **_: Any) -> None:  # noqa: ANN401
            body = dict(event["object"])
            key = observed.see(kind, slim(kind, body), deleted=event["type"] == "DELETED")
            if key is not None:
                queue.add(key)

        return seen

    ours = {MANAGED_BY: FIELD_MANAGER}
    kopf.on.event(GROUP, VERSION, "dagaudits", registry=registry, id="audits")(watch("DagAudit"))
    kopf.on.event(GROUP, VERSION, "dagauditruns", registry=registry, id="runs")(watch("DagAuditRun"))
    kopf.on.event("batch", "v1", "cronjobs", labels=ours, registry=registry, id="crons")(watch("CronJob"))
    kopf.on.event("batch", "v1", "jobs", labels=ours, registry=registry, id="jobs")(watch("Job"))
    kopf.on.event("", "v1", "pods", labels=ours, registry=registry, id="pods")(watch("Pod"))


def register_lease(registry: kopf.OperatorRegistry, watchdog: Watchdog) -> None:
    """Watch our own Lease."""

    async def seen(event: Mapping[str, Any], **_: Any) -> None:  # noqa: ANN401
        watchdog.lease_came_back(dict(event["object"]))

    kopf.on.event("coordination.k8s.io", "v1", "leases", registry=registry, id="lease")(seen)
