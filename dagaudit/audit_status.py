"""What the operator writes into the status of DagAudits and DagAuditRuns, and the spec of a DagAuditRun."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Text = Annotated[str, Field(max_length=1024)]
Name = Annotated[str, Field(max_length=253)]
Count = Annotated[int, Field(ge=0)]


class StatusModel(BaseModel):
    """Written by us, read by kubectl and by other versions of ourselves."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class ConditionType(StrEnum):
    """What a condition is about."""

    READY = "Ready"
    SPEC_VALID = "SpecValid"
    SCHEDULED = "Scheduled"
    SOURCE_REACHABLE = "SourceReachable"
    AIRFLOW_REACHABLE = "AirflowReachable"
    LLM_AVAILABLE = "LLMAvailable"
    LAST_RUN_SUCCEEDED = "LastRunSucceeded"
    GATE_PASSED = "GatePassed"
    SUSPENDED = "Suspended"
    SUCCEEDED = "Succeeded"


class Condition(StatusModel):
    """One thing that is so, is not so, or is not known."""

    type: Annotated[str, Field(max_length=316)] = Field(description="What it is about.")
    status: Annotated[str, Field(max_length=7, pattern="^(True|False|Unknown)$")] = Field(
        description="True, False or Unknown."
    )
    observed_generation: int | None = Field(default=None, ge=0, description="The spec that it was seen with.")
    last_transition_time: datetime = Field(description="When status last changed.")
    reason: Annotated[str, Field(max_length=1024, pattern="^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")] = (
        Field(description="One word for programs.")
    )
    message: Annotated[str, Field(max_length=4096)] = Field(description="A sentence for people.")


class FindingCounts(StatusModel):
    """Findings of a run."""

    critical: Count = Field(default=0, description="Critical ones.")
    high: Count = Field(default=0, description="High ones.")
    medium: Count = Field(default=0, description="Medium ones.")
    low: Count = Field(default=0, description="Low ones.")
    new: Count = Field(default=0, description="Those the previous report did not have.")
    fixed: Count = Field(default=0, description="Those that only the previous report had.")


class RunResult(StrEnum):
    """How a run ended."""

    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    PARTIAL = "Partial"
    FAILED = "Failed"


class RunReason(StrEnum):
    """What started a run."""

    SCHEDULED = "Scheduled"
    MANUAL = "Manual"
    EVENT = "Event"
    RETRY = "Retry"


class LastRun(StatusModel):
    """The newest run."""

    name: Name = Field(description="Of its DagAuditRun and its Job.")
    start_time: datetime | None = Field(default=None, description="When it started.")
    completion_time: datetime | None = Field(default=None, description="When it ended.")
    result: RunResult = Field(description="Running, Succeeded, Partial or Failed.")
    report_uri: Text | None = Field(default=None, alias="reportURI", description="Where its report is.")
    findings: FindingCounts | None = Field(default=None, description="How many it found.")
    tokens: Count | None = Field(default=None, description="Tokens the model was asked and answered.")
    dags: Count | None = Field(default=None, description="DAGs looked at.")
    image: Text | None = Field(default=None, description="The runner's image.")


class HistoryEntry(StatusModel):
    """A finished run in a line."""

    name: Name = Field(description="Of its DagAuditRun.")
    result: RunResult = Field(description="How it ended.")
    completion_time: datetime | None = Field(default=None, description="When it ended.")


class AuditStatus(StatusModel):
    """The status of a DagAudit: a summary and where the report is, never findings, never logs."""

    observed_generation: int | None = Field(
        default=None, ge=0, description="The spec that was last acted on."
    )
    conditions: tuple[Condition, ...] = Field(
        default=(),
        max_length=16,
        description="What is so.",
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
    )
    last_schedule_time: datetime | None = Field(default=None, description="When the schedule last fired.")
    next_schedule_time: datetime | None = Field(default=None, description="When it fires next.")
    last_successful_time: datetime | None = Field(default=None, description="When a run last succeeded.")
    last_run: LastRun | None = Field(default=None, description="The newest run.")
    active_runs: tuple[Name, ...] = Field(default=(), max_length=10, description="Runs going on.")
    history: tuple[HistoryEntry, ...] = Field(
        default=(), max_length=10, description="Finished runs, newest first."
    )
    consecutive_failures: Count = Field(default=0, description="Failed runs since the last good one.")
    run_now_handled: Text | None = Field(default=None, description="The run-now annotation last acted on.")
    effective_image: Text | None = Field(default=None, description="The runner's image of the next run.")


class RunSpec(StatusModel):
    """The spec of a DagAuditRun: what ran, never changed."""

    audit_ref: Name = Field(description="The DagAudit, in the same namespace.", min_length=1)
    reason: RunReason = Field(default=RunReason.MANUAL, description="What started it.")
    job_name: Name | None = Field(default=None, description="Its Job; default: the run's own name.")


class RunStatus(StatusModel):
    """The status of a DagAuditRun."""

    conditions: tuple[Condition, ...] = Field(
        default=(),
        max_length=8,
        description="Succeeded and GatePassed.",
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
    )
    result: RunResult | None = Field(default=None, description="Running, Succeeded, Partial or Failed.")
    start_time: datetime | None = Field(default=None, description="When it started.")
    completion_time: datetime | None = Field(default=None, description="When it ended.")
    attempts: Count = Field(default=0, description="Pods that were started for it.")
    exit_code: int | None = Field(default=None, ge=0, le=255, description="Of the last pod.")
    report_uri: Text | None = Field(default=None, alias="reportURI", description="Where the report is.")
    findings: FindingCounts | None = Field(default=None, description="How many it found.")
    dags: Count | None = Field(default=None, description="DAGs looked at.")
    tokens: Count | None = Field(default=None, description="Tokens the model was asked and answered.")
    gate: Annotated[str, Field(max_length=16)] | None = Field(
        default=None, description="passed, failed or not_set."
    )
    image: Text | None = Field(default=None, description="The runner's image.")
