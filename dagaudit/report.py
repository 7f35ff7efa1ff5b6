"""The report: final_dashboard_data.json, the pointer to the latest one, and where everything lies."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Literal
from urllib.parse import quote

from pydantic import Field

from dagaudit.finding import Failure
from dagaudit.section import SCHEMA_VERSION, Coverage, LlmUse, SectionStatus
from dagaudit.task_attempt import Cause
from dagaudit.wire import Wire

LATEST = "latest.json"
FINAL = "final_dashboard_data.json"
MAX_NAME = 180
SECTION_FILES = {
    "code": "dag_ai_audit.json",
    "stats": "dag_stats.json",
    "logs": "log_analysis.json",
    "drift": "drift_report.json",
}


class ReportStatus(StrEnum):
    """Whether the report may be read as the whole truth."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"


class Latest(Wire):
    """latest.json: names the newest whole report; swapped last, by compare-and-swap."""

    report_id: str
    path: str = Field(description="The report's folder below the root, as runs/dt=…/run=….")
    schema_version: str = SCHEMA_VERSION
    created_at: datetime
    previous: str | None = Field(default=None, description="The report_id before this one.")


class SectionSummary(Wire):
    """A section in the manifest; its whole text lies in `file`."""

    status: SectionStatus
    file: str | None = None
    reason: str | None = None
    coverage: Coverage = Coverage()
    findings: int = 0
    failures: tuple[Failure, ...] = Field(default=(), description="At most 50; failures_total counts all.")
    failures_total: int = 0
    seconds: float | None = None
    llm: LlmUse | None = None


class Totals(Wire):
    """The numbers on top of the page."""

    dags: int = 0
    dags_exact: int = 0
    dags_by_health: dict[str, int] = Field(default_factory=dict)
    tasks: int = 0
    findings: int = 0
    findings_by_severity: dict[str, int] = Field(default_factory=dict)
    findings_by_rule: dict[str, int] = Field(default_factory=dict)
    causes: int = 0
    attempts: int = 0
    failed_attempts: int = 0
    runs: int = 0
    failed_runs: int = 0
    success_rate: float | None = None
    run_problems: dict[str, int] = Field(
        default_factory=dict, description="Kind to the number of DAGs whose runs have it, worst kind first."
    )
    drift: dict[str, str] = Field(default_factory=dict, description="Kind to its state in drift_report.json.")


class Changes(Wire):
    """What changed since the previous report; a failed section fixes nothing."""

    new: int = 0
    fixed: int = 0
    regressed: int = 0
    new_ids: tuple[str, ...] = Field(default=(), description="At most 100 fingerprints or cause ids.")
    fixed_ids: tuple[str, ...] = ()
    regressed_ids: tuple[str, ...] = ()


class SinceLast(Wire):
    """Against which report, and what."""

    previous: str | None = Field(default=None, description="A report_id; null for the first report.")
    reason: str | None = Field(default=None, description="Why there is nothing to compare with.")
    findings: Changes = Changes()
    causes: Changes = Changes()


class AttentionPart(Wire):
    """One summand of a score, so that nobody has to guess."""

    name: str
    points: int


class Health(StrEnum):
    """One word per DAG; the worst component wins."""

    FAILING = "failing"
    AT_RISK = "at_risk"
    HEALTHY = "healthy"
    UNKNOWN = "unknown"


class DagRow(Wire):
    """One DAG in a list: the row of fleet.parquet, of attention[] and of dags[]."""

    dag_id: str
    path: str | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    schedule: str | None = None
    tier: str | None = None
    health: Health = Health.UNKNOWN
    attention: int = Field(default=0, description="The sum of attention_parts.")
    attention_parts: tuple[AttentionPart, ...] = ()
    tasks: int | None = None
    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    new_findings: int = 0
    runs: int | None = None
    failed_runs: int | None = None
    success_rate: float | None = None
    p95_seconds: float | None = None
    last_run_at: datetime | None = None
    causes: tuple[str, ...] = Field(default=(), description="cause_ids that hit it.")
    run_problems: tuple[str, ...] = Field(
        default=(),
        description="Kinds of problems of its runs, worst first, each once: missed, stuck, slower, …",
    )
    run_problem: str | None = Field(default=None, description="The worst of them in a sentence.")
    run_history: tuple[int, ...] = Field(default=(), description="Failed runs per day, oldest first, <= 14.")
    detail: str | None = Field(default=None, description="Its detail file below the report's folder.")


class Cut(Wire):
    """A list that was shortened to keep a document within its size; the tables hold all of it."""

    list: str = Field(description="The list's path in the document, as attention or causes.dags.")
    kept: int
    total: int


class TableEntry(Wire):
    """A Parquet table beside the manifest."""

    name: str
    path: str
    rows: int
    sha256: str


class AuditInfo(Wire):
    """What was audited, and by what."""

    name: str = "local"
    namespace: str | None = None
    dagaudit_version: str
    target_version: str | None = None
    dags_address: str | None = None
    logs_address: str | None = None
    history_address: str | None = None
    llm_address: str | None = None
    reports_address: str | None = Field(
        default=None,
        description="The reports root; a copy of this document elsewhere finds the rest from it.",
    )
    thresholds: dict[str, int | bool] = Field(
        default_factory=dict, description="What the gate was told: critical, high, medium, newFindingsOnly, …"
    )


class GateResult(StrEnum):
    """What the thresholds said."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_SET = "not_set"


class Report(Wire):
    """final_dashboard_data.json: at most 1 MB."""

    schema_version: str = SCHEMA_VERSION
    report_id: str = Field(description="UTC, YYYYMMDDTHHMMSSZ-<8 hex>.")
    created_at: datetime
    audit: AuditInfo
    status: ReportStatus
    gate: GateResult = GateResult.NOT_SET
    sections: dict[Literal["code", "stats", "logs", "drift"], SectionSummary]
    failures: tuple[Failure, ...] = Field(default=(), description="Of the merging itself.")
    totals: Totals = Totals()
    since_last: SinceLast = SinceLast()
    attention: tuple[DagRow, ...] = Field(default=(), max_length=200)
    causes: tuple[Cause, ...] = Field(default=(), max_length=50)
    tables: tuple[TableEntry, ...] = ()
    dags: tuple[DagRow, ...] = Field(default=(), max_length=500, description="Every DAG, where at most 500.")
    cut: tuple[Cut, ...] = Field(default=(), description="What was shortened to keep within 1 MB.")


def folder_of(report_id: str, created_at: datetime) -> str:
    """The report's folder below the reports root."""
    return f"runs/dt={created_at:%Y-%m-%d}/run={report_id}"


def detail_path(dag_id: str) -> str:
    """Where a DAG's detail lies below the report's folder."""
    digest = hashlib.sha256(dag_id.encode("utf-8", "surrogatepass")).hexdigest()
    # An id may hold anything, as it can come from a log's path: / and .. must not leave the folder.
    name = quote(dag_id, safe="", errors="surrogatepass")
    if len(name) > MAX_NAME:
        name = f"{name[:MAX_NAME]}~{digest[:16]}"
    return f"dags/{digest[:2]}/{name}.json"
