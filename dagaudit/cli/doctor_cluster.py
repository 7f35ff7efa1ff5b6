"""What `dagaudit doctor` looks at in a cluster."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from dagaudit.audit_status import AuditStatus, RunSpec, RunStatus
from dagaudit.cli.cluster import GROUP, VERSION, Cluster, ClusterError
from dagaudit.cli.doctor_check import Check, fail, ok, warn
from dagaudit.cli.doctor_schema import lacking
from dagaudit.cli.run import condition
from dagaudit.spec import AuditSpec

LEASE = "dagaudit-operator"
INSTALL_CRDS = "helm upgrade --install dagaudit-crds charts/dagaudit-crds"
INSTALL_OPERATOR = "helm upgrade --install dagaudit charts/dagaudit -n dagaudit --create-namespace"
# (verb, resource), and whether doctor itself cannot go on without it.
WANTED = (
    ("list", "dagaudits", True),
    ("list", "dagauditruns", True),
    ("create", "dagaudits", False),
    ("create", "dagauditruns", False),
)
MODELS: dict[str, tuple[tuple[str, type[BaseModel]], ...]] = {
    "DagAudit": (("spec", AuditSpec), ("status", AuditStatus)),
    "DagAuditRun": (("spec", RunSpec), ("status", RunStatus)),
}
MOST_NAMED = 8
Object = dict[str, Any]


def cluster_checks(cluster: Cluster) -> Iterator[Check]:
    """From the API server to each DagAudit; what hangs on a failed check is left out."""
    try:
        version = cluster.call("GET", "/version")
    except ClusterError as error:
        yield fail(str(error), "check the kubeconfig's server and your sign-in: kubectl cluster-info")
        return
    yield ok(f"API server {version.get('gitVersion')} answers at {cluster.server}")
    definitions = list(_definitions(cluster))
    yield from definitions
    yield _operator(cluster)
    if any(check.verdict == "fail" for check in definitions):
        return
    rights = list(_rights(cluster))
    yield from rights
    if not any(check.verdict == "fail" for check in rights):
        yield from _audits(cluster)


def _definitions(cluster: Cluster) -> Iterator[Check]:
    for kind, plural in (("DagAudit", "dagaudits"), ("DagAuditRun", "dagauditruns")):
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.{GROUP}"
        try:
            yield _definition(kind, cluster.call("GET", path))
        except ClusterError as error:
            if error.status == 404:
                yield fail(f"the cluster does not know {kind}", INSTALL_CRDS)
            else:
                yield warn(f"whether {kind} is installed cannot be seen: {error}", "ask who may read CRDs")


def _definition(kind: str, found: Object) -> Check:
    served = {one["name"]: one for one in found["spec"]["versions"] if one["served"]}
    if VERSION not in served:
        return fail(f"{kind} is not served as {VERSION} but as {', '.join(served)}", INSTALL_CRDS)
    installed = served[VERSION]["schema"]["openAPIV3Schema"]["properties"]
    missing = [each for part, model in MODELS[kind] for each in lacking(installed.get(part, {}), model, part)]
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        lacks = f"{', '.join(missing[:MOST_NAMED])}{more}"
        return fail(f"{kind} is installed in an older version: it lacks {lacks}", INSTALL_CRDS)
    return ok(f"{kind} is installed, {VERSION}")


def _operator(cluster: Cluster) -> Check:
    path = "/apis/coordination.k8s.io/v1/leases"
    try:
        found = cluster.call("GET", path, query={"fieldSelector": f"metadata.name={LEASE}"})["items"]
    except ClusterError as error:
        return warn(f"the operator's Lease cannot be seen: {error}", "ask who may list leases")
    if not found:
        return fail("no operator has ever led in this cluster", INSTALL_OPERATOR)
    newest = max(found, key=lambda one: one["spec"].get("renewTime") or "")
    where, spec = newest["metadata"]["namespace"], newest["spec"]
    renewed = (
        datetime.fromisoformat(spec["renewTime"])
        if spec.get("renewTime")
        else datetime.min.replace(tzinfo=UTC)
    )
    age = (datetime.now(UTC) - renewed).total_seconds()
    holder = spec.get("holderIdentity") or "nobody"
    if age > 2 * spec.get("leaseDurationSeconds", 15):
        return fail(
            f"no operator leads: {holder} last said so at {spec.get('renewTime')}",
            f"kubectl -n {where} get pods,events; kubectl -n {where} logs deployment/dagaudit-operator",
        )
    return ok(f"the operator leads: {holder} in namespace {where}")


def _rights(cluster: Cluster) -> Iterator[Check]:
    for verb, resource, needed in WANTED:
        asked = {"verb": verb, "group": GROUP, "resource": resource, "namespace": cluster.namespace}
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": asked},
        }
        said = f"you may {verb} {resource} in namespace {cluster.namespace}"
        try:
            answer = cluster.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
        except ClusterError as error:
            yield warn(f"what you may do cannot be asked: {error}", "kubectl auth can-i --list")
            continue
        if answer["status"].get("allowed"):
            yield ok(said)
            continue
        role = "view" if verb == "list" else "edit"
        remedy = f"ask for the ClusterRole {role} in namespace {cluster.namespace}"
        said = said.replace("you may", "you may not")
        yield fail(said, remedy) if needed else warn(said, remedy)


def _audits(cluster: Cluster) -> Iterator[Check]:
    audits = cluster.call("GET", cluster.ours("dagaudits"))["items"]
    if not audits:
        yield warn(
            f"namespace {cluster.namespace} has no DagAudit",
            "dagaudit init writes one for kubectl apply, -n chooses another namespace",
        )
    accounts = {(one["spec"].get("pod") or {}).get("serviceAccountName", "dagaudit-runner") for one in audits}
    for account in sorted(accounts):
        yield _account(cluster, account)
    for one in audits:
        yield _ready(cluster, one)


def _account(cluster: Cluster, name: str) -> Check:
    try:
        cluster.call("GET", f"/api/v1/namespaces/{cluster.namespace}/serviceaccounts/{name}")
    except ClusterError as error:
        remedy = f"kubectl -n {cluster.namespace} create serviceaccount {name}, with its IAM role"
        if error.status == 404:
            return fail(f"ServiceAccount {name} is missing: runs cannot make pods", remedy)
        return warn(f"ServiceAccount {name} cannot be seen: {error}", remedy)
    return ok(f"ServiceAccount {name} exists")


def _ready(cluster: Cluster, audit: Object) -> Check:
    name, meta = audit["metadata"]["name"], audit["metadata"]
    if audit["spec"].get("managedBy"):
        return ok(f"DagAudit {name} is left to {audit['spec']['managedBy']}")
    status = audit.get("status") or {}
    ready = condition(status, "Ready")
    tells = f"kubectl -n {cluster.namespace} describe dagaudit {name}"
    if not ready or status.get("observedGeneration") != meta.get("generation"):
        return warn(f"DagAudit {name}: the operator has not looked at its newest spec yet", tells)
    said = f"DagAudit {name}: {ready['reason']}: {ready['message']}"
    return ok(said) if ready["status"] == "True" else fail(said, tells)
