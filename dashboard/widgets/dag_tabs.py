"""The tabs of a DAG's page; each is called only when it is open."""

import streamlit as st

from dagaudit.dag_detail import DagDetail
from dashboard import state, text
from dashboard.data import Visit
from dashboard.views import dag, failures
from dashboard.views import runs as run_views
from dashboard.views.graph import picture
from dashboard.views.source import code as code_of
from dashboard.widgets import marks
from dashboard.widgets.code_view import code_view
from dashboard.widgets.dag_graph import dag_graph, day_chart
from dashboard.widgets.evidence import cause_card
from dashboard.widgets.finding import finding_card
from dashboard.widgets.guard import guard
from dashboard.widgets.run_history import problem_list, run_history
from dashboard.widgets.tables import attempt_table, task_table


def why(detail: DagDetail, visit: Visit) -> None:
    """What is wrong with the runs, causes with evidence and advice, then findings."""
    problems = run_views.problems(detail, visit.now)
    if problems:
        st.subheader("What is wrong with its runs")
        problem_list(problems)
    st.subheader("Causes of failure")
    for cause in detail.causes:
        with st.container(border=True), guard("A cause"):
            cause_card(failures.card(cause, visit.report, visit.now), dags=False)
    if not detail.causes:
        st.caption(text.markdown(dag.no_causes(visit.report, detail)))
    st.subheader("Findings in the source")
    if not detail.findings:
        st.caption(text.markdown(dag.no_findings(visit.report, detail)))
        return
    st.caption(dag.findings_heading(detail))
    for card in dag.findings(detail):
        with st.container(border=True, gap="xsmall"):
            finding_card(card)


def code(detail: DagDetail, visit: Visit) -> None:
    """The source with its findings at their lines."""
    line = state.line(st.query_params)
    only = st.toggle("Only the lines around findings", value=line is not None, key="only-findings")
    shown = code_of(detail, line, only_findings=only)
    if shown is None:
        st.info(text.markdown(dag.no_code(visit.report, detail)))
        return
    numbers = ", ".join(f"{number}" for number in shown.lines_with_findings)
    found = f"findings at line {numbers}" if numbers else "no finding in this file"
    st.html(f'<strong style="overflow-wrap:anywhere">{text.html(shown.path)}</strong> {marks.muted(found)}')
    if shown.note:
        st.caption(text.markdown(shown.note))
    code_view(shown)
    for one in shown.elsewhere:
        st.caption(text.markdown(f"{one.path}:{one.line} {one.rule} {one.message}"))


def graph(detail: DagDetail, visit: Visit) -> None:
    """The picture of the tasks."""
    if detail.graph is None or not detail.graph.nodes:
        st.info(text.markdown(dag.no_graph(visit.report, detail)))
        return
    task = state.task_id(st.query_params)
    shown = picture(detail.graph, task)
    dag_graph(shown, key=f"graph-{visit.report.report_id}-{detail.dag_id}")
    if task is not None:
        st.caption(text.markdown(f"Chosen: {text.clip(task, 200)}"))


def runs(detail: DagDetail, visit: Visit) -> None:
    """History, tasks in numbers, and the attempts themselves."""
    days = dag.days(detail)
    if days:
        day_chart(days)
    else:
        st.caption(text.markdown(dag.no_runs(visit.report)))
    with guard("The run history"):
        run_history(detail)
    tasks = dag.tasks(detail)
    if tasks:
        st.subheader("Tasks")
        task_table(tasks)
    attempts = dag.attempts(detail)
    st.subheader("Attempts")
    if attempts:
        attempt_table(attempts)
    else:
        st.caption(text.markdown(dag.no_attempts(visit.report)))
