"""Objects as the API server would hand them over."""

import json
from datetime import UTC, datetime
from typing import Any

from controller.options import OperatorOptions

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
OPTIONS = OperatorOptions(runner_image="dagaudit/runner:1", identity="me", namespace="dagaudit")
IMAGE = "dagaudit/runner:1"


def audit(annotations: dict[str, str] | None = None, status: dict | None = None, **spec: Any) -> dict:
    """A DagAudit in the cluster."""
    made = {
        "apiVersion": "dagaudit.io/v1alpha1",
        "kind": "DagAudit",
        "metadata": {
            "name": "nightly",
            "namespace": "team",
            "uid": "u-1",
            "generation": 3,
            "resourceVersion": "10",
            "annotations": annotations or {},
        },
        "spec": {
            "schedule": "0 2 * * *",
            "source": {"s3": {"uri": "s3://dags/prod"}},
            "report": {"destination": {"s3": {"uri": "s3://reports/audits"}}},
            **spec,
        },
    }
    made["spec"] = {key: value for key, value in made["spec"].items() if value is not None}
    return made | ({"status": status} if status else {})


def job(name: str = "run-1", *, ended: str = "", reason: str = "", message: str = "", **status: Any) -> dict:
    """A Job of the audit: running, or ended by a condition Complete or Failed."""
    conditions = []
    if ended:
        stamp = "2026-11-21T01:30:00Z"
        one = {"type": ended, "status": "True", "reason": reason, "message": message}
        conditions = [{**one, "lastTransitionTime": stamp}]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": "team",
            "uid": f"uid-{name}",
            "labels": {"dagaudit.io/audit": "nightly", "dagaudit.io/trigger": "Scheduled"},
        },
        "spec": {
            "template": {"spec": {"serviceAccountName": "dagaudit-runner", "containers": [{"image": IMAGE}]}}
        },
        "status": {"startTime": "2026-11-21T01:00:00Z", "conditions": conditions, **status},
    }


def pod(
    of: str = "run-1",
    *,
    code: int | None = None,
    message: str = "",
    reason: str = "",
    waiting: str = "",
    started: str = "2026-11-21T01:00:05Z",
    **status: Any,
) -> dict:
    """A pod of a Job: ended with a code, waiting for a reason, or running."""
    state: dict[str, Any] = {"running": {}}
    if code is not None:
        ended = {"exitCode": code, "message": message, "reason": reason}
        state = {"terminated": {**ended, "finishedAt": "2026-11-21T01:29:00Z"}}
    elif waiting:
        state = {"waiting": {"reason": waiting, "message": message}}
    container = {"name": "runner", "image": IMAGE, "state": state}
    return {
        "metadata": {
            "name": f"{of}-pod-{started}",
            "namespace": "team",
            "labels": {"dagaudit.io/audit": "nightly"},
            "ownerReferences": [{"uid": f"uid-{of}"}],
        },
        "status": {"startTime": started, "containerStatuses": [container], **status},
    }


def run(name: str = "run-1", *, status: dict | None = None, job_name: str | None = "same") -> dict:
    """A DagAuditRun."""
    spec = {"auditRef": "nightly", "reason": "Manual"}
    if job_name:
        spec["jobName"] = name if job_name == "same" else job_name
    return {
        "apiVersion": "dagaudit.io/v1alpha1",
        "kind": "DagAuditRun",
        "metadata": {"name": name, "namespace": "team", "uid": f"run-uid-{name}"},
        "spec": spec,
        **({"status": status} if status else {}),
    }


def summary(**fields: object) -> str:
    """A termination message."""
    return json.dumps(
        {
            "exit_code": 0,
            "report": "s3://reports/audits/runs/1",
            "status": "ok",
            "gate": "passed",
            "dags": 14,
            "findings": {"critical": 1, "high": 2},
            **fields,
        }
    )
