"""Failures: the causes behind failed attempts, with evidence."""

import streamlit as st

from dashboard import data, state
from dashboard.state import Key
from dashboard.views import failures
from dashboard.widgets import filters
from dashboard.widgets.evidence import cause_card
from dashboard.widgets.guard import guard

visit = data.visit()
st.header("Failures")
with guard("The causes"):
    causes = visit.causes()
    chosen = state.cause_id(st.query_params)
    shown = [cause for cause in causes if cause.cause_id == chosen]
    if shown:
        st.button("Show all causes", on_click=filters.forget, args=(Key.CAUSE,), icon=":material/arrow_back:")
    else:
        if chosen is not None:
            st.info("This report has no such cause; here are those that it has.")
        wanted = filters.cause_filters()
        shown = failures.wanted_causes(causes, wanted)
        if shown:
            st.markdown(f"**{failures.heading(len(shown), len(causes))}**")
        else:
            st.info(failures.why_empty(visit.report, wanted, len(causes)))
    for cause in filters.some(shown, failures.PAGE_CAUSES, "causes"):
        with st.container(border=True), guard("A cause"):
            cause_card(failures.card(cause, visit.report, visit.now))
