"""The DagAudit itself."""

from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from dagaudit.spec.base import (
    NAMED_LIST,
    ListName,
    SpecModel,
    SpecRule,
    unique,
)
from dagaudit.spec.execution import Execution, Gpu, Pod
from dagaudit.spec.input import Airflow, Source
from dagaudit.spec.llm import Llm
from dagaudit.spec.output import Notification, PolicyRef, ReportOptions, Thresholds, Trigger
from dagaudit.spec.rule_choice import RuleSelector, SeverityFloor

_CRON_FIELD = r"[0-9A-Za-z*/,?#L-]+"
# A time zone passes here, so that the rule below can say what to do instead.
_SCHEDULE = (
    r"^((CRON_)?TZ=[^ ]+ +)?(@(hourly|daily|midnight|weekly|monthly|yearly|annually)"
    rf"|{_CRON_FIELD}( +{_CRON_FIELD}){{4}})$"
)


class ConcurrencyPolicy(StrEnum):
    """What happens when a run is due while another one is going on."""

    ALLOW = "Allow"
    FORBID = "Forbid"
    REPLACE = "Replace"


class AnalyzerName(StrEnum):
    """The analyzers."""

    CODE = "Code"
    STATS = "Stats"
    LOGS = "Logs"
    DRIFT = "Drift"


class Analyzer(SpecModel):
    """One analyzer of this audit."""

    name: AnalyzerName = Field(description="Code, Stats, Logs or Drift.")
    severity_floor: SeverityFloor = Field(default=SeverityFloor.LOW, description="Report from here on up.")
    rule_selector: RuleSelector = Field(default=RuleSelector(), description="Which rules are applied.")
    timeout_seconds: int = Field(default=1800, ge=1, le=86_400, description="After this it has failed.")
    required: bool = Field(default=True, description="Whether the run fails when this one does.")


class RunHistory(SpecModel):
    """How many finished DagAuditRuns are kept."""

    successful: int = Field(default=10, ge=0, le=50, description="Succeeded ones.")
    failed: int = Field(default=10, ge=0, le=50, description="Failed ones.")


def _listed(spec: "AuditSpec", name: AnalyzerName) -> bool:
    return any(analyzer.name is name for analyzer in spec.analyzers or ())


def _needs(name: str, given: str) -> str:
    return f"!has(self.analyzers) || !self.analyzers.exists(a, a.name == '{name}') || {given}"


_LOGS = "(has(self.airflow) && has(self.airflow.logs))"
_API = "(has(self.airflow) && has(self.airflow.api))"


def _logs(spec: "AuditSpec") -> bool:
    return spec.airflow is not None and spec.airflow.logs is not None


def _api(spec: "AuditSpec") -> bool:
    return spec.airflow is not None and spec.airflow.api is not None


class AuditSpec(SpecModel):
    """What to audit, when, and where the report goes."""

    RULES = (
        SpecRule(
            cel="!has(self.schedule) || !self.schedule.contains('TZ=')",
            message="schedule must not hold a time zone; use timeZone",
            holds=lambda spec: "TZ=" not in (spec.schedule or ""),
        ),
        SpecRule(
            cel="!has(self.analyzers) || "
            "self.analyzers.all(a, self.analyzers.exists_one(b, b.name == a.name))",
            message="analyzers must not name an analyzer twice",
            holds=lambda spec: unique(tuple(analyzer.name for analyzer in spec.analyzers or ())),
        ),
        SpecRule(
            cel=_needs("Code", "has(self.source)"),
            message="the analyzer Code needs source",
            holds=lambda spec: not _listed(spec, AnalyzerName.CODE) or spec.source is not None,
        ),
        SpecRule(
            cel=_needs("Logs", _LOGS),
            message="the analyzer Logs needs airflow.logs",
            holds=lambda spec: not _listed(spec, AnalyzerName.LOGS) or _logs(spec),
        ),
        SpecRule(
            cel=_needs("Stats", f"has(self.source) || {_LOGS} || {_API}"),
            message="the analyzer Stats needs source, airflow.logs or airflow.api",
            holds=lambda spec: (
                not _listed(spec, AnalyzerName.STATS) or spec.source is not None or _logs(spec) or _api(spec)
            ),
        ),
        SpecRule(
            cel="!has(self.notifications) || "
            "self.notifications.all(a, self.notifications.exists_one(b, b.name == a.name))",
            message="notifications must not use a name twice",
            holds=lambda spec: unique(tuple(one.name for one in spec.notifications)),
        ),
    )

    suspend: bool = Field(default=False, description="No runs by schedule or trigger while true.")
    schedule: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        pattern=_SCHEDULE,
        description="Cron of five fields, or @daily and the like; default: only by hand.",
    )
    time_zone: str = Field(
        default="Etc/UTC",
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$",
        description="The schedule's IANA time zone.",
    )
    concurrency_policy: ConcurrencyPolicy = Field(
        default=ConcurrencyPolicy.FORBID, description="Forbid skips a run while another goes on."
    )
    starting_deadline_seconds: int = Field(
        default=600, ge=10, le=86_400, description="A run later than this is missed."
    )
    source: Source | None = Field(default=None, description="Where the DAG files are.")
    airflow: Airflow | None = Field(default=None, description="The Airflow that runs them.")
    analyzers: tuple[Analyzer, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=4,
        description="Default: every one whose input is given.",
        json_schema_extra=NAMED_LIST,
    )
    llm: Llm | None = Field(default=None, description="The language model; default: none.")
    report: ReportOptions = Field(description="Where the report goes.")
    run_history: RunHistory = Field(default=RunHistory(), description="Finished runs that are kept.")
    execution: Execution = Field(default=Execution(), description="How a run is spread over pods.")
    gpu: Gpu = Field(default=Gpu(), description="The GPU node of the model.")
    pod: Pod = Field(default=Pod(), description="What runner pods are like.")
    thresholds: Thresholds | None = Field(default=None, description="What fails the gate; default: nothing.")
    policy_refs: tuple[PolicyRef, ...] = Field(default=(), max_length=10, description="Shared policies.")
    notifications: tuple[Notification, ...] = Field(
        default=(), max_length=16, description="Who is told.", json_schema_extra=NAMED_LIST
    )
    trigger: Trigger | None = Field(default=None, description="What starts a run besides the schedule.")
    managed_by: str | None = Field(
        default=None,
        min_length=1,
        max_length=63,
        description="Another controller that runs this audit; the operator then keeps away.",
        json_schema_extra={
            "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "managedBy is immutable"}]
        },
    )


class Metadata(SpecModel):
    """The part of an object's metadata that matters here; the rest is Kubernetes' own."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel)

    # A CronJob's name may have 52 characters, and the minutes and the index of a run follow it.
    name: str = Field(
        min_length=1,
        max_length=40,
        pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        description="At most 40 characters, a DNS label.",
    )
    namespace: ListName | None = Field(default=None, description="Its namespace.")
    labels: dict[str, str] = Field(default_factory=dict, description="Its labels.")
    annotations: dict[str, str] = Field(default_factory=dict, description="Its annotations.")
    generation: int | None = Field(default=None, description="Counts changes of the spec.")
    uid: str | None = Field(default=None, description="Unique over time.")


class DagAudit(SpecModel):
    """The resource as `kubectl apply` takes it."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)

    api_version: Literal["dagaudit.io/v1alpha1"] = Field(description="dagaudit.io/v1alpha1")
    kind: Literal["DagAudit"] = Field(description="DagAudit")
    metadata: Metadata = Field(description="Its name and labels.")
    spec: AuditSpec = Field(description="What is asked for.")
    status: dict[str, object] | None = Field(default=None, description="Written by the operator; not read.")
