"""A restarted operator sees everything before it judges anything."""

from tests.e2e.operator.conftest import (
    Namespace,
    Operator,
    audit,
    end_job,
    eventually,
    only_job,
    run_now,
    summary,
)
from tests.e2e.operator.test_scale import reconciled


def test_restart_rewrites_nothing_and_tells_nothing_twice(namespace, own_operator: Operator):
    namespace.apply(audit(concurrencyPolicy="Allow"))
    run_now(namespace, "1")
    first = only_job(namespace)
    end_job(namespace, first, message=summary())
    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("status") == "True")
    run_now(namespace, "2")
    eventually(lambda: len(results(namespace)) == 2)
    before = results(namespace)
    told = {one["reason"] for one in namespace.list("events")}
    own_operator.kill()
    namespace.kubectl("delete", "pod", "--selector", f"job-name={first['metadata']['name']}")

    own_operator.start()
    eventually(own_operator.leads, seconds=60)
    # A word that changes nothing, heard through the watch: by then the list has been heard, too.
    namespace.kubectl("annotate", "dagaudit", "nightly", "team=data")
    eventually(lambda: reconciled(own_operator) >= 2)

    assert results(namespace) == before
    assert {one["reason"] for one in namespace.list("events")} - told <= {"FailedScheduling"}
    assert own_operator.writes() == 0


def results(namespace: Namespace) -> dict[str, str]:
    runs = namespace.list("dagauditruns")
    return {one["metadata"]["name"]: one["status"]["result"] for one in runs if one.get("status")}
