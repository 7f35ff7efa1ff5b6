"""`dagaudit run`: starts a run of a DagAudit in the cluster, and tells how it goes."""

import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dagaudit.errors import DagAuditError, SpecInvalid

if TYPE_CHECKING:
    from dagaudit.cli.cluster import Cluster

EXIT_FAILED = 1
EXIT_GATE_FAILED = 80
POLL_SECONDS = 0.5
Object = dict[str, Any]


def command(
    audit: Annotated[str, typer.Argument(metavar="AUDIT", help="The DagAudit's name.")],
    namespace: Annotated[
        str | None,
        typer.Option("--namespace", "-n", metavar="NS", help="Its namespace; default: the context's."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Follow the run to its end.")] = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="With --wait: give up after this.")
    ] = 3600,
    kubeconfig: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: KUBECONFIG, or ~/.kube/config.")
    ] = None,
) -> None:
    """Run a DagAudit in the cluster now; with --wait: 0 it succeeded, 1 it failed, 80 its gate failed."""
    from dagaudit.cli.cluster import connect

    cluster = connect(kubeconfig, namespace)
    name = _start(cluster, audit)
    typer.echo(f"dagauditrun/{name} created in namespace {cluster.namespace}")
    if wait:
        raise typer.Exit(_follow(cluster, audit, name, time.monotonic() + timeout))


def _start(cluster: "Cluster", audit: str) -> str:
    from dagaudit.cli.cluster import GROUP, VERSION, ClusterError

    try:
        found = cluster.call("GET", cluster.ours("dagaudits", audit))
    except ClusterError as error:
        if error.status != 404:
            raise
        raise SpecInvalid(
            f"there is no DagAudit {audit} in namespace {cluster.namespace}; "
            "kubectl get dagaudits --all-namespaces lists them, -n chooses a namespace"
        ) from error
    name = f"{audit}-run-{uuid.uuid4().hex[:8]}"
    meta = found["metadata"]
    owner = {"apiVersion": f"{GROUP}/{VERSION}", "kind": "DagAudit", "name": audit, "uid": meta["uid"]}
    cluster.call(
        "POST",
        cluster.ours("dagauditruns"),
        {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": "DagAuditRun",
            # Deleting the audit deletes this run too, like those that the operator records.
            "metadata": {"name": name, "namespace": cluster.namespace, "ownerReferences": [owner]},
            "spec": {"auditRef": audit, "reason": "Manual"},
        },
    )
    return name


def _follow(cluster: "Cluster", audit: str, name: str, deadline: float) -> int:
    told = ""
    while True:
        run = cluster.call("GET", cluster.ours("dagauditruns", name))
        status = run.get("status") or {}
        line = _line(status) if status else _before(cluster, audit, name)
        if line != told:
            typer.echo(f"{name}: {line}")
            told = line
        if status.get("result") in ("Succeeded", "Partial", "Failed"):
            return _end(status)
        if time.monotonic() > deadline:
            raise DagAuditError(
                f"{name} has not ended in time, and goes on; "
                f"kubectl -n {cluster.namespace} get dagauditrun {name} tells how it is"
            )
        time.sleep(POLL_SECONDS)


def _line(status: Object) -> str:
    succeeded = condition(status, "Succeeded")
    return f"{succeeded.get('reason', status.get('result', ''))}: {succeeded.get('message', '')}"


def _before(cluster: "Cluster", audit: str, name: str) -> str:
    """Why the run has not started yet."""
    status = cluster.call("GET", cluster.ours("dagaudits", audit)).get("status") or {}
    valid = condition(status, "SpecValid")
    if valid.get("status") == "False":
        raise SpecInvalid(f"{audit} cannot run: {valid['message']}")
    others = [one for one in status.get("activeRuns") or [] if one != name]
    return f"waits for {', '.join(others)} to end" if others else "waits for the operator"


def _end(status: Object) -> int:
    if status.get("reportURI"):
        typer.echo(status["reportURI"])
    if status["result"] == "Failed":
        return EXIT_FAILED
    gate = condition(status, "GatePassed")
    if gate.get("status") == "False":
        typer.echo(f"gate failed: {gate.get('message', '')}")
        return EXIT_GATE_FAILED
    return 0


def condition(status: Object, kind: str) -> Object:
    """A condition of a status, or an empty one."""
    return next((one for one in status.get("conditions") or [] if one["type"] == kind), {})
