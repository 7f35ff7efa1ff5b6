"""The strip on top of every page: how fresh and how complete the report is."""

import streamlit as st

from dashboard import text
from dashboard.state import Key
from dashboard.views.sections import SectionLine, Strip
from dashboard.widgets import marks

PINNED = "pinned_report"


def freshness_strip(strip: Strip) -> None:
    """Report time, state and coverage of each section, and a way to a newer report."""
    parts = [
        f"<strong>{text.html(strip.audit)}</strong>",
        f"report from {marks.hover(strip.age, f'{strip.utc}, report {strip.report_id}')}",
        marks.badge(strip.badge),
        *(_section(line) for line in strip.sections),
        _static_page(strip),
    ]
    st.html(
        '<div style="display:flex;flex-wrap:wrap;gap:.25rem .9rem;align-items:center;font-size:.9rem">'
        + "".join(f"<span>{part}</span>" for part in parts)
        + "</div>"
    )
    if strip.stale:
        st.warning(f"This report is {strip.stale}", icon=":material/history:")
    if strip.newer:
        st.button("A newer report is there: show it", on_click=_show_newest, icon=":material/refresh:")
    if strip.needs_a_look:
        with st.expander("What could not be looked at"):
            _failures(strip)


def _static_page(strip: Strip) -> str:
    address = f"report.html?report={text.html(strip.report_id)}"
    return f'<a href="{address}" target="_blank" style="color:inherit">to print or send</a>'


def _show_newest() -> None:
    st.session_state.pop(PINNED, None)
    st.query_params.pop(Key.REPORT, None)


def _section(line: SectionLine) -> str:
    coverage = f" {marks.muted(line.coverage)}" if line.coverage else ""
    name = text.html(line.title)
    if line.reason:
        name = marks.hover(line.title, line.reason)
    return f'<span style="white-space:nowrap">{name} {marks.badge(line.badge)}{coverage}</span>'


def _failures(strip: Strip) -> None:
    if strip.failures:
        items = "".join(f"<li>{text.html(row)}</li>" for row in strip.failures)
        st.html(f"<strong>The report itself</strong><ul>{items}</ul>")
    for line in strip.sections:
        if not line.failures and not (line.reason and line.badge.word != "skipped"):
            continue
        rows = [line.reason] if line.reason else []
        rows += line.failures
        more = line.failures_total - len(line.failures)
        items = "".join(f"<li>{text.html(row)}</li>" for row in rows if row)
        rest = f"<li>and {more:,} more in the section's file</li>" if more > 0 else ""
        st.html(f"<strong>{text.html(line.title)}</strong><ul>{items}{rest}</ul>")
