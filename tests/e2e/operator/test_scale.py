"""A thousand DagAudits: each gets its CronJob, none twice, and the operator stays small."""

import psutil

from bench.operator_fleet import create, cron_jobs, name
from tests.e2e.operator.conftest import Operator, eventually

COUNT = 1000
# The chart's limit is 384 MiB.
MOST_BYTES = 256 * 2**20


def test_thousand_audits_get_their_cron_jobs(namespace, own_operator: Operator):
    kubeconfig = namespace.cluster.kubeconfig

    create(kubeconfig, namespace.name, COUNT)

    eventually(lambda: len(cron_jobs(kubeconfig, namespace.name)) == COUNT, seconds=300)
    eventually(lambda: ready(namespace) == COUNT, seconds=300)
    found = cron_jobs(kubeconfig, namespace.name)
    assert found == {name(number): f"{number % 60} {number // 60 % 24} 1 1 *" for number in range(COUNT)}
    assert own_operator.process is not None
    assert psutil.Process(own_operator.process.pid).memory_info().rss < MOST_BYTES

    own_operator.kill()
    before = versions(namespace)
    own_operator.start()
    eventually(own_operator.leads, seconds=60)
    eventually(lambda: f"dagaudit_audits {COUNT}.0" in own_operator.metrics(), seconds=60)
    eventually(lambda: reconciled(own_operator) >= COUNT, seconds=120)

    assert versions(namespace) == before


def ready(namespace) -> int:
    audits = namespace.list("dagaudits")
    conditions = [(one.get("status") or {}).get("conditions") or [] for one in audits]
    return sum(any(one["type"] == "Ready" and one["status"] == "True" for one in each) for each in conditions)


def versions(namespace) -> dict[str, str]:
    """What nobody wrote to keeps its version."""
    return {one["metadata"]["name"]: one["metadata"]["resourceVersion"] for one in namespace.list("cronjobs")}


def reconciled(operator: Operator) -> float:
    lines = operator.metrics().splitlines()
    return sum(
        float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("dagaudit_reconcile_total{")
    )
