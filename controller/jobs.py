"""From a DagAudit to the CronJob and the Jobs that run it: pure builders of plain dicts."""

import hashlib
import json
from typing import Any

from controller.options import (
    AUDIT_LABEL,
    GROUP,
    MANAGED_BY,
    SPEC_HASH,
    TRIGGER_LABEL,
    VERSION,
    OperatorOptions,
)
from controller.runner_environment import DAGS_FOLDER, REPORTS_FOLDER, environment, part_environment
from dagaudit.audit_status import RunReason
from dagaudit.spec import AuditSpec, DagAudit, ExecutionMode

Manifest = dict[str, Any]

CONTAINER = "runner"
USER = 65532
TERMINATION_GRACE_SECONDS = 60
KEPT_JOBS = 3
TTL_SECONDS = 7 * 24 * 3600
DEFAULT_RESOURCES = {
    "requests": {"cpu": "250m", "memory": "512Mi"},
    "limits": {"memory": "2Gi"},
}


def cron_job(audit: DagAudit, options: OperatorOptions) -> Manifest | None:
    """The CronJob named after the audit, or None where it has no schedule."""
    spec = audit.spec
    if spec.schedule is None:
        return None
    body = {
        "schedule": spec.schedule,
        "timeZone": spec.time_zone,
        "suspend": spec.suspend,
        "concurrencyPolicy": str(spec.concurrency_policy),
        "startingDeadlineSeconds": spec.starting_deadline_seconds,
        "successfulJobsHistoryLimit": KEPT_JOBS,
        "failedJobsHistoryLimit": KEPT_JOBS,
        "jobTemplate": {
            "metadata": {"labels": _labels(audit, RunReason.SCHEDULED)},
            "spec": job_spec(audit, options),
        },
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {
            **_metadata(audit, audit.metadata.name),
            "labels": _labels(audit),
            "annotations": {SPEC_HASH: digest(body)},
        },
        "spec": body,
    }


def job(audit: DagAudit, options: OperatorOptions, name: str, reason: RunReason) -> Manifest:
    """A Job that runs now, from the very template of the CronJob."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            **_metadata(audit, name),
            "labels": _labels(audit, reason),
            "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
        },
        "spec": job_spec(audit, options),
    }


def job_spec(audit: DagAudit, options: OperatorOptions) -> Manifest:
    """What one run is: one pod, or an Indexed Job with a shard for each index."""
    execution = audit.spec.execution
    made = single_job_spec(audit, options)
    if execution.mode is not ExecutionMode.SHARDED:
        return made
    del made["backoffLimit"]
    made["podFailurePolicy"] = {"rules": _failure_rules(sharded=True)}
    container = made["template"]["spec"]["containers"][0]
    container["env"] = [*part_environment("shard", execution.shards), *container["env"]]
    made |= {
        "completionMode": "Indexed",
        "completions": execution.shards,
        "parallelism": execution.parallelism,
        "backoffLimitPerIndex": execution.backoff_limit_per_shard,
    }
    if execution.max_failed_shards is not None:
        made["maxFailedIndexes"] = execution.max_failed_shards
    return made


def single_job_spec(audit: DagAudit, options: OperatorOptions) -> Manifest:
    """One pod that does all that is left to do."""
    execution = audit.spec.execution
    return {
        "activeDeadlineSeconds": execution.active_deadline_seconds,
        "ttlSecondsAfterFinished": TTL_SECONDS,
        "backoffLimit": execution.backoff_limit_per_shard,
        "podReplacementPolicy": "Failed",
        "podFailurePolicy": {"rules": _failure_rules(sharded=False)},
        "template": pod_template(audit, options),
    }


def pod_template(audit: DagAudit, options: OperatorOptions) -> Manifest:
    """The runner's pod: no API token, no privileges, nothing writable but /tmp."""
    pod = audit.spec.pod
    spec: Manifest = {
        "restartPolicy": "Never",
        "serviceAccountName": pod.service_account_name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": TERMINATION_GRACE_SECONDS,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(audit, options)],
        "volumes": _volumes(audit.spec),
    }
    spec |= _placement(audit)
    return {
        "metadata": {
            "labels": {**dict(pod.labels), **_labels(audit)},
            "annotations": {"karpenter.sh/do-not-disrupt": "true", **dict(pod.annotations)},
        },
        "spec": spec,
    }


def digest(body: Manifest) -> str:
    """A short hash of what we want, to see drift without comparing every field."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def image_of(audit: DagAudit, options: OperatorOptions) -> str:
    """The runner's image."""
    return audit.spec.pod.image or options.runner_image


def _container(audit: DagAudit, options: OperatorOptions) -> Manifest:
    resources = audit.spec.pod.resources
    own = {
        "requests": dict(resources.requests) or DEFAULT_RESOURCES["requests"],
        "limits": dict(resources.limits) or DEFAULT_RESOURCES["limits"],
    }
    return {
        "name": CONTAINER,
        "image": image_of(audit, options),
        "imagePullPolicy": options.image_pull_policy,
        "env": environment(audit),
        "resources": own,
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": _mounts(audit.spec),
    }


def _claims(spec: AuditSpec) -> dict[str, tuple[Manifest, Manifest]]:
    """Volumes of the audit by their names: the volume and how it is mounted."""
    found: dict[str, tuple[Manifest, Manifest]] = {}
    source, destination = spec.source, spec.report.destination
    if source and source.persistent_volume_claim:
        claim = {
            "persistentVolumeClaim": {"claimName": source.persistent_volume_claim.name, "readOnly": True}
        }
        found["dags"] = (claim, {"mountPath": DAGS_FOLDER, "readOnly": True})
    if source and source.config_map:
        found["dags"] = (
            {"configMap": {"name": source.config_map.name}},
            {"mountPath": DAGS_FOLDER, "readOnly": True},
        )
    if destination.persistent_volume_claim:
        claim = {"persistentVolumeClaim": {"claimName": destination.persistent_volume_claim.name}}
        found["reports"] = (claim, {"mountPath": REPORTS_FOLDER})
    return found


def _volumes(spec: AuditSpec) -> list[Manifest]:
    tmp: Manifest = {"name": "tmp", "emptyDir": {"sizeLimit": "4Gi"}}
    return [tmp, *({"name": name, **volume} for name, (volume, _) in sorted(_claims(spec).items()))]


def _mounts(spec: AuditSpec) -> list[Manifest]:
    tmp = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108
    return [tmp, *({"name": name, **mount} for name, (_, mount) in sorted(_claims(spec).items()))]


def _placement(audit: DagAudit) -> Manifest:
    pod = audit.spec.pod
    made: Manifest = {
        "imagePullSecrets": [{"name": one.name} for one in pod.image_pull_secrets],
        "nodeSelector": dict(pod.node_selector),
        "tolerations": [one.model_dump(by_alias=True, exclude_none=True) for one in pod.tolerations],
        "affinity": pod.affinity,
        "priorityClassName": pod.priority_class_name,
        "runtimeClassName": pod.runtime_class_name,
        "topologySpreadConstraints": [
            {
                **one.model_dump(by_alias=True),
                "labelSelector": {"matchLabels": {AUDIT_LABEL: audit.metadata.name}},
            }
            for one in pod.topology_spread
        ],
    }
    return {key: value for key, value in made.items() if value}


def _failure_rules(*, sharded: bool) -> list[Manifest]:
    """What an exit code means: 78 and 79 end the Job, 42 ends one shard, a lost node costs no retry."""
    rules: list[Manifest] = [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
        {
            "action": "FailJob",
            "onExitCodes": {"containerName": CONTAINER, "operator": "In", "values": [78, 79]},
        },
    ]
    if sharded:
        poison = {"containerName": CONTAINER, "operator": "In", "values": [42]}
        rules.append({"action": "FailIndex", "onExitCodes": poison})
    return rules


def _metadata(audit: DagAudit, name: str) -> Manifest:
    return {
        "name": name,
        "namespace": audit.metadata.namespace or "default",
        "ownerReferences": [owner_reference(audit)],
    }


def owner_reference(audit: DagAudit) -> Manifest:
    """Deleting the audit deletes what it owns, with no finalizer and with the operator down."""
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "DagAudit",
        "name": audit.metadata.name,
        "uid": audit.metadata.uid or "",
        "controller": True,
        "blockOwnerDeletion": False,
    }


def _labels(audit: DagAudit, reason: RunReason | None = None) -> dict[str, str]:
    labels = {
        "app.kubernetes.io/name": "dagaudit-runner",
        MANAGED_BY: "dagaudit-operator",
        AUDIT_LABEL: audit.metadata.name,
    }
    queue = audit.metadata.labels.get("kueue.x-k8s.io/queue-name")
    if queue:
        labels["kueue.x-k8s.io/queue-name"] = queue
    return labels | ({TRIGGER_LABEL: str(reason)} if reason else {})
