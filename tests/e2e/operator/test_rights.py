"""The chart's rights are what the operator needs: nothing it does is refused, and nothing is granted for nothing."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.cluster import programs
from tests.cluster.cluster import Cluster
from tests.e2e.operator.conftest import (
    Namespace,
    Operator,
    audit,
    end_job,
    eventually,
    run_now,
    summary,
)

CHART = Path(__file__).parents[3] / "charts" / "dagaudit-operator"
HOME = "operator-home"
MODEL = "operator-model"
RIGHTS = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "ServiceAccount")
ACCOUNT = "release-operator"
OLLAMA = {"mode": "BestEffort", "endpoint": "http://ollama.llm.svc:11434", "model": "llama3.2"}
Right = tuple[str, str, str]
"""API group, resource and verb."""


@dataclass
class Granted:
    """An operator that signs in as the chart's service account."""

    operator: Operator
    rules: list[dict]
    audit_log: Path

    def rights(self) -> set[Right]:
        """All that the chart grants it."""
        return {
            (group, resource, verb)
            for rule in self.rules
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        }

    def asked(self) -> list[tuple[Right, int]]:
        """All that it asked of the API server, with the answer's status."""
        found = []
        for line in self.audit_log.read_text().splitlines():
            event = json.loads(line)
            if event["user"]["username"] != f"system:serviceaccount:{HOME}:{ACCOUNT}":
                continue
            if "resource" not in (about := event.get("objectRef") or {}):
                continue
            resource = "/".join(filter(None, [about["resource"], about.get("subresource")]))
            code = event["responseStatus"]["code"]
            group = about.get("apiGroup", "")
            found.append(((group, resource, event["verb"]), code))
            if event["verb"] == "patch" and code == 201:
                # An apply that makes the object needs the right to create it.
                found.append(((group, resource, "create"), code))
        return found


def rendered(*words: str) -> list[dict]:
    command = [programs.build(programs.HELM) / "helm", "template", "release", CHART, "--namespace", HOME]
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=True)
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def sign_in(cluster: Cluster, folder: Path) -> Path:
    """A kubeconfig of the chart's service account."""
    token = cluster.kubectl("--namespace", HOME, "create", "token", ACCOUNT, "--duration=1h").strip()
    place = {
        "server": cluster.plane.server,
        "certificate-authority": str(cluster.plane.authority.certificate_path),
    }
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "it",
        "clusters": [{"name": "it", "cluster": place}],
        "users": [{"name": "it", "user": {"token": token}}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
    }
    path = folder / "operator.kubeconfig"
    path.write_text(yaml.safe_dump(document))
    return path


@pytest.fixture(params=["cluster", "namespaces"])
def granted(
    cluster: Cluster, namespace: Namespace, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Granted]:
    """An operator in a namespace of its own, with the rights that the chart gives it and no others."""
    words = ["--set", f"llm.deployment={MODEL}/ollama"]
    if request.param == "namespaces":
        words += ["--set", f"watchNamespaces={{{namespace.name}}}"]
    documents = rendered(*words)
    rights = [one for one in documents if one["kind"] in RIGHTS]
    for name in (HOME, MODEL):
        cluster.kubectl("create", "namespace", name)
    cluster.plane.audit_log.write_text("")
    cluster.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(rights))
    cluster.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(deployment()))
    (container,) = next(one for one in documents if one["kind"] == "Deployment")["spec"]["template"]["spec"][
        "containers"
    ]
    arguments = tuple(one for one in container["args"] if not one.startswith("--identity"))
    operator = Operator(sign_in(cluster, tmp_path), arguments, tmp_path / "operator.log")
    bound = {one["roleRef"]["name"] for one in rights if one["kind"].endswith("Binding")}
    rules = [rule for one in rights if one["metadata"]["name"] in bound for rule in one.get("rules") or []]
    operator.start()
    try:
        eventually(operator.leads, seconds=90)
        yield Granted(operator, rules, cluster.plane.audit_log)
    finally:
        operator.stop()
        cluster.kubectl("delete", "-f", "-", stdin=yaml.safe_dump_all(rights))
        cluster.kubectl("delete", "namespace", HOME, MODEL)


def deployment() -> dict:
    """The model's Deployment, asleep."""
    labels = {"app": "ollama"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "ollama", "image": "x"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    place = {"name": "ollama", "namespace": MODEL}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": place, "spec": spec}


def exercise(namespace: Namespace) -> None:
    """All that an operator has to do in its life."""
    names_taken(namespace)
    namespace.apply(audit(llm=OLLAMA, concurrencyPolicy="Allow", runHistory={"successful": 0, "failed": 1}))
    eventually(lambda: namespace.list("cronjobs"))
    namespace.kubectl(
        "patch", "cronjob", "nightly", "--type=merge", "-p", '{"spec":{"schedule":"* * * * *"}}'
    )
    eventually(lambda: namespace.get("cronjob", "nightly")["spec"]["schedule"] == "0 2 * * *")
    run_now(namespace, "1")
    job = eventually(
        lambda: [one for one in namespace.list("jobs") if one["metadata"]["name"].startswith("nightly-now")]
    )[0]
    eventually(lambda: model_replicas(namespace) == 1)
    end_job(namespace, job, message=summary())
    eventually(
        lambda: job["metadata"]["name"] not in [one["metadata"]["name"] for one in namespace.list("jobs")]
    )
    namespace.apply(audit("wrong", pod={"serviceAccountName": "admin"}))
    eventually(lambda: namespace.condition("wrong", "SpecValid").get("status") == "False")
    namespace.kubectl(
        "patch", "dagaudit", "nightly", "--type=json", "-p", '[{"op":"remove","path":"/spec/schedule"}]'
    )
    eventually(lambda: not namespace.list("cronjobs"))


def names_taken(namespace: Namespace) -> None:
    """A Job and a run whose names are taken: what the operator would make is there, so it reads it."""
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "x", "image": "x"}]}}
    names = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "by-hand"}}
    namespace.apply({**names, "spec": {"suspend": True, "template": template}})
    for name, reference in (("by-hand", "nightly"), ("foreign", "another")):
        made = {"apiVersion": "dagaudit.io/v1alpha1", "kind": "DagAuditRun", "metadata": {"name": name}}
        namespace.apply({**made, "spec": {"auditRef": reference}})
    labels = {"app.kubernetes.io/managed-by": "dagaudit-operator", "dagaudit.io/audit": "nightly"}
    ours = {**names, "metadata": {"name": "foreign", "labels": labels}}
    namespace.apply({**ours, "spec": {"suspend": True, "template": template}})


def model_replicas(namespace: Namespace) -> int:
    found = namespace.cluster.kubectl("--namespace", MODEL, "get", "deployment", "ollama", "-o", "json")
    return int(json.loads(found)["spec"]["replicas"])


def test_chart_grants_what_is_used_and_nothing_else(namespace, granted: Granted):
    exercise(namespace)

    asked = granted.asked()

    assert [right for right, code in asked if code in (401, 403)] == []
    assert granted.rights() - {right for right, _ in asked} == set()
    assert "orbidden" not in granted.operator.log.read_text()
    assert 'status="403"' not in granted.operator.metrics()


@pytest.mark.parametrize("granted", ["cluster"], indirect=True)
def test_right_that_was_taken_away_is_told_and_heals_when_given_back(cluster, namespace, granted: Granted):
    namespace.apply(audit())
    eventually(lambda: namespace.condition("nightly", "Ready").get("status") == "True")
    role = json.loads(cluster.kubectl("get", "clusterrole", ACCOUNT, "-o", "json"))
    without = [rule for rule in role["rules"] if rule["resources"] != ["cronjobs"]]
    change_rules(cluster, without)

    namespace.apply(audit(schedule="0 7 * * *"))

    eventually(lambda: namespace.condition("nightly", "Ready").get("reason") == "CronJobRefused")
    told = namespace.condition("nightly", "Ready")
    assert told["status"] == "False"
    assert 'cannot patch resource "cronjobs"' in told["message"]
    change_rules(cluster, role["rules"])
    eventually(lambda: namespace.get("cronjob", "nightly")["spec"]["schedule"] == "0 7 * * *")
    eventually(lambda: namespace.condition("nightly", "Ready").get("status") == "True")


def change_rules(cluster: Cluster, rules: list[dict]) -> None:
    patch = json.dumps([{"op": "replace", "path": "/rules", "value": rules}])
    cluster.kubectl("patch", "clusterrole", ACCOUNT, "--type=json", "-p", patch)
