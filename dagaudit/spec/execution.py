"""How a run is spread over pods, and what those pods are like."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from dagaudit.spec.base import (
    NAMED_LIST,
    Label,
    LabelKey,
    ObjectName,
    SpecModel,
    SpecRule,
    exactly_one,
    unique,
)

Quantity = Annotated[
    str, Field(min_length=1, max_length=32, pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$")
]


class ExecutionMode(StrEnum):
    """One pod, an Indexed Job, or a Ray cluster."""

    SINGLE = "Single"
    SHARDED = "Sharded"
    RAY = "Ray"


class Ray(SpecModel):
    """The RayJob of an audit in mode Ray."""

    workers: int = Field(default=2, ge=1, le=256, description="Ray workers.")
    version: str | None = Field(
        default=None,
        min_length=3,
        max_length=20,
        pattern=r"^[0-9]+\.[0-9]+(\.[0-9]+)?$",
        description="Ray's version in the image.",
    )


class Execution(SpecModel):
    """How a run is spread over pods."""

    RULES = (
        SpecRule(
            cel="self.parallelism <= self.shards",
            message="parallelism must not be larger than shards",
            holds=lambda execution: execution.parallelism <= execution.shards,
        ),
        SpecRule(
            cel="!has(self.maxFailedShards) || self.maxFailedShards <= self.shards",
            message="maxFailedShards must not be larger than shards",
            holds=lambda execution: (execution.max_failed_shards or 0) <= execution.shards,
        ),
        SpecRule(
            cel="self.mode != 'Ray' || has(self.ray)",
            message="mode Ray needs ray",
            holds=lambda execution: execution.mode is not ExecutionMode.RAY or execution.ray is not None,
        ),
    )

    mode: ExecutionMode = Field(default=ExecutionMode.SINGLE, description="Single is one pod.")
    shards: int = Field(default=1, ge=1, le=1024, description="Parts that the DAGs are split into.")
    parallelism: int = Field(default=1, ge=1, le=256, description="Pods at a time.")
    max_failed_shards: int | None = Field(
        default=None, ge=0, le=1024, description="More failed shards than this end the run; default: any."
    )
    backoff_limit_per_shard: int = Field(default=2, ge=0, le=10, description="Retries of one shard.")
    active_deadline_seconds: int = Field(
        default=3600, ge=10, le=604_800, description="After this a run is stopped."
    )
    ray: Ray | None = Field(default=None, description="Needed in mode Ray.")


class ScaleFromZero(StrEnum):
    """Whether the operator wakes the model's Deployment."""

    AUTO = "Auto"
    NEVER = "Never"


class Gpu(SpecModel):
    """The GPU node that the model runs on."""

    wait_for_llm_seconds: int = Field(
        default=600,
        ge=0,
        le=7200,
        alias="waitForLLMSeconds",
        description="How long a run waits for the model to be ready.",
    )
    scale_from_zero: ScaleFromZero = Field(
        default=ScaleFromZero.AUTO, description="Auto scales the model's Deployment up for a run."
    )


class Resources(SpecModel):
    """Requests and limits of the runner's container."""

    requests: dict[LabelKey, Quantity] = Field(
        default_factory=dict, max_length=16, description="What the pod is given at least."
    )
    limits: dict[LabelKey, Quantity] = Field(
        default_factory=dict, max_length=16, description="What the pod may use at most."
    )


class Toleration(SpecModel):
    """A taint that runner pods tolerate."""

    key: str | None = Field(default=None, min_length=1, max_length=317, description="The taint's key.")
    operator: Annotated[str, Field(max_length=6, pattern=r"^(Exists|Equal)$")] = Field(
        default="Equal", description="Exists or Equal."
    )
    value: Label | None = Field(default=None, description="The taint's value.")
    effect: (
        Annotated[str, Field(max_length=16, pattern=r"^(NoSchedule|PreferNoSchedule|NoExecute)$")] | None
    ) = Field(default=None, description="Default: every effect.")
    toleration_seconds: int | None = Field(
        default=None, ge=0, le=86_400, description="How long NoExecute is tolerated."
    )


class TopologySpread(SpecModel):
    """How a run's pods are spread over nodes or zones."""

    topology_key: LabelKey = Field(description="As topology.kubernetes.io/zone.")
    max_skew: int = Field(default=1, ge=1, le=100, description="The largest difference allowed.")
    when_unsatisfiable: Annotated[str, Field(max_length=16, pattern=r"^(DoNotSchedule|ScheduleAnyway)$")] = (
        Field(default="ScheduleAnyway", description="DoNotSchedule or ScheduleAnyway.")
    )


class SecretKeyRef(SpecModel):
    """A key of a Secret in the audit's namespace."""

    name: ObjectName = Field(description="The Secret's name.")
    key: str = Field(min_length=1, max_length=253, pattern=r"^[-._a-zA-Z0-9]+$", description="The key in it.")


class EnvValueFrom(SpecModel):
    """Where a variable's value comes from."""

    secret_key_ref: SecretKeyRef = Field(description="A key of a Secret.")


class EnvVar(SpecModel):
    """An environment variable of the runner."""

    RULES = (exactly_one("value", "value_from"),)

    name: str = Field(
        min_length=1, max_length=253, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="The variable's name."
    )
    value: str | None = Field(default=None, max_length=4096, description="Its value; never a secret.")
    value_from: EnvValueFrom | None = Field(default=None, description="Where its value comes from.")


class PullSecret(SpecModel):
    """A Secret for an image registry."""

    name: ObjectName = Field(description="The Secret's name.")


class Pod(SpecModel):
    """What may be said about runner pods; privileges, host paths and commands may not."""

    RULES = (
        SpecRule(
            cel="!has(self.env) || self.env.all(a, self.env.exists_one(b, b.name == a.name))",
            message="env must not name a variable twice",
            holds=lambda pod: unique(tuple(variable.name for variable in pod.env)),
        ),
    )

    image: str | None = Field(
        default=None, min_length=1, max_length=512, description="Default: the operator's runner image."
    )
    image_pull_secrets: tuple[PullSecret, ...] = Field(
        default=(), max_length=8, description="For a private registry.", json_schema_extra=NAMED_LIST
    )
    service_account_name: ObjectName = Field(
        default="dagaudit-runner", description="Whose permissions in AWS the runner has."
    )
    resources: Resources = Field(default=Resources(), description="Default: the operator's.")
    node_selector: dict[LabelKey, Label] = Field(
        default_factory=dict, max_length=32, description="Labels that nodes must have."
    )
    tolerations: tuple[Toleration, ...] = Field(
        default=(), max_length=32, description="Taints that are tolerated."
    )
    affinity: dict[str, Any] | None = Field(
        default=None,
        max_length=3,
        description="As in a Pod.",
        json_schema_extra={"x-kubernetes-preserve-unknown-fields": True},
    )
    topology_spread: tuple[TopologySpread, ...] = Field(
        default=(), max_length=4, description="How pods are spread."
    )
    priority_class_name: ObjectName | None = Field(default=None, description="The pods' PriorityClass.")
    runtime_class_name: ObjectName | None = Field(default=None, description="The pods' RuntimeClass.")
    env: tuple[EnvVar, ...] = Field(
        default=(), max_length=64, description="Further variables.", json_schema_extra=NAMED_LIST
    )
    labels: dict[LabelKey, Label] = Field(
        default_factory=dict, max_length=32, description="Further labels of pods."
    )
    annotations: dict[LabelKey, Annotated[str, Field(max_length=4096)]] = Field(
        default_factory=dict, max_length=32, description="Further annotations of pods."
    )
