"""What a run's Job is like."""

import json

import pytest

from controller import jobs
from dagaudit.audit_status import RunReason
from dagaudit.spec import DagAudit, audit_from_resource
from tests.controller.objects import OPTIONS, audit


def read(**spec: object) -> DagAudit:
    return audit_from_resource(audit(**spec), "nightly")


def job_of(**spec: object) -> dict:
    return jobs.job(read(**spec), OPTIONS, "run-1", RunReason.MANUAL)["spec"]


def pod_of(**spec: object) -> dict:
    return job_of(**spec)["template"]["spec"]


def container_of(**spec: object) -> dict:
    return pod_of(**spec)["containers"][0]


def environment_of(**spec: object) -> dict:
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in container_of(**spec)["env"]}


VOLUMES = {
    "source": {"persistentVolumeClaim": {"name": "dags", "path": "airflow/dags"}},
    "report": {"destination": {"persistentVolumeClaim": {"name": "reports", "path": "audits"}}},
}


def test_pod_is_restricted():
    assert pod_of()["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "runAsGroup": 65532,
        "fsGroup": 65532,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container_of()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_pod_gets_no_token_of_the_api_server():
    assert pod_of()["automountServiceAccountToken"] is False


def test_one_pod_retries_as_often_as_asked():
    spec = job_of(execution={"backoffLimitPerShard": 5})

    assert (spec["backoffLimit"], "completionMode" in spec) == (5, False)


def test_shards_are_an_indexed_job():
    execution = {"mode": "Sharded", "shards": 8, "parallelism": 3, "maxFailedShards": 2}

    spec = job_of(execution=execution)

    assert {
        key: spec[key] for key in ("completionMode", "completions", "parallelism", "maxFailedIndexes")
    } == {"completionMode": "Indexed", "completions": 8, "parallelism": 3, "maxFailedIndexes": 2}
    assert (spec["backoffLimitPerIndex"], "backoffLimit" in spec) == (2, False)


@pytest.mark.parametrize(
    ("execution", "rules"),
    [
        ({}, [("Ignore", None), ("FailJob", [78, 79])]),
        ({"mode": "Sharded", "shards": 2}, [("Ignore", None), ("FailJob", [78, 79]), ("FailIndex", [42])]),
    ],
)
def test_exit_codes_decide_over_retries(execution, rules):
    found = job_of(execution=execution)["podFailurePolicy"]["rules"]

    assert [(one["action"], one.get("onExitCodes", {}).get("values")) for one in found] == rules


def test_deadline_and_policies_are_the_spec_s():
    spec = job_of(execution={"activeDeadlineSeconds": 90})

    assert (spec["activeDeadlineSeconds"], spec["podReplacementPolicy"]) == (90, "Failed")


def test_runner_is_told_the_whole_spec():
    told = environment_of()

    assert json.loads(told["DAGAUDIT_SPEC"])["source"]["s3"]["uri"] == "s3://dags/prod"
    assert (told["DAGAUDIT_NAME"], told["DAGAUDIT_NAMESPACE"]) == ("nightly", "team")


def test_buckets_need_no_folder():
    assert not {"S3_DAGS_DIR", "DASHBOARD_DATA_PATH"} & set(environment_of())


def test_claims_are_mounted_and_named_to_the_runner():
    told, pod = environment_of(**VOLUMES), pod_of(**VOLUMES)

    assert told["S3_DAGS_DIR"] == "/dags/airflow/dags"
    assert told["DASHBOARD_DATA_PATH"] == "/reports/audits/team/nightly"
    assert {one["name"]: one.get("persistentVolumeClaim") for one in pod["volumes"]} == {
        "tmp": None,
        "dags": {"claimName": "dags", "readOnly": True},
        "reports": {"claimName": "reports"},
    }


def test_dags_are_mounted_read_only():
    mounts = {one["name"]: one for one in container_of(**VOLUMES)["volumeMounts"]}

    assert mounts["dags"] == {"name": "dags", "mountPath": "/dags", "readOnly": True}
    assert mounts["reports"] == {"name": "reports", "mountPath": "/reports"}


def test_config_map_is_the_folder_of_dags():
    spec = {"source": {"configMap": {"name": "dags"}}}

    assert environment_of(**spec)["S3_DAGS_DIR"] == "/dags"
    assert {"name": "dags", "configMap": {"name": "dags"}} in pod_of(**spec)["volumes"]


def test_secrets_stay_references():
    reference = {"secretKeyRef": {"name": "airflow", "key": "token"}}

    told = environment_of(pod={"env": [{"name": "TOKEN", "valueFrom": reference}]})

    assert told["TOKEN"] == reference


def test_our_labels_win_over_those_of_the_spec():
    labels = {"dagaudit.io/audit": "another", "team": "data"}

    found = job_of(pod={"labels": labels})["template"]["metadata"]["labels"]

    assert (found["dagaudit.io/audit"], found["team"]) == ("nightly", "data")


def test_memory_is_limited_without_a_word():
    assert container_of()["resources"]["limits"] == {"memory": "2Gi"}


def test_audit_owns_its_jobs_without_holding_up_its_own_deletion():
    (owner,) = jobs.job(read(), OPTIONS, "run-1", RunReason.MANUAL)["metadata"]["ownerReferences"]

    assert (owner["uid"], owner["controller"], owner["blockOwnerDeletion"]) == ("u-1", True, False)


def test_no_schedule_is_no_cron_job():
    assert jobs.cron_job(read(schedule=None), OPTIONS) is None


def test_image_of_the_spec_wins():
    assert container_of(pod={"image": "mine:2"})["image"] == "mine:2"


def test_queue_of_kueue_is_handed_on():
    body = audit()
    body["metadata"]["labels"] = {"kueue.x-k8s.io/queue-name": "gpu", "else": "x"}

    made = jobs.job(audit_from_resource(body, "nightly"), OPTIONS, "run-1", RunReason.MANUAL)

    assert made["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "gpu"
    assert "else" not in made["metadata"]["labels"]


def with_api(**secret: str) -> dict:
    return {
        "airflow": {"api": {"url": "https://airflow.example.com", "authSecretRef": {"name": "af", **secret}}}
    }


def test_airflow_credentials_come_by_reference_only():
    found = environment_of(**with_api())

    assert {name: found[name]["secretKeyRef"]["key"] for name in found if name.startswith("AIRFLOW")} == {
        "AIRFLOW_TOKEN": "token",
        "AIRFLOW_USERNAME": "username",
        "AIRFLOW_PASSWORD": "password",
    }
    assert found["AIRFLOW_TOKEN"]["secretKeyRef"]["optional"] is True


def test_named_key_holds_the_token_and_must_be_there():
    found = environment_of(**with_api(key="api-token"))

    assert found["AIRFLOW_TOKEN"] == {"secretKeyRef": {"name": "af", "key": "api-token", "optional": False}}
    assert "AIRFLOW_PASSWORD" not in found


LLM = {"endpoint": "https://llm.example.com", "model": "llama3.2"}


@pytest.mark.parametrize(
    ("secret", "key"), [({"name": "llm"}, "api-key"), ({"name": "llm", "key": "prod"}, "prod")]
)
def test_key_of_the_model_comes_by_reference_only(secret, key):
    found = environment_of(llm={**LLM, "secretRef": secret})

    assert found["LLM_API_KEY"] == {"secretKeyRef": {"name": "llm", "key": key}}


@pytest.mark.parametrize("llm", [None, LLM, {**LLM, "mode": "Disabled", "secretRef": {"name": "llm"}}])
def test_no_key_where_none_is_needed(llm):
    assert "LLM_API_KEY" not in environment_of(llm=llm)


def test_token_of_a_repository_comes_by_reference_only():
    git = {"url": "https://git.example.com/dags", "secretRef": {"name": "git"}}

    found = environment_of(source={"git": git})

    assert found["GIT_TOKEN"] == {"secretKeyRef": {"name": "git", "key": "token"}}
    assert found["GIT_USERNAME"] == {"secretKeyRef": {"name": "git", "key": "username", "optional": True}}
