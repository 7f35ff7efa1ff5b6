"""Drift on the screen: a box per kind, charts over nights."""

from collections.abc import Sequence
from typing import Any

import polars
import streamlit as st

from dashboard import text
from dashboard.views.badges import Tone
from dashboard.views.drift import Chart, ItemLine, KindCard, Sentence
from dashboard.widgets import marks
from dashboard.widgets.links import link

_BOXES = {Tone.GOOD: st.success, Tone.WARNING: st.warning, Tone.BAD: st.error, Tone.NEUTRAL: st.info}
_COLUMN = st.column_config
_HEIGHT = 220


def verdict(one: Sentence) -> None:
    """The sentence on top."""
    _BOXES[one.tone](f"**{text.markdown(one.text)}**")


def kind(card: KindCard) -> None:
    """One kind: state, reason, what moved, the numbers on demand."""
    with st.container(border=True):
        st.html(f"<h3>{text.html(card.title)} {marks.badge(card.badge)}</h3>")
        st.html(f'<div style="overflow-wrap:anywhere">{text.html(card.reason)}</div>')
        for note in card.notes:
            st.caption(text.markdown(note))
        if card.items:
            _items(card.items)
        if card.facts:
            box = st.expander("The numbers", key=f"numbers-{card.kind}", on_change="rerun")
            if box.open:
                with box:
                    _numbers(card)
        if card.chart is not None:
            chart(card.chart)


def chart(one: Chart) -> None:
    """Lines over nights."""
    frame = polars.DataFrame(
        {"day": list(one.days), **{name: list(line) for name, line in one.lines.items()}}
    )
    spec: dict[str, Any] = {
        "animation": False,
        "dataset": {"source": frame},
        "tooltip": {"trigger": "axis"},
        "legend": {"bottom": 0},
        "grid": {"left": 50, "right": 15, "top": 15, "bottom": 60},
        "xAxis": {"type": "category"},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "line",
                "name": name,
                "encode": {"x": "day", "y": name},
                "showSymbol": len(one.days) < 30,
            }
            for name in one.lines
        ],
    }
    st.caption(one.title)
    words = f"{one.title}, {one.days[0]} to {one.days[-1]}: {', '.join(one.lines)}"
    st.echarts_chart(spec, height=_HEIGHT, alt=words)


def _items(lines: Sequence[ItemLine]) -> None:
    st.markdown("**What moved most**")
    for line in lines[:5]:
        _item(line)
    if len(lines) > 5:
        with st.expander(f"{len(lines) - 5} more"):
            for line in lines[5:]:
                _item(line)


def _item(line: ItemLine) -> None:
    mark = "" if line.what == "moved" else f"{text.html(line.what)} · "
    if line.link is not None:
        link(line.link, icon=":material/chevron_right:")
    name = "" if line.link is not None and line.link.label == line.name else f"<b>{text.html(line.name)}</b> "
    st.html(
        f'<div style="font-size:.9rem;overflow-wrap:anywhere">{name}{mark}{text.html(line.changes)}</div>'
    )


def _numbers(card: KindCard) -> None:
    cells = "".join(
        '<div style="min-width:9rem;overflow-wrap:anywhere"><div style="opacity:.7;font-size:.8rem">'
        f"{text.html(name)}</div><div>{text.html(value)}</div></div>"
        for name, value in card.facts
    )
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.4rem 1.6rem">{cells}</div>')
    if card.measures:
        config = {
            "name": _COLUMN.TextColumn("Feature"),
            "ks": _COLUMN.NumberColumn("KS", format="%.3f"),
            "p_value": _COLUMN.NumberColumn("p", format="scientific"),
            "q_value": _COLUMN.NumberColumn("q (BH)", format="scientific"),
            "psi": _COLUMN.NumberColumn("PSI", format="%.3f"),
            "before": _COLUMN.NumberColumn("Median before"),
            "now": _COLUMN.NumberColumn("Median now"),
            "known": _COLUMN.NumberColumn("Known"),
        }
        st.dataframe(
            polars.DataFrame(card.measures, infer_schema_length=None),
            column_config=config,
            hide_index=True,
            alt=f"{card.title}: features that differ most",
        )
