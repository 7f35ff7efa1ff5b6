"""How the operator carries 10, 100 and 1,000 DagAudits, on a real control plane.

python bench/operator_scale.py [--audits 10 100 1000] [--changes 30] [--idle 60]
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import yaml
from kubernetes import client, config
from operator_fleet import create, cron_jobs, name

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from controller.crd import definitions  # noqa: E402
from tests.cluster import cluster as clusters  # noqa: E402
from tests.cluster.cluster import Cluster, Layer  # noqa: E402
from tests.e2e.operator.conftest import Operator  # noqa: E402

NAMESPACE = "fleet"


def main() -> None:
    """Measure and print a Markdown table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--audits", type=int, nargs="+", default=[10, 100, 1000])
    options.add_argument("--changes", type=int, default=30)
    options.add_argument("--idle", type=float, default=60)
    chosen = options.parse_args()
    print(
        "| DagAudits | cold start s | of it CPU s, operator | API server and etcd | change to CronJob p50 ms "
        f"| p95 ms | RSS MB | API calls | writes in {chosen.idle:.0f} idle s |\n{'|---' * 9}|"
    )
    for count in chosen.audits:
        print(_row(count, chosen.changes, chosen.idle), flush=True)


def _row(count: int, changes: int, idle: float) -> str:
    label = f"bench-{os.getpid()}"
    try:
        cluster = clusters.up(label, Layer.CONTROL_PLANE)
        return _measured(cluster, count, changes, idle)
    finally:
        clusters.down(label)


def _measured(cluster: Cluster, count: int, changes: int, idle: float) -> str:
    cluster.kubectl("apply", "--server-side", "-f", "-", stdin=yaml.safe_dump_all(definitions()))
    names = [f"crd/{one['metadata']['name']}" for one in definitions()]
    cluster.kubectl("wait", "--for=condition=Established", *names, "--timeout=60s")
    cluster.kubectl("create", "namespace", NAMESPACE)
    create(cluster.plane.kubeconfig, NAMESPACE, count)
    log = Path(tempfile.gettempdir()) / f"operator-{os.getpid()}.log"
    operator = Operator(
        cluster.plane.kubeconfig, ("--own-namespace", NAMESPACE, "--lease-seconds", "15"), log
    )
    server_before, started = _server_cpu(cluster), time.monotonic()
    operator.start()
    try:
        _wait(lambda: len(cron_jobs(cluster.plane.kubeconfig, NAMESPACE)) == count)
        last_write = _wait(lambda: _settled(operator))
        cold = last_write - started
        server, cpu = _server_cpu(cluster) - server_before, _cpu(operator)
        waits = sorted(_change(cluster, number % count, number) for number in range(changes))
        _wait(lambda: _settled(operator))
        before = operator.writes()
        time.sleep(idle)
        written = operator.writes() - before
        assert operator.process is not None
        memory = psutil.Process(operator.process.pid).memory_info().rss / 1e6
        calls = sum(_values(operator, "dagaudit_kube_api_calls_total{"))
    finally:
        operator.stop()
    p50, p95 = statistics.median(waits), waits[min(len(waits) - 1, round(0.95 * len(waits)))]
    return (
        f"| {count:,} | {cold:.1f} | {cpu:.1f} | {server:.1f} | {p50 * 1000:.0f} | {p95 * 1000:.0f} "
        f"| {memory:.0f} | {calls:,.0f} | {written:.0f} |"
    )


def _change(cluster: Cluster, number: int, value: int) -> float:
    """Seconds from a changed schedule to the changed CronJob, as a client sees it."""
    connection = config.new_client_from_config(  # type: ignore[no-untyped-call]
        str(cluster.plane.kubeconfig)
    )
    audits, batch = client.CustomObjectsApi(connection), client.BatchV1Api(connection)
    schedule = f"{value % 60} 23 2 2 *"
    started = time.monotonic()
    body: dict[str, Any] = {"spec": {"schedule": schedule}}
    audits.patch_namespaced_custom_object(
        "dagaudit.io", "v1alpha1", NAMESPACE, "dagaudits", name(number), body
    )
    while batch.read_namespaced_cron_job(name(number), NAMESPACE).spec.schedule != schedule:
        time.sleep(0.01)
    return time.monotonic() - started


def _settled(operator: Operator) -> float:
    """The time since which nothing was written, or 0 where something still is."""
    since, before = time.monotonic(), operator.writes()
    time.sleep(2)
    return since if operator.writes() == before else 0.0


def _cpu(operator: Operator) -> float:
    assert operator.process is not None
    return float(sum(psutil.Process(operator.process.pid).cpu_times()[:2]))


def _server_cpu(cluster: Cluster) -> float:
    seconds = 0.0
    for program in ("kube-apiserver", "etcd"):
        running = cluster.plane.processes.process(program)
        assert running is not None
        seconds += sum(psutil.Process(running.pid).cpu_times()[:2])
    return seconds


def _values(operator: Operator, prefix: str) -> list[float]:
    return [
        float(line.rsplit(" ", 1)[1]) for line in operator.metrics().splitlines() if line.startswith(prefix)
    ]


def _wait(holds: Callable[[], float], seconds: float = 600) -> float:
    deadline = time.monotonic() + seconds
    while not (value := holds()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(0.2)
    return value


if __name__ == "__main__":
    main()
