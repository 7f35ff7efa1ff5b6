"""Makes the Parquet tables: everything that is too much for a JSON document."""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyzers.report_merger.fleet import all_findings, ranked_causes
from analyzers.report_merger.sections import Sections
from analyzers.report_merger.since_last import Comparison
from dagaudit.dag_stats import DayStats
from dagaudit.finding import Finding
from dagaudit.report import DagRow, TableEntry
from dagaudit.task_attempt import Attempt, Cause
from dagaudit.wire import Wire

if TYPE_CHECKING:
    import polars

ROW_GROUP = 20_000
_TEXT, _WHOLE, _NUMBER, _FLAG, _TIME, _TEXTS, _WHOLES = (
    "text", "whole", "number", "flag", "time", "texts", "wholes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name, its columns and what they are."""

    name: str
    columns: Mapping[str, str]
    model: type[Wire] | None = None
    """Whose fields the columns are, for the documentation."""
    extra: Mapping[str, str] | None = None
    """Words for columns that are no field of the model."""


FLEET = Table(
    "fleet",
    {
        "dag_id": _TEXT, "path": _TEXT, "owner": _TEXT, "tags": _TEXTS, "schedule": _TEXT, "tier": _TEXT,
        "health": _TEXT, "attention": _WHOLE, "attention_parts": "parts", "tasks": _WHOLE,
        "critical": _WHOLE, "high": _WHOLE, "medium": _WHOLE, "low": _WHOLE, "new_findings": _WHOLE,
        "runs": _WHOLE, "failed_runs": _WHOLE, "success_rate": _NUMBER, "p95_seconds": _NUMBER,
        "last_run_at": _TIME, "causes": _TEXTS, "run_problems": _TEXTS, "run_problem": _TEXT,
        "run_history": _WHOLES, "detail": _TEXT, "verdict": _TEXT,
    },
    DagRow,
    {"verdict": "The DAG's sentence."},
)  # fmt: skip
FINDINGS = Table(
    "findings",
    {
        "rule": _TEXT, "name": _TEXT, "severity": _TEXT, "origin": _TEXT, "confidence": _TEXT,
        "bundle": _WHOLE, "path": _TEXT, "line": _WHOLE, "column": _WHOLE, "end_line": _WHOLE,
        "dag_id": _TEXT, "task_id": _TEXT, "message": _TEXT, "evidence": _TEXT, "suggestion": _TEXT,
        "fingerprint": _TEXT, "state": _TEXT,
    },
    Finding,
    {"state": "new, ongoing or regressed; null without a previous report."},
)  # fmt: skip
CAUSES = Table(
    "causes",
    {
        "cause_id": _TEXT, "category": _TEXT, "confidence": _TEXT, "title": _TEXT, "owner": _TEXT,
        "retryable": _FLAG, "advice": _TEXT, "attempts": _WHOLE, "dags": _TEXTS, "tasks": _TEXTS,
        "first_seen": _TIME, "last_seen": _TIME, "state": _TEXT, "root_exception": _TEXT,
        "explanation": _TEXT, "evidence": _TEXTS,
    },
    Cause,
    {"evidence": "The texts of its evidence lines."},
)  # fmt: skip
ATTEMPTS = Table(
    "attempts",
    {
        "dag_id": _TEXT, "run_id": _TEXT, "task_id": _TEXT, "map_index": _WHOLE, "try_number": _WHOLE,
        "outcome": _TEXT, "started_at": _TIME, "ended_at": _TIME, "category": _TEXT, "confidence": _TEXT,
        "signature": _TEXT, "root_exception": _TEXT, "fingerprint": _TEXT, "cause_id": _TEXT,
        "retryable": _FLAG, "path": _TEXT,
    },
    Attempt,
)  # fmt: skip
RUNS_DAILY = Table(
    "runs_daily",
    {
        "dag_id": _TEXT, "day": _TEXT, "runs": _WHOLE, "failed_runs": _WHOLE, "attempts": _WHOLE,
        "failed_attempts": _WHOLE, "seconds": _NUMBER,
    },
    DayStats,
    {"dag_id": "The DAG."},
)  # fmt: skip
KNOWN = Table(
    "known",
    {
        "kind": _TEXT, "id": _TEXT, "section": _TEXT, "state": _TEXT, "first_seen": _TIME,
        "last_seen": _TIME, "rule": _TEXT, "bundle": _WHOLE, "path": _TEXT, "dags": _TEXTS,
    },
    None,
    {
        "kind": "finding, cause, or looked_at for an analyzer that has looked.",
        "id": "The fingerprint, the cause_id, or the section's name.",
        "section": "Which section has to look in order to find it again.",
        "state": "open or fixed.",
        "first_seen": "Creation of the first report that had it.",
        "last_seen": "Creation of the newest report that had it; forgotten after 180 days.",
        "rule": "Of a finding.",
        "bundle": "Of a finding.",
        "path": "Of a finding.",
        "dags": "Of a cause, at most 20.",
    },
)  # fmt: skip
TABLES = (FLEET, FINDINGS, CAUSES, ATTEMPTS, RUNS_DAILY, KNOWN)


def tables(
    sections: Sections, rows: Iterable[tuple[DagRow, str]], comparison: Comparison
) -> dict[TableEntry, bytes]:
    """Every table as bytes, with its entry for the manifest."""
    contents: list[tuple[Table, Mapping[str, list[Any]]]] = [
        (FLEET, _columns(FLEET, ({**row.model_dump(), "verdict": verdict} for row, verdict in rows))),
        (FINDINGS, _columns(FINDINGS, (_finding(each, comparison) for each in all_findings(sections)))),
        (CAUSES, _columns(CAUSES, (_cause(cause) for cause in ranked_causes(sections, comparison)))),
        (ATTEMPTS, _picked(ATTEMPTS, sections.logs.attempts)),
        (RUNS_DAILY, _columns(RUNS_DAILY, _days(sections))),
        (KNOWN, _picked(KNOWN, comparison.known)),
    ]
    made = {}
    for table, columns in contents:
        data = _encoded(table, columns)
        entry = TableEntry(
            name=table.name,
            path=f"{table.name}.parquet",
            rows=len(next(iter(columns.values()))),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        made[entry] = data
    return made


def encode(table: Table, rows: list[dict[str, Any]]) -> bytes:
    """The rows as Parquet, with all columns even where there is no row."""
    return _encoded(table, _columns(table, rows))


def _columns(table: Table, rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The rows turned: a dictionary for each of a million rows would be too much to hold."""
    columns: dict[str, list[Any]] = {name: [] for name in table.columns}
    for row in rows:
        for name, column in columns.items():
            column.append(row[name])
    return columns


def _picked(table: Table, rows: Sequence[object]) -> dict[str, list[Any]]:
    return {name: [getattr(row, name) for row in rows] for name in table.columns}


def _encoded(table: Table, columns: Mapping[str, list[Any]]) -> bytes:
    import polars

    frame = polars.DataFrame(columns, schema=_schema(table), strict=True)
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", row_group_size=ROW_GROUP)
    return buffer.getvalue()


def _schema(table: Table) -> "dict[str, polars.DataType]":
    import polars

    kinds: dict[str, Any] = {
        _TEXT: polars.String(),
        _WHOLE: polars.Int64(),
        _NUMBER: polars.Float64(),
        _FLAG: polars.Boolean(),
        _TIME: polars.Datetime("us", "UTC"),
        _TEXTS: polars.List(polars.String()),
        _WHOLES: polars.List(polars.Int64()),
        "parts": polars.List(polars.Struct({"name": polars.String(), "points": polars.Int64()})),
    }
    return {name: kinds[kind] for name, kind in table.columns.items()}


def _finding(finding: Finding, comparison: Comparison) -> dict[str, Any]:
    state = comparison.states.get(("finding", finding.fingerprint))
    return {**finding.model_dump(), "state": state}


def _cause(cause: Cause) -> dict[str, Any]:
    fields = {name: getattr(cause, name) for name in CAUSES.columns}
    return {**fields, "evidence": [line.text for line in cause.evidence]}


def _days(sections: Sections) -> Iterator[dict[str, Any]]:
    for dag in sorted(sections.stats.dags, key=lambda dag: dag.dag_id):
        for day in sorted(dag.runs.days, key=lambda day: day.day) if dag.runs else ():
            yield {"dag_id": dag.dag_id, **day.model_dump()}
