"""The environment of a runner's container: the spec travels whole, secrets by reference only."""

from typing import Any

from dagaudit.spec import DagAudit, LlmMode, spec_to_json

Manifest = dict[str, Any]

DAGS_FOLDER = "/dags"
REPORTS_FOLDER = "/reports"
# Keys of the Secret of airflow.api.authSecretRef, where no key is named.
SIGN_IN = {"AIRFLOW_TOKEN": "token", "AIRFLOW_USERNAME": "username", "AIRFLOW_PASSWORD": "password"}
# Of the Secret of llm.secretRef, likewise.
API_KEY = "api-key"


def environment(audit: DagAudit) -> list[Manifest]:
    """The spec as JSON, where volumes are, who to sign in as, and what the audit adds; its own words win."""
    made: list[Manifest] = [
        {"name": "DAGAUDIT_SPEC", "value": spec_to_json(audit.spec)},
        {"name": "DAGAUDIT_NAME", "value": audit.metadata.name},
        {"name": "DAGAUDIT_NAMESPACE", "value": audit.metadata.namespace or "default"},
    ]
    made += _mounted(audit)
    made += _sign_in(audit)
    made += _api_key(audit)
    made += _git_token(audit)
    for variable in audit.spec.pod.env:
        if variable.value_from is not None:
            reference = variable.value_from.secret_key_ref
            source = {"secretKeyRef": {"name": reference.name, "key": reference.key}}
            made.append({"name": variable.name, "valueFrom": source})
        else:
            made.append({"name": variable.name, "value": variable.value or ""})
    return made


def part_environment(part: str, shards: int, run: str | None = None) -> list[Manifest]:
    """Which part of a sharded run a pod is; a Job made by a CronJob learns its name from its pods' label."""
    name = "metadata.labels['batch.kubernetes.io/job-name']"
    field = {"valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": name}}}
    return [
        {"name": "DAGAUDIT_PART", "value": part},
        {"name": "DAGAUDIT_SHARDS", "value": str(shards)},
        {"name": "DAGAUDIT_RUN", **({"value": run} if run else field)},
    ]


def _mounted(audit: DagAudit) -> list[Manifest]:
    """Where volumes are mounted: the spec names a claim, the runner wants a folder."""
    source, destination = audit.spec.source, audit.spec.report.destination
    made: list[Manifest] = []
    if source and source.persistent_volume_claim:
        folder = f"{DAGS_FOLDER}/{source.persistent_volume_claim.path}".rstrip("/")
        made.append({"name": "S3_DAGS_DIR", "value": folder})
    if source and source.config_map:
        made.append({"name": "S3_DAGS_DIR", "value": DAGS_FOLDER})
    if destination.persistent_volume_claim:
        parts = [
            destination.persistent_volume_claim.path,
            audit.metadata.namespace or "",
            audit.metadata.name,
        ]
        folder = "/".join([REPORTS_FOLDER, *(part for part in parts if part)])
        made.append({"name": "DASHBOARD_DATA_PATH", "value": folder})
    return made


def _sign_in(audit: DagAudit) -> list[Manifest]:
    """Airflow's credentials: a token, or name and password, from the Secret that the audit names."""
    api = audit.spec.airflow.api if audit.spec.airflow else None
    if api is None or api.auth_secret_ref is None:
        return []
    secret = api.auth_secret_ref
    keys = {"AIRFLOW_TOKEN": secret.key} if secret.key else SIGN_IN
    return [
        {
            "name": name,
            "valueFrom": {"secretKeyRef": {"name": secret.name, "key": key, "optional": secret.key is None}},
        }
        for name, key in keys.items()
    ]


def _api_key(audit: DagAudit) -> list[Manifest]:
    """The model's API key; a Secret that is missing keeps the pod from starting, and the status says so."""
    llm = audit.spec.llm
    if llm is None or llm.mode is LlmMode.DISABLED or llm.secret_ref is None:
        return []
    source = {"secretKeyRef": {"name": llm.secret_ref.name, "key": llm.secret_ref.key or API_KEY}}
    return [{"name": "LLM_API_KEY", "valueFrom": source}]


def _git_token(audit: DagAudit) -> list[Manifest]:
    """The token of a private repository, and the name that some hosts want with it."""
    git = audit.spec.source.git if audit.spec.source else None
    if git is None or git.secret_ref is None:
        return []
    secret = git.secret_ref
    token = {"secretKeyRef": {"name": secret.name, "key": secret.key or "token"}}
    name = {"secretKeyRef": {"name": secret.name, "key": "username", "optional": True}}
    return [{"name": "GIT_TOKEN", "valueFrom": token}, {"name": "GIT_USERNAME", "valueFrom": name}]
