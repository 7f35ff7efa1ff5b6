"""How a DAG's runs went: problems, figures and small tables."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import polars
import streamlit as st

from dagaudit.dag_detail import DagDetail
from dashboard import text
from dashboard.views import runs
from dashboard.views.runs import HandLine, PathLine, ProblemLine, VersionLine
from dashboard.widgets import marks

_COLUMN = st.column_config
MISSING = "–"


def problem_list(some: Sequence[ProblemLine]) -> None:
    """Problems, one box each."""
    for line in some:
        with st.container(border=True, gap="xsmall"):
            said = f"{marks.badge(line.badge)} {text.html(line.message)}"
            st.html(
                f'<div style="overflow-wrap:anywhere">{said}</div>'
                f'<div style="font-size:.9rem">{marks.muted(line.facts)}</div>'
            )


def run_history(detail: DagDetail) -> None:
    """What Airflow's own history tells; nothing where only logs were read."""
    figures = runs.figures(detail)
    if figures:
        cells = "".join(
            '<div style="min-width:7rem;overflow-wrap:anywhere"><div style="opacity:.7;font-size:.8rem">'
            f"{text.html(name)}</div><div>{text.html(value)}</div></div>"
            for name, value in figures
        )
        st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.4rem 1.6rem">{cells}</div>')
    path = runs.path(detail)
    if path:
        st.subheader("What decides when it lands")
        st.caption(text.markdown(runs.path_sentence(detail)))
        _table(path, _PATH, "Tasks by their share in when the DAG lands")
    versions = runs.versions(detail)
    if versions:
        st.subheader("Versions")
        _table(versions, _VERSIONS, "Runs of each version of the code")
    by_hand = runs.by_hand(detail)
    if by_hand:
        st.subheader("By hand")
        _table(by_hand, _HANDS, "What people did, newest first")


_PATH = {
    "task": _COLUMN.TextColumn("Task"),
    "share": _COLUMN.NumberColumn("Share of the time", format="percent"),
    "p50_seconds": _COLUMN.NumberColumn("Median s", format="compact"),
    "wait_seconds": _COLUMN.NumberColumn("Waits before, s", format="compact"),
    "slack_seconds": _COLUMN.NumberColumn("Slack s", format="compact", help="How much longer it could take"),
}
_VERSIONS = {
    "version": _COLUMN.TextColumn("Version"),
    "since": _COLUMN.DatetimeColumn("Since (UTC)", format="YYYY-MM-DD HH:mm"),
    "runs": _COLUMN.NumberColumn("Runs"),
    "failed": _COLUMN.NumberColumn("Failed"),
    "rescued": _COLUMN.NumberColumn("Saved by a retry"),
    "flips": _COLUMN.NumberColumn("Flips", help="Changes between success and failure"),
}
_HANDS = {
    "when": _COLUMN.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm:ss"),
    "who": _COLUMN.TextColumn("Who"),
    "did": _COLUMN.TextColumn("Did"),
    "where": _COLUMN.TextColumn("What", width="large"),
}


def _table(
    rows: Sequence[PathLine] | Sequence[VersionLine] | Sequence[HandLine], config: dict[str, Any], alt: str
) -> None:
    frame = polars.DataFrame([asdict(row) for row in rows], infer_schema_length=None)
    st.dataframe(frame, column_config=config, hide_index=True, placeholder=MISSING, alt=alt)
