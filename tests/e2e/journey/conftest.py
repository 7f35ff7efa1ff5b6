"""A real node with everything installed: the images built here, the charts, S3 by moto, a real Ollama."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.cluster import cluster as clusters
from tests.cluster import deploy, images, node, programs
from tests.cluster.cluster import Cluster, Layer
from tests.cluster.processes import free_ports

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def site() -> Iterator[Cluster]:
    """A node with the images, S3 with the example DAGs and logs, and the operator."""
    archives = images.build_all()
    name = f"journey-{os.getpid()}"
    try:
        running = clusters.up(name, Layer.NODE)
        for archive in archives.values():
            node.load_image(running.node, archive)
        deploy.namespace(running)
        deploy.moto(running)
        with s3(running) as client:
            upload(client)
        deploy.operator(running)
        yield running
    finally:
        clusters.down(name)


@contextmanager
def forwarded(running: Cluster, service: str, port: int) -> Iterator[int]:
    """A service of the cluster on a port of this machine."""
    (local,) = free_ports(1)
    kubectl = programs.build(programs.CONTROL_PLANE) / "kubectl"
    command = [kubectl, f"--kubeconfig={running.kubeconfig}", "--namespace", deploy.NAMESPACE]
    process = subprocess.Popen(
        [*command, "port-forward", f"service/{service}", f"{local}:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_port(local, process)
        yield local
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the port-forward to {port} did not start")


def s3(running: Cluster) -> AbstractContextManager[Any]:
    """A client of the cluster's S3."""
    return _moto(running, "s3")


def cloudwatch(running: Cluster) -> AbstractContextManager[Any]:
    """A client of the cluster's CloudWatch Logs."""
    return _moto(running, "logs")


@contextmanager
def _moto(running: Cluster, service: str) -> Iterator[Any]:
    with forwarded(running, "moto", 5000) as port:
        client = boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            region_name="us-east-1",
        )
        yield client
        client.close()


def upload(client: Any) -> None:
    """The example DAGs and logs into S3, and an empty bucket for reports."""
    client.create_bucket(Bucket="reports")
    for bucket, folder in (("dags", "examples/dags"), ("logs", "examples/logs")):
        client.create_bucket(Bucket=bucket)
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file():
                key = f"prod/{path.relative_to(ROOT / folder).as_posix()}"
                client.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())


def audit(name: str = "nightly", **spec: Any) -> dict[str, Any]:
    """A DagAudit on the example DAGs in S3."""
    return {
        "apiVersion": "dagaudit.io/v1alpha1",
        "kind": "DagAudit",
        "metadata": {"name": name, "namespace": deploy.NAMESPACE},
        "spec": {
            "schedule": "0 2 * * *",
            "source": {"s3": {"uri": "s3://dags/prod"}},
            "airflow": {"logs": {"s3": {"uri": "s3://logs/prod"}}},
            "report": {"destination": {"s3": {"uri": "s3://reports/audits"}}},
            "pod": {"env": [{"name": key, "value": value} for key, value in deploy.CREDENTIALS.items()]},
            **spec,
        },
    }
