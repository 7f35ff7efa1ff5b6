"""A sharded run: its shards, and the Job that merges them."""

import pytest

from controller import jobs, shards
from controller.observed import Children, Observed
from controller.reconcile import plan
from controller.reconciler import plain
from controller.status import audit_status
from dagaudit.audit_status import RunReason, RunResult
from dagaudit.spec import audit_from_resource
from tests.controller.objects import NOW, OPTIONS, audit, job, pod, run, summary

EXECUTION = {"mode": "Sharded", "shards": 4, "parallelism": 2}


def sharded(name: str = "run-1", *, ended: str = "", reason: str = "", **status) -> dict:
    made = job(name, ended=ended, reason=reason, **status)
    made["spec"] |= {"completionMode": "Indexed", "completions": 4}
    return made


def merge(of: str = "run-1", *, ended: str = "") -> dict:
    made = job(f"{of}-merge", ended=ended)
    made["metadata"]["labels"]["dagaudit.io/merges"] = of
    return made


def planned(*, jobs=(), merges=(), pods=(), runs=(), **annotations):
    children = Children(None, tuple(jobs), tuple(pods), tuple(runs), tuple(merges))
    return plan(audit(annotations, schedule=None, execution=EXECUTION), children, OPTIONS, NOW)


def made_jobs(made) -> list[str]:
    return [one["metadata"]["name"] for one in made.create if one["kind"] == "Job"]


@pytest.mark.parametrize(
    ("ended", "reason", "due"),
    [("", "", []), ("Complete", "", ["run-1-merge"]), ("Failed", "FailedIndexes", ["run-1-merge"]),
     ("Failed", "MaxFailedIndexesExceeded", []), ("Failed", "PodFailurePolicy", []),
     ("Failed", "DeadlineExceeded", [])],
)  # fmt: skip
def test_merge_follows_shards_that_left_something(ended, reason, due):
    assert made_jobs(planned(jobs=[sharded(ended=ended, reason=reason)])) == due


def test_run_in_one_pod_is_not_merged():
    assert made_jobs(planned(jobs=[job(ended="Complete")])) == []


def test_merge_is_made_once():
    assert made_jobs(planned(jobs=[sharded(ended="Complete")], merges=[merge()])) == []


def test_recorded_run_is_not_merged_again_when_its_merge_is_gone():
    ended = run(status={"result": "Succeeded"})

    made = planned(jobs=[sharded(ended="Complete")], runs=[ended])

    assert (made_jobs(made), made.run_status["run-1"].result) == ([], RunResult.SUCCEEDED)


def merge_manifest() -> dict:
    return shards.merge_job(
        audit_from_resource(audit(execution=EXECUTION), "nightly"), OPTIONS, sharded(ended="Complete")
    )


def test_merge_goes_with_its_shards_and_starts_no_run():
    made = merge_manifest()

    (owner,) = made["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"], owner["blockOwnerDeletion"]) == ("Job", "uid-run-1", False)
    observed = Observed()
    observed.see(
        "Job", {**made, "metadata": {**made["metadata"], "uid": "m", "resourceVersion": "1"}}, deleted=False
    )
    children = observed.children(("team", "nightly"))
    assert (len(children.merges), children.jobs) == (1, ())


def environment(made: dict) -> dict:
    return {
        one["name"]: one.get("value", one.get("valueFrom"))
        for one in made["template"]["spec"]["containers"][0]["env"]
    }


def test_merge_is_one_pod_that_knows_its_run():
    spec = merge_manifest()["spec"]

    told = environment(spec)
    assert (told["DAGAUDIT_PART"], told["DAGAUDIT_RUN"], told["DAGAUDIT_SHARDS"]) == ("merge", "run-1", "4")
    assert (spec["backoffLimit"], "completionMode" in spec) == (2, False)


def test_shard_learns_its_run_from_its_pod():
    read = audit_from_resource(audit(execution=EXECUTION), "nightly")

    told = environment(jobs.job(read, OPTIONS, "run-1", RunReason.MANUAL)["spec"])

    assert (told["DAGAUDIT_PART"], told["DAGAUDIT_SHARDS"]) == ("shard", "4")
    assert told["DAGAUDIT_RUN"]["fieldRef"]["fieldPath"] == "metadata.labels['batch.kubernetes.io/job-name']"


def test_run_goes_on_until_it_is_merged():
    cases = {
        "0 of 4 shards have ended": planned(jobs=[sharded()], pods=[pod()]),
        "3 of 4 shards have ended": planned(jobs=[sharded(succeeded=3)], pods=[pod()]),
        "what they found is merged next": planned(jobs=[sharded(ended="Complete")]),
        "the run is going on": planned(
            jobs=[sharded(ended="Complete")], merges=[merge()], pods=[pod("run-1-merge")]
        ),
    }

    for words, made in cases.items():
        status = made.run_status["run-1"]
        assert status.result is RunResult.RUNNING
        assert words in status.conditions[0].message


def test_next_run_waits_for_the_merge():
    made = planned(jobs=[sharded(ended="Complete")], merges=[merge()], **{"dagaudit.io/run-now": "2"})

    assert made.waiting_run is not None


def test_merge_says_how_the_run_went():
    pods = [
        pod("run-1", code=0, message='{"exit_code": 0, "dags": 3}'),
        pod("run-1-merge", code=0, message=summary()),
    ]

    made = planned(jobs=[sharded(ended="Complete")], merges=[merge(ended="Complete")], pods=pods)

    status = made.run_status["run-1"]
    assert (status.result, status.dags, status.report_uri) == (
        RunResult.SUCCEEDED,
        14,
        "s3://reports/audits/runs/1",
    )


@pytest.mark.parametrize(
    ("reason", "hint"), [("OOMKilled", "spec.pod.resources.limits.memory"), ("Error", "")]
)
def test_lost_shards_are_named_with_a_hint(reason, hint):
    pods = [
        pod("run-1", code=137, reason=reason),
        pod("run-1-merge", code=0, message=summary(status="partial")),
    ]
    lost = sharded(ended="Failed", reason="FailedIndexes", failedIndexes="1,3")

    made = planned(jobs=[lost], merges=[merge(ended="Complete")], pods=pods, runs=[run()])

    status = made.run_status["run-1"]
    assert status.result is RunResult.PARTIAL
    assert "shards 1,3 of 4 were lost" in status.conditions[0].message
    assert hint in status.conditions[0].message


def test_too_many_lost_shards_fail_the_run():
    lost = sharded(ended="Failed", reason="MaxFailedIndexesExceeded", failedIndexes="0-2")

    status = planned(jobs=[lost], pods=[pod("run-1", code=42)]).run_status["run-1"]

    assert (status.result, status.conditions[0].reason) == (RunResult.FAILED, "ExitCode42")
    assert "the shard ends the same way each time; shards 0-2 of 4 were lost" in status.conditions[0].message


def test_failed_merge_fails_the_run():
    made = planned(
        jobs=[sharded(ended="Complete")], merges=[merge(ended="Failed")], pods=[pod("run-1-merge", code=1)]
    )

    assert made.run_status["run-1"].result is RunResult.FAILED


def test_reached_places_are_those_of_the_merge():
    body = audit(execution=EXECUTION)
    pods = (pod("run-1-merge", code=0, message=summary(source_reachable=False)),)
    children = Children(None, (sharded(ended="Complete"),), pods, (run(),), (merge(ended="Complete"),))

    status = plain(audit_status(body, plan(body, children, OPTIONS, NOW), children, {}, (OPTIONS, NOW)))

    reached = next(one for one in status["conditions"] if one["type"] == "SourceReachable")
    assert reached["status"] == "False"


@pytest.mark.parametrize("name", ["short", "x" * 57, "x" * 58, "x" * 63])
def test_name_of_the_merge_fits_into_a_label(name):
    assert len(shards.merge_name(name)) <= 63
    assert shards.merge_name(name) != shards.merge_name(f"{name[:-1]}y")


def test_ray_is_refused_with_the_way_out():
    body = audit(execution={"mode": "Ray", "ray": {"workers": 2}})

    assert "use Sharded" in plan(body, Children(), OPTIONS, NOW).invalid
