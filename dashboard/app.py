"""Opens the report that DASHBOARD_DATA_PATH names, draws the strip on top, and runs a page.

`dagaudit dashboard` and the image start it by `streamlit run`.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from dagaudit.errors import DagAuditError, ReportMissing, SpecInvalid
from dashboard import data, state, text
from dashboard.views.links import Page
from dashboard.views.sections import strip
from dashboard.widgets.freshness_strip import PINNED, freshness_strip
from dashboard.widgets.guard import guard
from dashboard.widgets.links import file_of, let_labels_wrap

# A picture of our own: an icon by name would be fetched from a host on the internet.
ICON = Path(__file__).with_name("icon.svg")
ADDRESS = "DASHBOARD_DATA_PATH"
PAGES = (
    (Page.OVERVIEW, "Overview", ":material/dashboard:", "Is anything burning, is it one cause or many?"),
    (Page.DAGS, "DAGs", ":material/list:", "Search and filter all DAGs."),
    (Page.DAG, "DAG", ":material/account_tree:", "One DAG: why it fails, its graph, code and runs."),
    (Page.FAILURES, "Failures", ":material/error:", "The causes behind failed task attempts."),
    (Page.FINDINGS, "Findings", ":material/rule:", "What is wrong in the source, by rule."),
    (
        Page.TRENDS,
        "Trends",
        ":material/trending_up:",
        "Is anything slowly changing? Drift, and the nights so far.",
    ),
)


def main() -> None:
    """One run of the script."""
    # Before the navigation: else the page's own icon is taken, which comes from a host on the internet.
    st.set_page_config(page_icon=str(ICON), layout="wide")
    page = st.navigation(
        [
            st.Page(file_of(name), title=title, icon=icon, help=words, default=name is Page.OVERVIEW)
            for name, title, icon, words in PAGES
        ],
        position="top",
    )
    st.set_page_config(page_title=f"{page.title} · DagAudit")
    try:
        visit = open_visit(os.environ.get(ADDRESS, ""))
    except DagAuditError as error:
        no_report(error)
        return
    st.session_state[data.VISIT] = visit
    let_labels_wrap()
    with guard("The strip"):
        freshness_strip(strip(visit.report, visit.newest_id, visit.now))
    page.run()


def open_visit(address: str) -> data.Visit:
    """The report that the URL asks for, the one that this visitor looks at already, or the newest."""
    if not address:
        raise SpecInvalid(
            f"no report is named; set {ADDRESS} to a reports root or a final_dashboard_data.json, "
            "or run: dagaudit dashboard REPORTS"
        )
    newest = data.newest(address)
    asked = state.report_id(st.query_params)
    wanted = asked or st.session_state.get(PINNED)
    place = newest if wanted is None else data.older(newest, wanted)
    try:
        report = data.report(place)
    except ReportMissing:
        if asked or place == newest:
            raise
        # Old reports are deleted some day; whoever still looks at one gets the newest.
        place, report = newest, data.report(newest)
    # What somebody reads must not change under them: they are told of a newer report and choose.
    st.session_state[PINNED] = report.report_id
    return data.Visit(place, report, newest.report_id, datetime.now(UTC))


def no_report(error: DagAuditError) -> None:
    """Says what is missing, and what brings it."""
    st.title("No report to show")
    st.error(text.markdown(str(error)), icon=":material/error:")
    if isinstance(error, ReportMissing):
        st.markdown("Make one by running an audit, then load this page again:")
        st.code("dagaudit audit DAGS --logs LOGS --reports REPORTS", language=None)


main()
