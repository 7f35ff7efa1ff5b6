"""Children that somebody deletes by hand."""

import pytest

from tests.e2e.operator.conftest import audit, eventually, only_job, run_now

RUN = {"apiVersion": "dagaudit.io/v1alpha1", "kind": "DagAuditRun", "spec": {"auditRef": "nightly"}}
JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "spec": {
        "suspend": True,
        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "x", "image": "x"}]}},
    },
}

pytestmark = pytest.mark.usefixtures("operator")


def test_deleted_job_is_a_failed_run_and_no_new_one(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")
    name = only_job(namespace)["metadata"]["name"]
    eventually(lambda: (namespace.get("dagaudit", "nightly").get("status") or {}).get("activeRuns") == [name])

    namespace.kubectl("delete", "job", name)

    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("reason") == "JobDeleted")
    assert not namespace.list("jobs")
    assert namespace.get("dagauditrun", name)["status"]["result"] == "Failed"


def test_deleted_record_of_a_run_is_made_again(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")
    first = eventually(lambda: namespace.list("dagauditruns"))[0]["metadata"]

    namespace.kubectl("delete", "dagauditrun", first["name"])

    again = eventually(
        lambda: [one for one in namespace.list("dagauditruns") if one["metadata"]["uid"] != first["uid"]]
    )
    assert [one["metadata"]["name"] for one in again] == [first["name"]]
    assert len(namespace.list("jobs")) == 1


def test_name_that_is_taken_is_told_and_not_tried_without_end(namespace, operator):
    namespace.apply({**JOB, "metadata": {"name": "taken"}})
    namespace.apply(audit())
    eventually(lambda: namespace.condition("nightly", "Ready").get("status") == "True")
    before = refusals(operator)

    namespace.apply({**RUN, "metadata": {"name": "taken"}})

    eventually(lambda: namespace.condition("nightly", "Ready").get("reason") == "JobRefused")
    assert (
        "Job taken exists already and is not this audit's"
        in namespace.condition("nightly", "Ready")["message"]
    )
    namespace.kubectl("delete", "job", "taken")
    eventually(lambda: namespace.condition("nightly", "Ready").get("reason") != "JobRefused")
    # One, two, four seconds apart: a handful, where a busy loop would have made hundreds.
    assert refusals(operator) - before < 20


def refusals(operator) -> float:
    lines = [
        line for line in operator.metrics().splitlines() if line.startswith("dagaudit_kube_api_calls_total{")
    ]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if 'resource="jobs",status="409"' in line)
