"""What the operator is told when it starts."""

from dataclasses import dataclass

GROUP = "dagaudit.io"
VERSION = "v1alpha1"
FIELD_MANAGER = "dagaudit-operator"
MANAGED_BY = "app.kubernetes.io/managed-by"
AUDIT_LABEL = "dagaudit.io/audit"
TRIGGER_LABEL = "dagaudit.io/trigger"
MERGE_LABEL = "dagaudit.io/merges"
SPEC_HASH = "dagaudit.io/spec-hash"
RUN_NOW = "dagaudit.io/run-now"
PAUSE = "dagaudit.io/pause-reconcile"
RETAIN = "dagaudit.io/retain-children"


@dataclass(frozen=True, slots=True)
class LlmDeployment:
    """The Deployment that serves the model, which the operator lets sleep at 0 replicas between runs."""

    namespace: str
    name: str
    idle_grace_seconds: float = 600


@dataclass(frozen=True, slots=True)
class OperatorOptions:
    """Everything that does not stand in a DagAudit."""

    runner_image: str
    identity: str
    """Of this replica, unique: the pod's name."""
    namespace: str
    """Where the operator itself lives: its Lease is there."""
    watch_namespaces: tuple[str, ...] = ()
    """Empty: the whole cluster."""
    image_pull_policy: str = "IfNotPresent"
    service_accounts: tuple[str, ...] = ("dagaudit-runner",)
    """The service accounts that a DagAudit may name; a name chooses an IAM role, so the list is closed."""
    llm: LlmDeployment | None = None
    kubeconfig: str | None = None
    port: int = 8080
    workers: int = 8
    lease_seconds: int = 15
    resync_seconds: float = 600.0
    """How often everything is listed: a watch that broke does not tell what was deleted meanwhile."""
    version: str = "0.1.0"
