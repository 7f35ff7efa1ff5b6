"""Links between pages, and other ways to open one."""

from collections.abc import Sequence

import streamlit as st

from dashboard import text
from dashboard.state import Key
from dashboard.views.links import Link, Page


def file_of(page: Page) -> str:
    """The page's script, relative to app.py."""
    return f"app_pages/{page.value}.py"


def let_labels_wrap() -> None:
    """Streamlit cuts the label of a link at the end of the line; the end of a cause's title matters."""
    st.html('<style>[data-testid="stPageLink"] p{white-space:normal;overflow-wrap:anywhere}</style>')


def link(one: Link, icon: str | None = None, *, strong: bool = False) -> None:
    """A link inside the dashboard: no new tab, no new session."""
    label = text.markdown(text.clip(one.label, 200)) or "(no name)"
    st.page_link(
        file_of(one.page),
        label=f"**{label}**" if strong else label,
        icon=icon,
        query_params=dict(one.params),
        help=None,
    )


def open_dag(dag_ids: Sequence[str], key: str) -> None:
    """A list to pick a DAG from: a table's cells are pixels, which no keyboard or screen reader can use."""
    chosen = st.selectbox(
        "Open a DAG",
        dag_ids,
        index=None,
        placeholder="Type or choose a DAG of this page",
        format_func=text.clean,
        key=key,
    )
    if chosen is not None:
        st.switch_page(file_of(Page.DAG), query_params={Key.DAG.value: chosen})
