"""Tables: DAGs, findings, attempts, tasks."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import polars
import streamlit as st

from dashboard.state import Key
from dashboard.views.badges import HEALTH
from dashboard.views.dag import AttemptLine, TaskLine
from dashboard.views.links import Page
from dashboard.widgets import marks
from dashboard.widgets.links import file_of

_COLUMN = st.column_config
MISSING = "–"
MAX_ROWS_IN_SIGHT = 20
ROW_PIXELS = 33


def dag_table(rows: polars.DataFrame, key: str) -> None:
    """The DAGs of one page; a click on a name opens it."""
    ids = tuple(rows.get_column("dag_id"))
    config: dict[str, Any] = {
        "dag_id": _COLUMN.ButtonColumn(
            "DAG",
            key=f"{key}-open",
            on_click=_open_clicked,
            args=(f"{key}-open", ids),
            type="tertiary",
            pinned=True,
        ),
        "health": _COLUMN.MultiselectColumn(
            "Health",
            options=[badge.word for badge in HEALTH.values()],
            color=[marks.MARKDOWN_COLOURS[badge.tone] for badge in HEALTH.values()],
        ),
        "attention": _COLUMN.NumberColumn("Attention", help="Failures, findings and lateness in one number"),
        "owner": _COLUMN.TextColumn("Owner"),
        "failed_runs": _COLUMN.NumberColumn("Failed runs"),
        "runs": _COLUMN.NumberColumn("Runs"),
        "run_history": _COLUMN.BarChartColumn("Failed, by day", y_min=0),
        "critical": _COLUMN.NumberColumn("Critical"),
        "high": _COLUMN.NumberColumn("High"),
        "medium": _COLUMN.NumberColumn("Medium"),
        "new_findings": _COLUMN.NumberColumn("New findings"),
        "p95_seconds": _COLUMN.NumberColumn("p95", format="compact", help="95 % of runs take up to"),
        "last_run_at": _COLUMN.DatetimeColumn("Last run", format="distance"),
        "schedule": _COLUMN.TextColumn("Schedule"),
        "tasks": _COLUMN.NumberColumn("Tasks"),
        "tags": _COLUMN.ListColumn("Tags"),
    }
    st.dataframe(
        _clocks(rows.with_columns(polars.concat_list("health")), "p95_seconds"),
        column_config=config,
        hide_index=True,
        placeholder=MISSING,
        key=key,
        height=_height(rows.height),
        alt="DAGs that match the filters",
    )


def _open_clicked(key: str, ids: Sequence[str]) -> None:
    # The ids travel with the button: a table keeps positions while its rows change under it.
    click = st.session_state[key]
    if click is not None and 0 <= click.row < len(ids):
        st.switch_page(file_of(Page.DAG), query_params={Key.DAG.value: ids[click.row]})


def finding_table(rows: polars.DataFrame, key: str) -> None:
    """The findings of one page."""
    config = {
        "severity": _COLUMN.TextColumn("Severity"),
        "rule": _COLUMN.TextColumn("Rule"),
        "name": _COLUMN.TextColumn("Name"),
        "dag_id": _COLUMN.TextColumn("DAG"),
        "path": _COLUMN.TextColumn("File"),
        "line": _COLUMN.NumberColumn("Line", format="plain"),
        "message": _COLUMN.TextColumn("Message", width="large"),
        "state": _COLUMN.TextColumn("State"),
        "suggestion": _COLUMN.TextColumn("Suggestion", width="large"),
    }
    st.dataframe(
        rows,
        column_config=config,
        hide_index=True,
        placeholder=MISSING,
        key=key,
        height=_height(rows.height),
        alt="Findings that match the filters",
    )


def rule_table(rows: polars.DataFrame) -> None:
    """The rules that found something."""
    config = {
        "rule": _COLUMN.TextColumn("Rule"),
        "name": _COLUMN.TextColumn("Name"),
        "severity": _COLUMN.TextColumn("Severity"),
        "findings": _COLUMN.NumberColumn("Findings"),
        "dags": _COLUMN.NumberColumn("DAGs"),
    }
    st.dataframe(rows, column_config=config, hide_index=True, placeholder=MISSING, alt="Findings by rule")


def attempt_table(rows: Sequence[AttemptLine]) -> None:
    """The attempts of a DAG, newest first."""
    config = {
        "task": _COLUMN.TextColumn("Task"),
        "outcome": _COLUMN.TextColumn("Outcome"),
        "started_at": _COLUMN.DatetimeColumn("Started (UTC)", format="YYYY-MM-DD HH:mm:ss"),
        "seconds": _COLUMN.NumberColumn("Took", format="compact"),
        "attempt": _COLUMN.NumberColumn("Try"),
        "tries": _COLUMN.TextColumn("All its tries"),
        "run_id": _COLUMN.TextColumn("Run"),
        "cause": _COLUMN.TextColumn("Cause", width="large"),
    }
    frame = _clocks(polars.DataFrame([asdict(row) for row in rows], infer_schema_length=None), "seconds")
    st.dataframe(
        frame,
        column_config=config,
        hide_index=True,
        placeholder=MISSING,
        alt="Attempts at tasks, newest first",
    )


def task_table(rows: Sequence[TaskLine]) -> None:
    """The tasks of a DAG in numbers."""
    config = {
        "task": _COLUMN.TextColumn("Task"),
        "attempts": _COLUMN.NumberColumn("Attempts"),
        "failed": _COLUMN.NumberColumn("Failed"),
        "retries": _COLUMN.NumberColumn("Retries"),
        "p50_seconds": _COLUMN.NumberColumn("Median", format="compact"),
        "p95_seconds": _COLUMN.NumberColumn("p95", format="compact"),
    }
    frame = polars.DataFrame([asdict(row) for row in rows], infer_schema_length=None)
    frame = _clocks(frame, "p50_seconds", "p95_seconds")
    st.dataframe(
        frame,
        column_config=config,
        hide_index=True,
        placeholder=MISSING,
        alt="Tasks over the window, failing ones first",
    )


def _clocks(frame: polars.DataFrame, *names: str) -> polars.DataFrame:
    """Seconds as lengths of time, which tables show as 00:01:35 and still sort."""
    return frame.with_columns(
        polars.when(polars.col(name) < 10)
        .then((polars.col(name).cast(polars.Float64) * 1_000).round())
        .otherwise(polars.col(name).cast(polars.Float64).round() * 1_000)
        .cast(polars.Duration("ms"))
        .alias(name)
        for name in names
    )


def _height(rows: int) -> int:
    return (min(rows, MAX_ROWS_IN_SIGHT) + 1) * ROW_PIXELS + 2
