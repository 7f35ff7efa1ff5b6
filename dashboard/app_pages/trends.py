"""Trends: whether anything slowly changes, and the numbers of the reports night by night."""

import streamlit as st

from dashboard import data
from dashboard.views import drift
from dashboard.widgets import drift as draw
from dashboard.widgets.guard import guard

visit = data.visit()
st.header("Trends")
with guard("The drift check"):
    section = visit.drift()
    draw.verdict(drift.sentence(section))
    st.subheader("Night by night")
    charts = drift.trends(section.trend)
    if not charts:
        st.caption("Curves appear once two nights have been audited into these reports.")
    columns = st.columns(2, gap="large")
    for number, chart in enumerate(charts):
        with columns[number % 2], guard(chart.title):
            draw.chart(chart)
    cards = drift.cards(section)
    if cards:
        st.subheader("Drift")
    for card in cards:
        with guard(card.title):
            draw.kind(card)
