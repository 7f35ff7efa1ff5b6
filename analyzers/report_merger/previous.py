"""Reads what the report before this one knew; whatever is wrong with it becomes a reason, never a crash."""

from pydantic import ValidationError

from analyzers.attempt import attempt
from analyzers.report_merger import known
from analyzers.report_merger.since_last import Previous
from dagaudit.errors import ReportMissing, ReportUnreadable
from dagaudit.finding import Failure
from dagaudit.ports import ReportStore
from dagaudit.report import LATEST, Latest
from dagaudit.section import SCHEMA_VERSION


def read_latest(store: ReportStore) -> tuple[Latest | None, str | None]:
    """The pointer and the version that a swap must still find; (None, None) before the first report.

    Raises:
        ReportUnreadable: it is there, but not a pointer that this version understands.
    """
    try:
        stored = store.read(LATEST)
    except ReportMissing:
        return None, None
    try:
        return Latest.model_validate_json(stored.data), stored.version
    except ValidationError as error:
        raise ReportUnreadable(f"{LATEST} is not a pointer to a report") from error


def read_previous(store: ReportStore) -> Previous:
    """What this report is to be compared with."""
    latest = attempt("previous report", lambda: read_latest(store)[0])
    if isinstance(latest, Failure):
        return Previous(reason=f"the previous report cannot be read: {latest.message}")
    if latest is None:
        return Previous()
    if _major(latest.schema_version) != _major(SCHEMA_VERSION):
        return Previous(
            report_id=latest.report_id,
            reason=f"the previous report has schema {latest.schema_version}, "
            f"and this version reads {SCHEMA_VERSION}",
        )
    key = f"{latest.path}/{known.TABLE}.parquet"
    items = attempt("previous report", lambda: known.decode(store.read(key).data))
    if isinstance(items, Failure):
        return Previous(
            report_id=latest.report_id,
            reason=f"what the previous report knew cannot be read: {items.message}",
        )
    return Previous(report_id=latest.report_id, known=items, reason=None)


def _major(version: str) -> str:
    return version.partition(".")[0]
