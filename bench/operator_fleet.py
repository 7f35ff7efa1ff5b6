"""Makes many DagAudits at once, as a platform team's repository would."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

THREADS = 8


def audit(number: int) -> dict[str, Any]:
    """A DagAudit; each has a minute of its own."""
    return {
        "apiVersion": "dagaudit.io/v1alpha1",
        "kind": "DagAudit",
        "metadata": {"name": name(number)},
        "spec": {
            "schedule": f"{number % 60} {number // 60 % 24} 1 1 *",
            "source": {"s3": {"uri": f"s3://dags/team-{number}"}},
            "report": {"destination": {"s3": {"uri": "s3://reports/audits"}}},
        },
    }


def name(number: int) -> str:
    """Of an audit."""
    return f"audit-{number:04}"


def create(kubeconfig: Path, namespace: str, count: int) -> None:
    """Create so many, a few at a time."""
    from kubernetes import client, config

    connection = config.new_client_from_config(str(kubeconfig))  # type: ignore[no-untyped-call]
    api = client.CustomObjectsApi(connection)

    def one(number: int) -> None:
        api.create_namespaced_custom_object("dagaudit.io", "v1alpha1", namespace, "dagaudits", audit(number))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(count)))


def cron_jobs(kubeconfig: Path, namespace: str) -> dict[str, str]:
    """Schedules of the CronJobs by their names."""
    from kubernetes import client, config

    connection = config.new_client_from_config(str(kubeconfig))  # type: ignore[no-untyped-call]
    found: list[Any] = client.BatchV1Api(connection).list_namespaced_cron_job(namespace).items
    return {one.metadata.name: one.spec.schedule for one in found}
