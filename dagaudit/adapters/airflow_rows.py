"""Rows of Airflow's REST API, 2.x and 3.x, as records of our own."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from dagaudit.run_history import (
    BY_HAND,
    RUN_STATES,
    RUN_TYPES,
    TASK_STATES,
    DagRecord,
    DagWarningRecord,
    EventRecord,
    HealthRecord,
    ImportErrorRecord,
    JobRecord,
    PoolRecord,
    RunRecord,
    TaskInstanceRecord,
)

Row = dict[str, Any]
WAYS = ("api.", "ui.")
_MARKS = {
    "dagrun_failed": "failed", "ui.failed": "failed", "dagrun_success": "success", "ui.success": "success",
}  # fmt: skip
Record = TypeVar("Record")


class Rows:
    """Turns rows into records; counts words that are not known and rows that are none."""

    def __init__(self) -> None:
        self.unknown: Counter[str] = Counter()
        self.unreadable = 0

    def records(self, rows: Iterable[Row], make: Callable[[Row], Record]) -> Iterator[Record]:
        """The records of those rows that are what they should be."""
        for row in rows:
            try:
                yield make(row)
            except (ValidationError, TypeError, AttributeError):
                self.unreadable += 1

    def run(self, row: Row) -> RunRecord:
        """A DAG run."""
        versions = row.get("dag_versions") or [{}]
        number = versions[-1].get("version_number")
        return RunRecord(
            dag_id=_given(row, "dag_id"),
            run_id=_given(row, "dag_run_id"),
            state=self._word("run state", row.get("state"), RUN_STATES),
            run_type=self._word("run type", row.get("run_type"), RUN_TYPES),
            # Airflow 2 starts a run when its data interval is over.
            run_after=row.get("run_after") or row.get("data_interval_end") or row.get("logical_date"),
            queued_at=row.get("queued_at"),
            started_at=row.get("start_date"),
            ended_at=row.get("end_date"),
            version=None if number is None else str(number),
        )

    def task_instance(self, row: Row) -> TaskInstanceRecord:
        """A task instance, or one of its tries."""
        index = row.get("map_index")
        return TaskInstanceRecord(
            dag_id=_given(row, "dag_id"),
            run_id=_given(row, "dag_run_id"),
            task_id=_given(row, "task_id"),
            map_index=-1 if index is None else index,
            try_number=row.get("try_number") or 0,
            state=self._word("task state", row.get("state"), TASK_STATES),
            operator=row.get("operator"),
            pool=row.get("pool"),
            pool_slots=row.get("pool_slots") or 1,
            scheduled_at=row.get("scheduled_when"),
            queued_at=row.get("queued_when"),
            started_at=row.get("start_date"),
            ended_at=row.get("end_date"),
        )

    def _word(self, field: str, value: object, known: frozenset[str]) -> str:
        word = "none" if value is None else str(value)
        if word not in known:
            self.unknown[f"{field}={word[:60]}"] += 1
        return word


def dag(row: Row) -> DagRecord:
    """A DAG; Airflow 2 says `is_active` where 3 says the inverse."""
    stale = row["is_stale"] if "is_stale" in row else row.get("is_active") is False
    interval = row.get("schedule_interval")
    cron = interval.get("value") if isinstance(interval, dict) else interval
    return DagRecord(
        dag_id=_given(row, "dag_id"),
        path=row.get("relative_fileloc") or row.get("fileloc"),
        owners=tuple(row.get("owners") or ()),
        tags=tuple(sorted(tag["name"] for tag in row.get("tags") or () if tag.get("name"))),
        schedule=row.get("timetable_summary") or (cron if isinstance(cron, str) else None),
        is_paused=bool(row.get("is_paused")),
        is_stale=bool(stale),
        max_active_runs=row.get("max_active_runs"),
        next_run_after=row.get("next_dagrun_run_after") or row.get("next_dagrun_create_after"),
    )


def health(document: Row) -> list[HealthRecord]:
    """The components, in alphabetical order."""
    return [
        HealthRecord(
            component=component,
            status=said.get("status"),
            latest_heartbeat=_time(said.get(f"latest_{component}_heartbeat")),
        )
        for component, said in sorted(document.items())
        if isinstance(said, dict)
    ]


def job(row: Row) -> JobRecord:
    """A daemon."""
    return JobRecord(
        job_type=_given(row, "job_type"),
        state=row.get("state"),
        hostname=row.get("hostname"),
        latest_heartbeat=row.get("latest_heartbeat"),
    )


def pool(row: Row) -> PoolRecord:
    """A pool."""
    return PoolRecord(
        name=_given(row, "name"),
        slots=row.get("slots") or 0,
        occupied=row.get("occupied_slots") or 0,
        queued=row.get("queued_slots") or 0,
        scheduled=row.get("scheduled_slots") or 0,
    )


def import_error(row: Row) -> ImportErrorRecord:
    """A file that could not be imported."""
    return ImportErrorRecord(
        path=_given(row, "filename"), stack_trace=row.get("stack_trace") or "", seen_at=row.get("timestamp")
    )


def warning(row: Row) -> DagWarningRecord:
    """What Airflow warns of."""
    return DagWarningRecord(
        dag_id=_given(row, "dag_id"), kind=_given(row, "warning_type"), message=row.get("message") or ""
    )


def event(row: Row) -> EventRecord:
    """A row of the event log; Airflow 2.10 and 2.11 say before a name which way it came."""
    extra = _extra(row)
    said = _given(row, "event")
    name = next((bare for way in WAYS if (bare := said.removeprefix(way)) in BY_HAND), said)
    names = ("when", "dag_id", "task_id", "map_index", "try_number", "owner")
    state = extra.get("new_state") or extra.get("state") or _MARKS.get(name)
    return EventRecord(
        event_id=_given(row, "event_log_id"),
        event=name,
        # The run of a clear stands in the request alone there.
        run_id=row.get("run_id") or extra.get("dag_run_id"),
        # The rest of the request is nobody's business.
        new_state=state[:60] if isinstance(state, str) else None,
        **{each: row.get(each) for each in names},
    )


def _extra(row: Row) -> Row:
    """What was asked for, where a person asked."""
    try:
        extra = json.loads(row.get("extra") or "{}")
    except ValueError:
        return {}
    return extra if isinstance(extra, dict) else {}


def _given(row: Row, name: str) -> Any:  # noqa: ANN401
    value = row.get(name)
    if value is None:
        raise TypeError(name)
    return value


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
