"""A cause of failure with its evidence."""

import streamlit as st

from dashboard import text
from dashboard.views.failures import CauseCard, Evidence
from dashboard.widgets import links, marks

_STYLE = (
    "font-family:monospace;font-size:.82rem;white-space:pre-wrap;overflow-wrap:anywhere;"
    "border-left:3px solid rgba(128,128,128,.5);padding:.1rem .6rem;margin:.1rem 0"
)
_PLACE = "font-size:.75rem;opacity:.7;margin-bottom:.3rem;overflow-wrap:anywhere"


def cause_card(card: CauseCard, *, dags: bool = True) -> None:
    """What broke, for whom, since when, what to do, and how one knows."""
    badges = " ".join(marks.badge(badge) for badge in card.badges)
    st.html(
        f'<div style="font-size:1.1rem;font-weight:600;overflow-wrap:anywhere">{text.html(card.title)}</div>'
        f"<div>{badges} {marks.hover(card.seen, card.seen_utc)}</div>"
        f"<div>{marks.muted(card.facts)}</div>"
        f'<div style="margin-top:.4rem"><strong>Do:</strong> {text.html(card.advice)}</div>'
    )
    if card.explanation:
        st.html(f"<div>{text.html(card.explanation)}</div><div>{marks.muted(card.explained_by)}</div>")
    evidence(card.evidence, card.evidence_empty)
    if dags:
        _dags(card)


def evidence(lines: tuple[Evidence, ...], empty: str) -> None:
    """Lines of logs, as they are."""
    if not lines:
        st.caption(empty)
        return
    shown = "".join(
        f'<div style="{_STYLE}">{text.html(line.text)}</div>'
        f'<div style="{_PLACE}">{text.html(line.place)}</div>'
        for line in lines
    )
    st.html(f"<div>{shown}</div>")


def _dags(card: CauseCard) -> None:
    with st.container(horizontal=True, gap="small"):
        for one in card.dags:
            links.link(one, icon=":material/account_tree:")
    if card.dags_more > 0:
        st.caption(f"and {card.dags_more:,} more DAGs; causes.parquet of the report names all of them")
    if card.tasks:
        more = f" and {card.tasks_more:,} more" if card.tasks_more > 0 else ""
        with st.expander("Tasks"):
            st.html(f"<div style='overflow-wrap:anywhere'>{text.html(', '.join(card.tasks))}{more}</div>")
