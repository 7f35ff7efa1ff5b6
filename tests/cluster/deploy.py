"""Installs what a test site consists of: S3 and logs by moto, a tiny model, and the charts from the test images."""

import json
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.cluster import Running
from tests.cluster.images import TAG

ROOT = Path(__file__).parent.parent.parent
NAMESPACE = "dagaudit"
CREDENTIALS = {
    "AWS_ENDPOINT_URL": "http://moto:5000",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
WAIT = ("--wait", "--timeout=180s")


def everything(running: Running) -> None:
    """A namespace with S3, the operator and the dashboard."""
    namespace(running)
    moto(running)
    operator(running)
    dashboard(running, "s3://reports/audits/dagaudit/nightly")


def namespace(running: Running, name: str = NAMESPACE) -> None:
    """A namespace that admits restricted pods only."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    apply(running, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})


def moto(running: Running) -> None:
    """S3 and CloudWatch Logs in a pod, at http://moto:5000."""
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "moto", "namespace": NAMESPACE, "labels": {"app": "moto"}},
        "spec": {
            "automountServiceAccountToken": False,
            # Else Kubernetes sets MOTO_PORT to a URL, and moto takes it for its own port.
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "moto",
                    "image": f"dagaudit/moto:{TAG}",
                    "imagePullPolicy": "Never",
                    "ports": [{"containerPort": 5000}],
                    "readinessProbe": {"tcpSocket": {"port": 5000}, "periodSeconds": 1},
                    "securityContext": RESTRICTED,
                    "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
                }
            ],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
        },
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "moto", "namespace": NAMESPACE},
        "spec": {"selector": {"app": "moto"}, "ports": [{"port": 5000}]},
    }
    apply(running, pod, service)
    running.kubectl("wait", "pod/moto", "-n", NAMESPACE, "--for=condition=Ready", "--timeout=120s")


def operator(running: Running, *words: str, charts: Path = ROOT / "charts") -> None:
    """Chart dagaudit-operator, installed or upgraded."""
    given = (*_image("image"), *_image("runnerImage"), *words)
    _release(running, charts / "dagaudit-operator", *given)


def dashboard(running: Running, reports: str, *words: str) -> None:
    """Chart dagaudit-dashboard on a reports root."""
    given = [f"--set=extraEnv.{name}={value}" for name, value in sorted(CREDENTIALS.items())]
    _chart(running, "dagaudit-dashboard", *_image("image"), f"--set=reports={reports}", *given, *words)


def ollama(running: Running, claim: str, *words: str) -> None:
    """Chart dagaudit-ollama without a GPU, on a claim that holds the tiny model."""
    values = {
        "models": ["tiny"],
        "sync": {"mode": "none"},
        "gpu": {"enabled": False},
        "persistence": {"existingClaim": claim},
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"memory": "1Gi"},
        },
        "tolerations": [],
    }
    given = [f"--set-json={name}={json.dumps(value)}" for name, value in values.items()]
    _chart(running, "dagaudit-ollama", *_image("image", "ollama"), *given, *words)


def apply(running: Running, *documents: dict[str, Any]) -> None:
    """Server-side apply of some documents."""
    running.kubectl("apply", "--server-side", "-f", "-", stdin=yaml.safe_dump_all(documents))


def _chart(running: Running, name: str, *words: str) -> None:
    _release(running, ROOT / "charts" / name, *words)


def _release(running: Running, chart: Path, *words: str) -> None:
    place = ("--namespace", NAMESPACE, *WAIT)
    running.helm("upgrade", "--install", chart.name, str(chart), *place, *words)


def _image(key: str, name: str | None = None) -> list[str]:
    made = [f"--set={key}.tag={TAG}", f"--set={key}.pullPolicy=Never"]
    return [*made, f"--set={key}.repository=dagaudit/{name}"] if name else made
