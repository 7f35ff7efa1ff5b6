"""The heads of pages: verdicts, tiles and short lists."""

from collections.abc import Callable, Sequence

import streamlit as st

from dagaudit.report import Report
from dashboard import text
from dashboard.views import sections
from dashboard.views.badges import Tone
from dashboard.views.dag import DagPage
from dashboard.views.links import Link, Page
from dashboard.views.overview import CauseLine, Change, DagLine, Tile, Verdict
from dashboard.widgets import marks
from dashboard.widgets.links import link

_BOXES = {Tone.GOOD: st.success, Tone.WARNING: st.warning, Tone.BAD: st.error, Tone.NEUTRAL: st.info}
_ICONS = {
    Tone.GOOD: ":material/check_circle:",
    Tone.WARNING: ":material/warning:",
    Tone.BAD: ":material/error:",
    Tone.NEUTRAL: ":material/info:",
}


def verdict(one: Verdict) -> None:
    """The sentence on top, with what keeps it from being the whole truth."""
    _BOXES[one.tone](f"**{text.markdown(one.text)}**", icon=_ICONS[one.tone])
    if one.not_whole:
        phrases = " and ".join(text.markdown(phrase) for phrase in one.not_whole)
        st.warning(f"This is not the whole truth: {phrases}.", icon=":material/visibility_off:")


def tiles(some: Sequence[Tile]) -> None:
    """Numbers, each with the list behind it."""
    with st.grid(columns=len(some), min_column_width=150, border=True):
        for tile in some:
            with st.container(gap="xsmall"):
                st.metric(tile.label, tile.value)
                st.caption(text.markdown(tile.note))
                if tile.link is not None:
                    link(tile.link, icon=":material/arrow_forward:")


def changes(since: str, some: Sequence[Change]) -> None:
    """What is new, fixed or back since the report before."""
    st.subheader("Since the last report")
    if some:
        with st.container(horizontal=True, gap="medium"):
            for change in some:
                link(change.link)
    st.caption(text.markdown(since))


def fixed(total: int, lines: Callable[[], Sequence[str]]) -> None:
    """What is gone; looked up only by those who want to see it."""
    if not total:
        return
    box = st.expander(f"{total:,} fixed", key="fixed", on_change="rerun", icon=":material/check_circle:")
    if box.open:
        with box:
            st.html(f"<ul>{''.join(f'<li>{text.html(line)}</li>' for line in lines())}</ul>")


def causes(some: Sequence[CauseLine], empty: str) -> None:
    """Causes, one line each."""
    if not some:
        st.caption(text.markdown(empty))
        return
    for line in some:
        with st.container(gap="xsmall", border=True):
            link(line.link, icon=":material/chevron_right:", strong=True)
            mark = f"{marks.badge(line.badge)} " if line.badge else ""
            st.html(f'<div style="font-size:.9rem">{mark}{marks.muted(line.facts)}</div>')
    link(Link(Page.FAILURES, "All causes of failure"), icon=":material/arrow_forward:")


def dags(some: Sequence[DagLine], empty: str) -> None:
    """DAGs with their score and its parts."""
    if not some:
        st.caption(text.markdown(empty))
        return
    for line in some:
        with st.container(gap="xsmall", border=True):
            link(line.link, icon=":material/chevron_right:", strong=True)
            score = marks.muted(f"attention {line.score}")
            words = f"{marks.badge(line.badge)} {marks.muted(line.facts)}<br>{score}"
            st.html(f'<div style="font-size:.9rem">{words}</div>')
    link(Link(Page.DAGS, "All DAGs"), icon=":material/arrow_forward:")


def dag_head(page: DagPage) -> None:
    """A DAG's name, verdict and facts."""
    st.html(
        f'<h2 style="overflow-wrap:anywhere;margin:0;padding:0">{text.html(page.dag_id)} '
        f'<span style="font-size:1rem;font-weight:400">{marks.badge(page.badge)}</span></h2>'
        f'<div style="font-size:1.05rem;margin:.3rem 0">{text.html(page.verdict)}</div>'
        f"<div>{marks.muted(page.score)}</div>"
    )
    cells = "".join(
        '<div style="min-width:7rem;overflow-wrap:anywhere">'
        f'<div style="opacity:.7;font-size:.8rem">{text.html(name)}</div><div>{text.html(value)}</div></div>'
        for name, value in page.facts
    )
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.4rem 1.6rem">{cells}</div>')
    if page.trust:
        st.caption(text.markdown(page.trust))
    if page.cut:
        st.caption(text.markdown("Shortened in this report: " + "; ".join(page.cut)))


def no_such_dag(dag_id: str, report: Report) -> None:
    """A DAG that the report does not have."""
    st.header("DAG")
    st.warning(
        f"This report has no DAG {text.markdown(text.clip(dag_id, 200))}. "
        "It may have been renamed or removed, or its file could not be read.",
        icon=":material/search_off:",
    )
    for phrase in sections.not_whole(report):
        st.caption(text.markdown(f"Note that {phrase}."))
    link(Link(Page.DAGS, "All DAGs"), icon=":material/arrow_forward:")
