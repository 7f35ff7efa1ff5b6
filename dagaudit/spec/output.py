"""Where the report goes, what fails the gate, and who is told."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from dagaudit.spec.base import (
    SET,
    ListName,
    ObjectName,
    RelativePath,
    S3Uri,
    SecretRef,
    SpecModel,
    SpecRule,
    exactly_one,
    unique,
)


class S3Destination(SpecModel):
    """Reports in a bucket."""

    uri: S3Uri = Field(description="s3://bucket/prefix; the audit's namespace and name follow it.")
    kms_key_id: str | None = Field(
        default=None, min_length=1, max_length=2048, description="Encrypt with this KMS key."
    )


class VolumeDestination(SpecModel):
    """Reports on a volume."""

    name: ObjectName = Field(description="The PersistentVolumeClaim's name.")
    path: RelativePath = Field(default="", description="The folder on it.")


class Destination(SpecModel):
    """Where reports are kept: exactly one place."""

    RULES = (exactly_one("s3", "persistent_volume_claim"),)

    s3: S3Destination | None = Field(default=None, description="A bucket.")
    persistent_volume_claim: VolumeDestination | None = Field(default=None, description="A volume.")


class ReportFormat(StrEnum):
    """A form of the report."""

    JSON = "JSON"
    HTML = "HTML"
    SARIF = "SARIF"


class Retention(SpecModel):
    """How long reports are kept: a run goes when it is over both limits; 0 is no limit."""

    runs: int = Field(default=30, ge=0, le=1000, description="The newest so many are kept.")
    days: int = Field(default=90, ge=0, le=1000, description="Younger ones are kept.")


class ReportOptions(SpecModel):
    """The report."""

    RULES = (
        SpecRule(
            cel="self.formats.all(a, self.formats.exists_one(b, b == a))",
            message="formats must not name a format twice",
            holds=lambda report: unique(report.formats),
        ),
    )

    destination: Destination = Field(description="Where it is kept.")
    formats: tuple[ReportFormat, ...] = Field(
        default=(ReportFormat.JSON, ReportFormat.HTML),
        min_length=1,
        max_length=3,
        description="Its forms; JSON is written in any case, for the dashboard reads it.",
        json_schema_extra=SET,
    )
    retention: Retention = Field(default=Retention(), description="How long it is kept.")


class Thresholds(SpecModel):
    """What fails the gate: more findings than these. An omitted limit is none."""

    critical: int | None = Field(default=0, ge=0, le=1_000_000, description="Critical findings allowed.")
    high: int | None = Field(default=None, ge=0, le=1_000_000, description="High findings allowed.")
    medium: int | None = Field(default=None, ge=0, le=1_000_000, description="Medium findings allowed.")
    new_findings_only: bool = Field(
        default=False, description="Count only what the previous report did not have."
    )
    min_health_score: int | None = Field(default=None, ge=0, le=100, description="The fleet's least score.")


class PolicyRef(SpecModel):
    """A shared DagAuditPolicy."""

    name: ObjectName = Field(description="Its name, in the audit's namespace.")


class NotificationType(StrEnum):
    """Who is told."""

    SLACK = "Slack"
    PAGER_DUTY = "PagerDuty"
    SNS = "SNS"
    EMAIL = "Email"
    WEBHOOK = "Webhook"


class NotificationEvent(StrEnum):
    """What is told."""

    FAILED = "Failed"
    GATE_FAILED = "GateFailed"
    RECOVERED = "Recovered"
    NEW_CRITICAL = "NewCritical"


class Notification(SpecModel):
    """Somebody to tell."""

    RULES = (
        SpecRule(
            cel="self.type == 'SNS' ? has(self.topicArn) : has(self.secretRef)",
            message="type SNS needs topicArn; every other type needs secretRef",
            holds=lambda one: bool(one.topic_arn if one.type is NotificationType.SNS else one.secret_ref),
        ),
    )

    name: ListName = Field(description="What it is called.")
    type: NotificationType = Field(description="Slack, PagerDuty, SNS, Email or Webhook.")
    secret_ref: SecretRef | None = Field(default=None, description="A Secret with URL, key or password.")
    topic_arn: (
        Annotated[str, Field(max_length=2048, pattern=r"^arn:aws[a-z-]*:sns:[^:]+:[0-9]{12}:.+$")] | None
    ) = Field(default=None, description="The SNS topic.")
    on: tuple[NotificationEvent, ...] = Field(
        default=(NotificationEvent.FAILED, NotificationEvent.GATE_FAILED, NotificationEvent.RECOVERED),
        min_length=1,
        max_length=4,
        description="What is told.",
        json_schema_extra=SET,
    )
    min_interval: str = Field(
        default="1h",
        min_length=2,
        max_length=8,
        pattern=r"^[0-9]{1,6}(s|m|h|d)$",
        description="The same thing is not told again within this time, as 30m or 1h.",
    )


class S3Events(SpecModel):
    """A run starts when DAGs in the bucket change."""

    queue_url: str = Field(
        min_length=9,
        max_length=1024,
        pattern=r"^https?://[^/@?#]+/[^@?#]+$",
        description="The SQS queue that gets the bucket's events.",
    )
    debounce_seconds: int = Field(
        default=60, ge=1, le=3600, description="Quiet time before a run starts, so that a deploy is one run."
    )


class Trigger(SpecModel):
    """What starts a run besides the schedule."""

    s3_events: S3Events = Field(description="Changed DAGs in a bucket.")
