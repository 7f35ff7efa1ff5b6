"""Section: what one analyzer hands to the merger."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from dagaudit.dag import DagModel
from dagaudit.dag_stats import DagStats, FleetStats, PoolStats
from dagaudit.drift import DriftInput, TrendNight
from dagaudit.finding import Failure, Finding, Metric
from dagaudit.task_attempt import Attempt, Cause
from dagaudit.wire import Wire

SCHEMA_VERSION = "1.0.0"


class SectionStatus(StrEnum):
    """How far a section may be trusted: only `ok` means that everything was looked at."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"
    SKIPPED = "skipped"


class Coverage(Wire):
    """What was looked at, against what should have been."""

    unit: str = Field(default="files", description="files, attempts or dags.")
    seen: int = Field(default=0, description="How many there are.")
    analyzed: int = Field(default=0, description="How many were looked at.")
    skipped: int = Field(
        default=0, description="How many were left out on purpose (ignored, no DAG in them)."
    )

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.analyzed + self.skipped >= self.seen


class Section(Wire):
    """One analyzer's result; a crash of the analyzer makes a `failed` one."""

    schema_version: str = SCHEMA_VERSION
    status: SectionStatus
    started_at: datetime | None = None
    ended_at: datetime | None = None
    coverage: Coverage = Coverage()
    findings: tuple[Finding, ...] = ()
    metrics: tuple[Metric, ...] = ()
    failures: tuple[Failure, ...] = ()
    reason: str | None = Field(default=None, description="Why it was skipped or failed.")


class LlmUse(Wire):
    """What the model was asked and what became of its answers."""

    address: str = Field(description="Where the model is; null:// where there is none.")
    model: str | None = None
    model_digest: str | None = None
    calls: int = 0
    cached: int = 0
    invalid_answers: int = 0
    failed_calls: int = 0
    not_judged: int = Field(
        default=0, description="Candidates without a verdict: invalid answers, no answer, no budget."
    )
    prompt_tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0


class CodeSection(Section):
    """dag_ai_audit.json: the findings in the source, and the DAG models."""

    analyzer: Literal["code"] = "code"
    target_version: str | None = Field(default=None, description="The Airflow version audited for.")
    rules: tuple[str, ...] | None = Field(
        default=None, description="The rules that ran; what another rule once found is not fixed by that."
    )
    dags: tuple[DagModel, ...] = ()
    suppressed: tuple[Finding, ...] = Field(
        default=(), description="What comments in the source silenced; empty unless it was asked for."
    )
    llm: LlmUse | None = None


class StatsSection(Section):
    """dag_stats.json: what each DAG is like and how its runs went."""

    analyzer: Literal["stats"] = "stats"
    dags: tuple[DagStats, ...] = ()
    pools: tuple[PoolStats, ...] = Field(default=(), description="Fullest first; from run history only.")
    fleet: FleetStats = FleetStats()


class LogsSection(Section):
    """log_analysis.json: every attempt found, and the causes of the failed ones."""

    analyzer: Literal["logs"] = "logs"
    attempts: tuple[Attempt, ...] = ()
    causes: tuple[Cause, ...] = ()
    llm: LlmUse | None = None


class DriftSection(Section):
    """drift_report.json: what is slowly changing."""

    analyzer: Literal["drift"] = "drift"
    inputs: tuple[DriftInput, ...] = Field(default=(), description="One per kind: numbers, source, …")
    trend: tuple[TrendNight, ...] = Field(default=(), description="At most 90 nights, oldest first.")


AnySection = CodeSection | StatsSection | LogsSection | DriftSection


def status_of(failures: tuple[Failure, ...], coverage: Coverage) -> SectionStatus:
    """The status of a section that ran to its end."""
    return SectionStatus.OK if not failures and coverage.complete else SectionStatus.PARTIAL
