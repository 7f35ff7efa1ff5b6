"""DAG: one DAG's verdict, and tabs that are loaded only when they are open."""

import streamlit as st

from dagaudit.errors import ReportMissing
from dashboard import data, state
from dashboard.state import Key
from dashboard.views import dag
from dashboard.views.links import Tab
from dashboard.widgets import dag_tabs, summary
from dashboard.widgets.guard import guard
from dashboard.widgets.links import open_dag

visit = data.visit()
dag_id = state.dag_id(st.query_params)
if dag_id is None:
    st.header("DAG")
    st.info("No DAG is chosen. Pick one here, or open one from another page.")
    with guard("The list of DAGs"):
        open_dag(visit.fleet().get_column("dag_id").sort().to_list(), key="choose-dag")
    st.stop()
with guard("The DAG"):
    try:
        detail = visit.detail(dag_id)
    except ReportMissing:
        summary.no_such_dag(dag_id, visit.report)
        st.stop()
    summary.dag_head(dag.page(detail, visit.now))
    tabs = st.tabs([tab.value for tab in Tab], key=Key.TAB, on_change="rerun", bind="query-params")
    draw = {
        Tab.WHY: dag_tabs.why,
        Tab.CODE: dag_tabs.code,
        Tab.GRAPH: dag_tabs.graph,
        Tab.RUNS: dag_tabs.runs,
    }
    for name, tab in zip(Tab, tabs, strict=True):
        if tab.open:
            with tab, guard(f"The tab {name.value}"):
                draw[name](detail, visit)
