"""Overview: is anything burning, is it one cause or many, and who needs somebody first?"""

import streamlit as st

from dashboard import data
from dashboard.views.overview import fixed_lines, overview
from dashboard.widgets import summary
from dashboard.widgets.guard import guard

visit = data.visit()
page = overview(visit.report, visit.now)

with guard("The verdict"):
    summary.verdict(page.verdict)
with guard("The tiles"):
    summary.tiles(page.tiles)
with guard("What changed"):
    summary.changes(page.since, page.changes)
with guard("What was fixed"):
    summary.fixed(page.fixed, lambda: fixed_lines(*visit.fixed(), page.fixed))
left, right = st.columns(2, gap="large")
with left, guard("The top causes"):
    st.subheader("Top causes of failure")
    summary.causes(page.causes, page.causes_empty)
with right, guard("The DAGs that need attention"):
    st.subheader("DAGs that need attention")
    summary.dags(page.dags, page.dags_empty)
