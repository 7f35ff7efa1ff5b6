"""What a run tells in its termination message, so that nobody needs to read the report to know the result."""

from pydantic import Field

from dagaudit.report import GateResult, ReportStatus
from dagaudit.section import SCHEMA_VERSION
from dagaudit.wire import Wire

# Kubernetes cuts a longer message.
MAX_BYTES = 4096


class RunSummary(Wire):
    """One JSON object of at most 4 KiB in the container's termination message."""

    schema_version: str = SCHEMA_VERSION
    exit_code: int = Field(
        description="0 done, 1 retry may help, 78 spec wrong, 79 budget used up, 80 gate failed."
    )
    error: str | None = Field(default=None, description="Why there is no report; null where there is one.")
    report_id: str | None = None
    report: str | None = Field(default=None, description="The report's folder, as an address.")
    status: ReportStatus | None = None
    gate: GateResult = GateResult.NOT_SET
    stopped: bool = Field(default=False, description="Whether the run was told to end before it was done.")
    newer: str | None = Field(default=None, description="A newer report that latest.json keeps naming.")
    sections: dict[str, str] = Field(default_factory=dict, description="Section to status.")
    dags: int = 0
    causes: int = 0
    findings: dict[str, int] = Field(default_factory=dict, description="By severity.")
    new_findings: int = 0
    fixed_findings: int = 0
    tokens: int = Field(default=0, description="Of prompts and answers together.")
    seconds: float = 0.0
    source_reachable: bool | None = Field(default=None, description="null where no source was asked for.")
    airflow_reachable: bool | None = Field(default=None, description="null where it was not asked.")
    llm_available: bool | None = Field(default=None, description="null where no model was asked for.")

    @property
    def sentence(self) -> str:
        """What people read in the run's condition."""
        if self.error:
            return self.error
        counts = ", ".join(f"{count} {severity}" for severity, count in self.findings.items() if count)
        parts = [f"{self.dags} DAGs", counts or "no findings", f"{self.causes} causes of failures"]
        broken = [
            f"{name} is {status}" for name, status in self.sections.items() if status not in ("ok", "skipped")
        ]
        return "; ".join([", ".join(parts), *broken])

    def message(self) -> bytes:
        """The JSON, its error cut where it would not fit."""
        data = self.model_dump_json().encode()
        if len(data) <= MAX_BYTES or self.error is None:
            return data[:MAX_BYTES]
        # A character may take six bytes in JSON (\\u1234).
        room = max((MAX_BYTES - len(data) + len(self.error.encode())) // 6 - 1, 0)
        return self.model_copy(update={"error": self.error[:room] + "…"}).model_dump_json().encode()
