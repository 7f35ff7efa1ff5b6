"""A real API server with real controllers, and our operator against it from outside."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from controller.crd import definitions
from tests.cluster import cluster as clusters
from tests.cluster import programs
from tests.cluster.cluster import Cluster, Layer, Running
from tests.cluster.processes import free_ports

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Running]:
    """The cluster that KUBECONFIG names, else a control plane of this session's own; with the CRDs."""
    given = os.environ.get("KUBECONFIG")
    if given:
        running = Running(Path(given), None)
        install_crds(running)
        yield running
    else:
        yield from own_control_plane("operator")


def own_control_plane(purpose: str) -> Iterator[Cluster]:
    """A control plane of our own, whose programs a test may stop and kill; one for each purpose."""
    name = f"{purpose}-{os.getpid()}"
    try:
        started = clusters.up(name, Layer.CONTROL_PLANE)
        install_crds(started)
        yield started
    finally:
        clusters.down(name)


def install_crds(running: Running) -> None:
    """Apply the CRDs and wait until they are served."""
    running.kubectl("apply", "--server-side", "-f", "-", stdin=yaml.safe_dump_all(definitions()))
    names = [f"crd/{one['metadata']['name']}" for one in definitions()]
    running.kubectl("wait", "--for=condition=Established", *names, "--timeout=30s")


@dataclass
class Namespace:
    """A namespace of one test's own."""

    cluster: Running
    name: str

    def kubectl(self, *words: str, stdin: str | None = None) -> str:
        return self.cluster.kubectl("--namespace", self.name, *words, stdin=stdin)

    def apply(self, document: dict[str, Any]) -> None:
        self.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(document))

    def get(self, kind: str, name: str) -> dict[str, Any]:
        return dict(json.loads(self.kubectl("get", kind, name, "-o", "json")))

    def list(self, kind: str) -> list[dict[str, Any]]:
        return list(json.loads(self.kubectl("get", kind, "-o", "json"))["items"])

    def condition(self, name: str, kind: str) -> dict[str, Any]:
        status = self.get("dagaudit", name).get("status") or {}
        found = [one for one in status.get("conditions") or [] if one["type"] == kind]
        return found[0] if found else {}

    def patch_status(self, kind: str, name: str, status: dict[str, Any]) -> None:
        patch = json.dumps({"status": status})
        self.kubectl("patch", kind, name, "--subresource=status", "--type=merge", "-p", patch)


@pytest.fixture
def namespace(cluster: Running, request: pytest.FixtureRequest) -> Iterator[Namespace]:
    name = f"t-{abs(hash(request.node.nodeid)) % 10**10}"
    cluster.kubectl("create", "namespace", name)
    cluster.kubectl("--namespace", name, "create", "serviceaccount", "dagaudit-runner")
    yield Namespace(cluster, name)
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def audit(name: str = "nightly", **spec: Any) -> dict[str, Any]:
    """A DagAudit as people write it."""
    return {
        "apiVersion": "dagaudit.io/v1alpha1",
        "kind": "DagAudit",
        "metadata": {"name": name},
        "spec": {
            "schedule": "0 2 * * *",
            "source": {"s3": {"uri": "s3://dags/prod"}},
            "report": {"destination": {"s3": {"uri": "s3://reports/audits"}}},
            **spec,
        },
    }


@dataclass
class Operator:
    """`python -m controller` as a process of ours."""

    kubeconfig: Path
    arguments: tuple[str, ...] = ()
    log: Path = Path("/dev/null")
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        (self.port,) = free_ports(1)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "controller", "--kubeconfig", str(self.kubeconfig)),
                    *(
                        "--port",
                        str(self.port),
                        "--lease-seconds",
                        "4",
                        "--log-format",
                        "text",
                        *self.arguments,
                    ),
                ],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """At once, in the middle of whatever it does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)

    def metrics(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    def leads(self) -> bool:
        try:
            return "dagaudit_leader 1.0" in self.metrics()
        except (urllib.error.URLError, OSError):
            return False

    def writes(self) -> float:
        """Calls that change something, as the operator itself counts them."""
        lines = [
            line for line in self.metrics().splitlines() if line.startswith("dagaudit_kube_api_calls_total{")
        ]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if 'method="GET"' not in line)


@pytest.fixture(scope="module")
def operator(cluster: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """An operator that watches the whole cluster, shared by a module's tests."""
    log = tmp_path_factory.mktemp("operator") / "operator.log"
    yield from _running(Operator(cluster.kubeconfig, ("--own-namespace", "kube-system"), log))


@pytest.fixture
def own_operator(cluster: Running, namespace: Namespace, tmp_path: Path) -> Iterator[Operator]:
    """An operator that watches the test's namespace only: to be killed, blinded and robbed."""
    scope = ("--namespace", namespace.name, "--own-namespace", namespace.name)
    yield from _running(Operator(cluster.kubeconfig, scope, tmp_path / "operator.log"))


def _running(one: Operator) -> Iterator[Operator]:
    one.start()
    try:
        eventually(one.leads, seconds=90)
        yield one
    finally:
        one.stop()


def eventually(holds: Callable[[], Any], seconds: float = 30) -> Any:
    """Poll until it holds, as a watcher of a real system must; the last value says what was there instead."""
    deadline = time.monotonic() + seconds
    while True:
        value = holds()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(
                f"not within {seconds} s: {getattr(holds, '__name__', holds)} gave {value!r}"
            )
        time.sleep(0.1)


@pytest.fixture(scope="session")
def helm() -> Path:
    """The Helm program."""
    return programs.build(programs.HELM) / "helm"


def run_now(namespace: Namespace, value: str, name: str = "nightly") -> None:
    namespace.kubectl("annotate", "dagaudit", name, f"dagaudit.io/run-now={value}", "--overwrite")


def only_job(namespace: Namespace) -> dict:
    return eventually(lambda: namespace.list("jobs"))[0]


def end_job(namespace: Namespace, job: dict, *, message: str, code: int = 0, reason: str = "") -> None:
    """What the kubelet would report of the run's pod; the Job controller draws its own conclusions."""
    pod = eventually(
        lambda: [
            one
            for one in namespace.list("pods")
            if one["metadata"]["labels"].get("job-name") == job["metadata"]["name"]
            and one.get("status", {}).get("phase") in (None, "Pending", "Running")
        ]
    )[0]
    ended = {"exitCode": code, "message": message, "reason": reason or ("Error" if code else "Completed")}
    ended["startedAt"] = ended["finishedAt"] = "2026-11-21T02:00:00Z"
    container = {
        "name": "runner",
        "image": "x",
        "imageID": "x",
        "ready": False,
        "restartCount": 0,
        "state": {"terminated": ended},
    }
    phase = "Failed" if code else "Succeeded"
    namespace.patch_status("pod", pod["metadata"]["name"], {"phase": phase, "containerStatuses": [container]})


def summary(**fields: object) -> str:
    return json.dumps(
        {
            "exit_code": 0,
            "report_id": "20261121T020000Z-00000000",
            "report": "s3://reports/audits/runs/dt=2026-11-21/run=20261121T020000Z-00000000",
            "status": "ok",
            "gate": "passed",
            "dags": 14,
            "findings": {"critical": 1, "high": 2, "medium": 3, "low": 4},
            **fields,
        }
    )
