"""What the operator makes of a DagAudit, on a real API server with the real Job controllers."""

import json

import pytest

from tests.e2e.operator.conftest import Namespace, audit, end_job, eventually, only_job, run_now, summary

pytestmark = pytest.mark.usefixtures("operator")

OLLAMA = {"mode": "BestEffort", "endpoint": "http://ollama.llm.svc:11434", "model": "llama3.2"}


def test_schedule_becomes_a_cron_job(namespace):
    namespace.apply(audit(timeZone="Europe/Vienna"))

    cron = eventually(lambda: namespace.list("cronjobs"))[0]

    assert cron["metadata"]["name"] == "nightly"
    assert (cron["spec"]["schedule"], cron["spec"]["timeZone"]) == ("0 2 * * *", "Europe/Vienna")
    eventually(lambda: namespace.condition("nightly", "Ready").get("status") == "True")
    assert namespace.condition("nightly", "Scheduled")["status"] == "True"


def test_changed_spec_changes_the_cron_job(namespace):
    namespace.apply(audit())
    eventually(lambda: namespace.list("cronjobs"))

    namespace.apply(audit(schedule="30 4 * * *", suspend=True))

    eventually(lambda: namespace.get("cronjob", "nightly")["spec"]["schedule"] == "30 4 * * *")
    assert namespace.get("cronjob", "nightly")["spec"]["suspend"] is True
    eventually(lambda: namespace.condition("nightly", "Suspended").get("status") == "True")


def test_removed_schedule_removes_the_cron_job(namespace):
    namespace.apply(audit())
    eventually(lambda: namespace.list("cronjobs"))

    namespace.kubectl(
        "patch", "dagaudit", "nightly", "--type=json", "-p", '[{"op":"remove","path":"/spec/schedule"}]'
    )

    eventually(lambda: not namespace.list("cronjobs"))
    eventually(lambda: namespace.condition("nightly", "Scheduled").get("reason") == "NoSchedule")


def test_cron_job_changed_by_hand_is_put_right_and_told(namespace):
    namespace.apply(audit())
    eventually(lambda: namespace.list("cronjobs"))

    namespace.kubectl(
        "patch", "cronjob", "nightly", "--type=merge", "-p", '{"spec":{"schedule":"* * * * *"}}'
    )

    eventually(lambda: namespace.get("cronjob", "nightly")["spec"]["schedule"] == "0 2 * * *")
    eventually(lambda: "DriftCorrected" in {one["reason"] for one in namespace.list("events")})


def test_cron_job_deleted_by_hand_comes_back(namespace):
    namespace.apply(audit())
    first = eventually(lambda: namespace.list("cronjobs"))[0]["metadata"]["uid"]

    namespace.kubectl("delete", "cronjob", "nightly")

    eventually(lambda: [one for one in namespace.list("cronjobs") if one["metadata"]["uid"] != first])


def test_run_now_runs_once_for_each_value(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")
    first = only_job(namespace)
    end_job(namespace, first, message=summary())
    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("status") == "True")

    run_now(namespace, "2")

    eventually(lambda: len(namespace.list("jobs")) == 2)
    assert len(namespace.list("dagauditruns")) == 2


def test_run_is_recorded_with_its_numbers(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")

    end_job(namespace, only_job(namespace), message=summary(new_findings=2))

    run = eventually(
        lambda: [one for one in namespace.list("dagauditruns") if one.get("status", {}).get("completionTime")]
    )[0]
    assert run["status"]["result"] == "Succeeded"
    assert run["status"]["findings"] == {
        "critical": 1,
        "high": 2,
        "medium": 3,
        "low": 4,
        "new": 2,
        "fixed": 0,
    }
    namespace.kubectl(
        "wait", f"dagauditrun/{run['metadata']['name']}", "--for=condition=Succeeded", "--timeout=5s"
    )
    status = eventually(lambda: namespace.get("dagaudit", "nightly")["status"])
    assert status["lastRun"]["reportURI"].startswith("s3://reports/")


def test_partial_report_is_not_a_success_without_a_word(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")

    end_job(namespace, only_job(namespace), message=summary(status="partial", sections={"logs": "failed"}))

    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("reason") == "Partial")
    assert "logs is failed" in namespace.condition("nightly", "LastRunSucceeded")["message"]


def test_failed_gate_is_no_failed_run(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")

    end_job(namespace, only_job(namespace), message=summary(gate="failed"))

    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("status") == "True")
    assert namespace.condition("nightly", "GatePassed")["status"] == "False"
    eventually(lambda: "GateFailed" in {one["reason"] for one in namespace.list("events")})


def test_wrong_spec_in_the_run_is_not_tried_again(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")

    end_job(
        namespace,
        only_job(namespace),
        message=json.dumps({"exit_code": 78, "error": "no such bucket"}),
        code=78,
    )

    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("status") == "False")
    found = namespace.condition("nightly", "LastRunSucceeded")
    assert found["reason"] == "ExitCode78"
    assert "no such bucket" in found["message"]
    assert len(namespace.list("pods")) == 1


def test_out_of_memory_says_so_with_a_hint(namespace):
    namespace.apply(audit(execution={"backoffLimitPerShard": 0}))
    run_now(namespace, "1")

    end_job(namespace, only_job(namespace), message="", code=137, reason="OOMKilled")

    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("reason") == "OOMKilled")
    assert "spec.pod.resources.limits.memory" in namespace.condition("nightly", "LastRunSucceeded")["message"]


def test_run_evicted_by_a_full_node_says_so(namespace):
    namespace.apply(audit(execution={"backoffLimitPerShard": 0}))
    run_now(namespace, "1")
    only_job(namespace)
    pod = eventually(lambda: namespace.list("pods"))[0]["metadata"]["name"]

    message = "The node was low on resource: memory."
    namespace.patch_status("pod", pod, {"phase": "Failed", "reason": "Evicted", "message": message})

    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("reason") == "Evicted")
    assert message in namespace.condition("nightly", "LastRunSucceeded")["message"]


def test_missing_image_says_so_while_the_run_waits(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")
    only_job(namespace)
    pod = eventually(lambda: namespace.list("pods"))[0]["metadata"]["name"]
    waiting = {"reason": "ImagePullBackOff", "message": "not found"}
    container = {"name": "runner", "image": "x:9", "imageID": "", "ready": False, "restartCount": 0}
    namespace.patch_status(
        "pod", pod, {"phase": "Pending", "containerStatuses": [{**container, "state": {"waiting": waiting}}]}
    )

    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("reason") == "ImagePullBackOff")

    assert namespace.condition("nightly", "Ready")["status"] == "False"


def test_unknown_service_account_is_refused(namespace):
    namespace.apply(audit(pod={"serviceAccountName": "admin"}))

    eventually(lambda: namespace.condition("nightly", "SpecValid").get("status") == "False")

    assert "dagaudit-runner" in namespace.condition("nightly", "SpecValid")["message"]
    assert not namespace.list("cronjobs")


def test_second_run_waits_for_the_first(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")
    first = only_job(namespace)
    run_now(namespace, "2")
    eventually(lambda: "ConcurrencySkipped" in {one["reason"] for one in namespace.list("events")})
    assert len(namespace.list("jobs")) == 1

    end_job(namespace, first, message=summary())

    eventually(lambda: len(namespace.list("jobs")) == 2)


def test_replace_ends_the_run_that_goes_on(namespace):
    namespace.apply(audit(concurrencyPolicy="Replace"))
    run_now(namespace, "1")
    first = only_job(namespace)["metadata"]["name"]

    run_now(namespace, "2")

    eventually(lambda: {one["metadata"]["name"] for one in namespace.list("jobs")} - {first})
    eventually(lambda: first not in {one["metadata"]["name"] for one in namespace.list("jobs")})


def test_run_made_by_hand_starts_a_job(namespace):
    namespace.apply(audit())
    namespace.apply(
        {
            "apiVersion": "dagaudit.io/v1alpha1",
            "kind": "DagAuditRun",
            "metadata": {"name": "by-hand"},
            "spec": {"auditRef": "nightly"},
        }
    )

    assert only_job(namespace)["metadata"]["name"] == "by-hand"


def test_old_runs_are_forgotten(namespace):
    namespace.apply(audit(runHistory={"successful": 1, "failed": 1}))
    for value in ("1", "2", "3"):
        run_now(namespace, value)
        running = eventually(
            lambda: [one for one in namespace.list("jobs") if not one.get("status", {}).get("conditions")]
        )[0]
        end_job(namespace, running, message=summary())
        eventually(lambda name=running["metadata"]["name"]: _recorded(namespace, name))

    eventually(lambda: len(namespace.list("dagauditruns")) == 1)

    assert len(namespace.get("dagaudit", "nightly")["status"]["history"]) == 1


def _recorded(namespace: Namespace, name: str) -> bool:
    last = (namespace.get("dagaudit", "nightly").get("status") or {}).get("lastRun") or {}
    return last.get("name") == name and last.get("result") == "Succeeded"


def test_audit_managed_by_somebody_else_is_left_alone(namespace):
    namespace.apply(audit("theirs", managedBy="another.io/controller"))
    namespace.apply(audit("ours"))

    eventually(lambda: namespace.condition("ours", "Ready").get("status") == "True")

    assert not namespace.get("dagaudit", "theirs").get("status")
    assert [one["metadata"]["name"] for one in namespace.list("cronjobs")] == ["ours"]


def test_no_object_carries_anything_of_kopf(namespace):
    namespace.apply(audit())
    run_now(namespace, "1")
    end_job(namespace, only_job(namespace), message=summary())
    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("status") == "True")

    for kind in ("dagaudits", "dagauditruns", "cronjobs", "jobs", "pods"):
        for one in namespace.list(kind):
            assert "kopf" not in json.dumps(one["metadata"].get("annotations", {}))
            assert not [
                name for name in one["metadata"].get("finalizers", ()) if "kopf" in name or "dagaudit" in name
            ]


def test_the_audit_is_ready_for_a_model(namespace):
    namespace.apply(audit(llm=OLLAMA))

    eventually(lambda: namespace.condition("nightly", "LLMAvailable").get("reason") == "NeverRan")
