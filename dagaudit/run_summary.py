"""The few numbers that a run hands back through its pod's termination message, at most 4 KiB."""

from datetime import datetime

from pydantic import Field

from dagaudit.report import GateResult, ReportStatus
from dagaudit.wire import Wire

MAX_BYTES = 4096


class RunSummary(Wire):
    """What the operator learns of a run: it needs no right on the report's store."""

    report_id: str | None = None
    report_uri: str | None = Field(default=None, max_length=1024, description="The report's folder.")
    status: ReportStatus
    gate: GateResult = GateResult.NOT_SET
    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    new: int = Field(default=0, description="Findings that the previous report did not have.")
    fixed: int = 0
    dags: int = 0
    causes: int = 0
    failed_attempts: int = 0
    tokens: int = 0
    source_reachable: bool | None = Field(default=None, description="null where no source was asked for.")
    airflow_reachable: bool | None = None
    llm_available: bool | None = None
    budget_exceeded: bool = False
    ended_at: datetime | None = None
    message: str = Field(default="", max_length=1500, description="One sentence for people.")
