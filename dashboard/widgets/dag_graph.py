"""The picture of a DAG, and the same in words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars
import streamlit as st

from dashboard import text
from dashboard.state import Key
from dashboard.views.dag import DayLine
from dashboard.views.graph import Picture


def dag_graph(picture: Picture, key: str) -> None:
    """The graph; a click on a task moves it into the middle."""
    if picture.note:
        st.caption(text.markdown(picture.note))
    event = st.echarts_chart(
        picture.option, height=picture.height, key=key, on_select="rerun", alt=picture.alt
    )
    chosen = _chosen(event.selection.selected, picture.shown)
    if chosen is not None and chosen != st.query_params.get(Key.TASK):
        st.query_params[Key.TASK] = chosen
        st.rerun()
    st.caption(
        "Red: its newest run failed. Amber: an earlier run failed. Green: ok. Grey: no attempts known. "
        "A violet border: it has findings."
    )
    frame = polars.DataFrame([asdict(task) for task in picture.tasks], infer_schema_length=None)
    with st.expander(f"All {len(picture.tasks):,} tasks as a list"):
        st.dataframe(frame, hide_index=True, alt="All tasks of the DAG, failing ones first")


def _chosen(groups: Sequence[Mapping[str, Any]], shown: Sequence[str]) -> str | None:
    for group in groups:
        if group.get("data_type") == "node":
            for position in group.get("data_indices", ()):
                if 0 <= position < len(shown):
                    return str(shown[position])
    return None


def day_chart(days: Sequence[DayLine]) -> None:
    """Runs per day, failed ones on top."""
    frame = polars.DataFrame([asdict(day) for day in days])
    failed = sum(day.failed for day in days)
    st.echarts_chart(
        {
            "animation": False,
            "legend": {"top": 0},
            "tooltip": {"trigger": "axis"},
            "dataset": {"source": frame},
            "grid": {"left": 40, "right": 10, "top": 40, "bottom": 30},
            "xAxis": {"type": "category"},
            "yAxis": {"minInterval": 1},
            "series": [
                {"type": "bar", "stack": "runs", "barMaxWidth": 40, "name": "succeeded", "color": "#2f9e5b",
                 "encode": {"x": "day", "y": "succeeded"}},
                {"type": "bar", "stack": "runs", "barMaxWidth": 40, "name": "failed", "color": "#dc3b3b",
                 "encode": {"x": "day", "y": "failed"}},
            ],
        },
        height=220,
        alt=f"Runs per day over {len(days)} days, {failed} failed",
    )  # fmt: skip
