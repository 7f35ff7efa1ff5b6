"""Findings: what is wrong in the source, by rule, severity and state."""

import streamlit as st

from dashboard import data
from dashboard.state import Key
from dashboard.views import findings
from dashboard.widgets import filters
from dashboard.widgets.guard import guard
from dashboard.widgets.tables import finding_table, rule_table

visit = data.visit()
st.header("Findings")
with guard("The findings"):
    table = visit.findings()
    if table is None or table.is_empty():
        st.info(findings.why_empty(visit.report, findings.Wanted(), 0))
        st.stop()
    with st.expander("By rule"):
        rule_table(findings.by_rule(table))
    wanted = filters.finding_filters(findings.rules(table))
    found = findings.filtered(table, wanted)
    if found.is_empty():
        st.info(findings.why_empty(visit.report, wanted, table.height))
        st.stop()
    number = filters.pages(findings.pages(found.height), Key.FINDING_PAGE)
    rows = findings.page_rows(found, number)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"**{findings.heading(found.height, table.height, number)}**")
        st.download_button(
            "CSV of all that match",
            lambda: findings.csv(found),
            file_name=f"findings-{visit.report.report_id}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    filters.open_finding(findings.openable(found, number))
    finding_table(rows, key=f"findings-{visit.report.report_id}")
