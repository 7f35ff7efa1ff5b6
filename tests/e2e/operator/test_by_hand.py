"""Children that somebody deletes by hand."""

import pytest

from tests.e2e.operator.conftest import audit, eventually, only_job, run_now

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
