"""A run in shards, by the real Job controller: an Indexed Job, then the Job that merges."""

import pytest

from tests.e2e.operator.conftest import Namespace, audit, end_job, eventually, only_job, run_now, summary

pytestmark = pytest.mark.usefixtures("operator")
EXECUTION = {"mode": "Sharded", "shards": 2, "parallelism": 2, "backoffLimitPerShard": 1}
DONE = '{"exit_code": 0, "dags": 7}'


def start(namespace: Namespace, **execution: int) -> dict:
    namespace.apply(audit(execution={**EXECUTION, **execution}))
    run_now(namespace, "1")
    return only_job(namespace)


def merge_of(namespace: Namespace, shards: dict) -> dict:
    name = f"{shards['metadata']['name']}-merge"
    return eventually(lambda: [one for one in namespace.list("jobs") if one["metadata"]["name"] == name])[0]


def last_run(namespace: Namespace) -> dict:
    return namespace.condition("nightly", "LastRunSucceeded")


def test_shards_are_merged_into_one_run(namespace):
    shards = start(namespace)
    assert (shards["spec"]["completionMode"], shards["spec"]["completions"]) == ("Indexed", 2)
    for _ in range(2):
        end_job(namespace, shards, message=DONE)

    merge = merge_of(namespace, shards)
    assert last_run(namespace).get("status") != "True"
    end_job(namespace, merge, message=summary())

    eventually(lambda: last_run(namespace).get("status") == "True")
    runs = namespace.list("dagauditruns")
    assert [one["metadata"]["name"] for one in runs] == [shards["metadata"]["name"]]
    assert (runs[0]["status"]["result"], runs[0]["status"]["dags"]) == ("Succeeded", 14)
    # The merge goes with its shards.
    namespace.kubectl("delete", "job", shards["metadata"]["name"])
    eventually(lambda: not namespace.list("jobs"))


def test_poison_shard_costs_its_part_only(namespace):
    shards = start(namespace)
    end_job(namespace, shards, message='{"exit_code": 42, "error": "too slow"}', code=42)
    end_job(namespace, shards, message=DONE)

    end_job(
        namespace,
        merge_of(namespace, shards),
        message=summary(status="partial", sections={"code": "partial"}),
    )

    eventually(lambda: last_run(namespace).get("reason") == "Partial")
    lost = namespace.get("job", shards["metadata"]["name"])["status"]["failedIndexes"]
    assert f"shards {lost} of 2 were lost" in last_run(namespace)["message"]
    # It was not tried again.
    assert len([one for one in namespace.list("pods") if "merge" not in one["metadata"]["name"]]) == 2


def test_more_lost_shards_than_allowed_end_the_run(namespace):
    shards = start(namespace, maxFailedShards=0)
    end_job(namespace, shards, message="", code=42)

    eventually(lambda: last_run(namespace).get("status") == "False")

    assert [one["metadata"]["name"] for one in namespace.list("jobs")] == [shards["metadata"]["name"]]


def test_wrong_spec_in_one_shard_ends_all(namespace):
    shards = start(namespace)
    end_job(namespace, shards, message='{"exit_code": 78, "error": "no such bucket"}', code=78)

    eventually(lambda: last_run(namespace).get("status") == "False")

    assert "no such bucket" in last_run(namespace)["message"]


def test_merge_deleted_by_hand_is_made_again(namespace):
    shards = start(namespace)
    for _ in range(2):
        end_job(namespace, shards, message=DONE)
    merge = merge_of(namespace, shards)

    namespace.kubectl("delete", "job", merge["metadata"]["name"])

    eventually(lambda: merge_of(namespace, shards)["metadata"]["uid"] != merge["metadata"]["uid"])
