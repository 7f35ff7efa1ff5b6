"""DAGs: search and filter all of them; the URL holds the filters."""

import streamlit as st

from dashboard import data
from dashboard.state import Key
from dashboard.views import dag_list
from dashboard.widgets import filters
from dashboard.widgets.guard import guard
from dashboard.widgets.links import open_dag
from dashboard.widgets.tables import dag_table

visit = data.visit()
st.header("DAGs")
with guard("The list of DAGs"):
    fleet = visit.fleet()
    wanted = filters.dag_filters(dag_list.choices(fleet))
    found = dag_list.filtered(fleet, wanted)
    if found.is_empty():
        st.info(dag_list.why_empty(visit.report, wanted, fleet.height))
    else:
        number = filters.pages(dag_list.pages(found.height), Key.PAGE)
        rows = dag_list.page_rows(found, number)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.markdown(f"**{dag_list.heading(found.height, fleet.height, number)}**")
            st.download_button(
                "CSV of all that match",
                lambda: dag_list.csv(found),
                file_name=f"dags-{visit.report.report_id}.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
        open_dag(rows.get_column("dag_id").to_list(), key="open-dag")
        dag_table(rows, key=f"dags-{visit.report.report_id}")
