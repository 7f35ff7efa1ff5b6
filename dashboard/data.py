"""Reads reports: decodes the manifest, the DAGs' documents and the tables, and keeps them in memory.

A report is written once and never changed, so what is read of it needs no expiry; only the pointer to
the newest one does. Everything kept here is shared by all visitors and frozen.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
import polars
import streamlit as st
from pydantic import ValidationError

from dagaudit.adapters import open_report_store
from dagaudit.dag_detail import DagDetail
from dagaudit.errors import ReportMissing, ReportUnreadable
from dagaudit.ports import ReportStore
from dagaudit.report import FINAL, LATEST, SECTION_FILES, DagRow, Latest, Report, detail_path, folder_of
from dagaudit.section import SCHEMA_VERSION, DriftSection
from dagaudit.task_attempt import Cause
from dagaudit.wire import Wire
from dashboard import state

POINTER_SECONDS = 15
VISIT = "visit"
STATIC = "report.html"
W = TypeVar("W", bound=Wire)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one report lies: a reports root, and a folder below it."""

    root: str
    folder: str
    report_id: str

    def key(self, name: str) -> str:
        """A file of the report as the store names it."""
        return f"{self.folder}/{name}" if self.folder else name


@dataclass(frozen=True, slots=True)
class Visit:
    """What one run of a page looks at."""

    place: Place
    report: Report
    newest_id: str
    now: datetime

    def fleet(self) -> polars.DataFrame:
        """Every DAG, one row each, as in fleet.parquet."""
        return _fleet(self.place, self.report)

    def findings(self) -> polars.DataFrame | None:
        """Every finding, or None where the report has no such table."""
        return _table(self.place, "findings", self.report)

    def causes(self) -> tuple[Cause, ...]:
        """Every cause; those beyond the manifest's without their evidence."""
        return _causes(self.place, self.report)

    def fixed(self) -> tuple[tuple[Cause, ...], list[dict[str, Any]]]:
        """What the report before this one had and this one has not: causes, and rows of findings.parquet.

        Raises:
            ReportMissing: the report before has been deleted.
        """
        since = self.report.since_last
        if since.previous is None:
            return (), []
        before = older(self.place, since.previous)
        earlier = _report(before)
        found = _table(before, "findings", earlier)
        causes = tuple(one for one in _causes(before, earlier) if one.cause_id in since.causes.fixed_ids)
        if found is None:
            return causes, []
        return causes, found.filter(polars.col("fingerprint").is_in(since.findings.fixed_ids)).to_dicts()

    def detail(self, dag_id: str) -> DagDetail:
        """One DAG's document.

        Raises:
            ReportMissing: the report has no such DAG.
        """
        return _detail(self.place, dag_id)

    def drift(self) -> DriftSection:
        """What slowly changes, and the nights so far.

        Raises:
            ReportMissing: the report has no such section.
        """
        return _drift(self.place)


def visit() -> Visit:
    """What `dashboard.app` opened for this run."""
    opened: Visit = st.session_state[VISIT]
    return opened


def newest(address: str) -> Place:
    """Where the newest report at an address lies: a reports root, or a final_dashboard_data.json.

    Raises:
        ReportMissing: there is none.
        ReportUnreadable: there is one that this version cannot read.
        AddressInvalid: the address is none.
    """
    return _newest(address.rstrip("/"))


def older(place: Place, report_id: str) -> Place:
    """Where a report of the same root lies."""
    if report_id == place.report_id:
        return place
    return Place(place.root, folder_of(report_id, state.moment(report_id)), report_id)


def report(place: Place) -> Report:
    """The report's manifest.

    Raises:
        ReportMissing: it is gone.
        ReportUnreadable: it is damaged, or of another schema.
    """
    return _report(place)


def static_page(place: Place) -> bytes:
    """The report as one HTML file, as the audit made it.

    Raises:
        ReportMissing: there is none.
    """
    return _store(place.root).read(place.key(STATIC)).data


@st.cache_resource(max_entries=8, show_spinner=False)
def _store(root: str) -> ReportStore:
    return open_report_store(root)


@st.cache_resource(ttl=POINTER_SECONDS, max_entries=8, show_spinner=False)
def _newest(address: str) -> Place:
    if not address.endswith(".json"):
        latest = _decoded(_store(address), LATEST, Latest)
        return Place(address, latest.path.strip("/"), latest.report_id)
    root, _, name = address.rpartition("/")
    found = _decoded(_store(root or "."), name, Report)
    if name == FINAL and root.endswith(f"run={found.report_id}"):
        return Place(root, "", found.report_id)
    if found.audit.reports_address is None:
        raise ReportUnreadable(
            f"{address} does not say where the rest of its report lies; open the reports root instead"
        )
    return Place(found.audit.reports_address, folder_of(found.report_id, found.created_at), found.report_id)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Place: repr})
def _report(place: Place) -> Report:
    return _decoded(_store(place.root), place.key(FINAL), Report)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs={Place: repr})
def _detail(place: Place, dag_id: str) -> DagDetail:
    return _decoded(_store(place.root), place.key(detail_path(dag_id)), DagDetail)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Place: repr})
def _drift(place: Place) -> DriftSection:
    return _decoded(_store(place.root), place.key(SECTION_FILES["drift"]), DriftSection)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Place: repr})
def _fleet(place: Place, _report: Report) -> polars.DataFrame:
    if _report.dags:
        return polars.DataFrame([row.model_dump(mode="python") for row in _report.dags], schema=FLEET_SCHEMA)
    frame = _table(place, "fleet", _report)
    if frame is None:
        # A small report of nothing at all: an empty list is the truth.
        return polars.DataFrame(schema=FLEET_SCHEMA)
    return frame.select(
        polars.col(name).cast(kind) if name in frame.columns else polars.lit(None, dtype=kind).alias(name)
        for name, kind in FLEET_SCHEMA.items()
    )


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={Place: repr})
def _table(place: Place, name: str, _report: Report) -> polars.DataFrame | None:
    entry = next((table for table in _report.tables if table.name == name), None)
    if entry is None:
        return None
    data = _store(place.root).read(place.key(entry.path)).data
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise ReportUnreadable(
            f"{entry.path} of report {place.report_id} is not what the audit wrote; run the audit again"
        )
    try:
        return polars.read_parquet(io.BytesIO(data))
    except polars.exceptions.PolarsError as error:
        raise ReportUnreadable(f"{entry.path} of report {place.report_id} is damaged: {error}") from error


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Place: repr})
def _causes(place: Place, _report: Report) -> tuple[Cause, ...]:
    if not any(cut.list == "causes" for cut in _report.cut):
        return _report.causes
    frame = _table(place, "causes", _report)
    known = {cause.cause_id for cause in _report.causes}
    rows = [] if frame is None else frame.drop("evidence", strict=False).to_dicts()
    return (*_report.causes, *(Cause.model_validate(row) for row in rows if row["cause_id"] not in known))


def _decoded(store: ReportStore, key: str, model: type[W]) -> W:
    data = store.read(key).data
    where = f"{store.address.rstrip('/')}/{key}"
    plain = _or_unreadable(lambda: orjson.loads(data), f"{where} is no JSON document; run the audit again")
    version = str(plain.get("schema_version", "")) if isinstance(plain, dict) else ""
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise ReportUnreadable(
            f"{where} has schema {version or 'of an unknown version'}, and this dashboard reads "
            f"{SCHEMA_VERSION.partition('.')[0]}.x; run the audit and the dashboard in the same version"
        )
    return _or_unreadable(
        lambda: model.model_validate_json(data), f"{where} is not what the audit writes; run the audit again"
    )


def _or_unreadable(read: "Callable[[], T]", message: str) -> "T":
    try:
        return read()
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise ReportUnreadable(message) from error


T = TypeVar("T")
_TEXTS = polars.List(polars.String)
FLEET_SCHEMA: dict[str, polars.DataType | type[polars.DataType]] = {
    "dag_id": polars.String,
    "path": polars.String,
    "owner": polars.String,
    "tags": _TEXTS,
    "schedule": polars.String,
    "tier": polars.String,
    "health": polars.String,
    "attention": polars.Int64,
    "attention_parts": polars.List(polars.Struct({"name": polars.String, "points": polars.Int64})),
    "tasks": polars.Int64,
    "critical": polars.Int64,
    "high": polars.Int64,
    "medium": polars.Int64,
    "low": polars.Int64,
    "new_findings": polars.Int64,
    "runs": polars.Int64,
    "failed_runs": polars.Int64,
    "success_rate": polars.Float64,
    "p95_seconds": polars.Float64,
    "last_run_at": polars.Datetime("us", "UTC"),
    "causes": _TEXTS,
    "run_problems": _TEXTS,
    "run_problem": polars.String,
    "run_history": polars.List(polars.Int64),
}
assert set(FLEET_SCHEMA) <= set(DagRow.model_fields), "a column that no row has"
__all__ = ["Place", "ReportMissing", "Visit", "newest", "older", "report", "visit"]
