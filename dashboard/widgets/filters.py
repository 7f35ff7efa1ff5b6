"""Filters whose values stand in the URL, and paging."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from dashboard import text
from dashboard.state import Key
from dashboard.views import dag_list, failures, findings
from dashboard.views.badges import words
from dashboard.widgets.finding import finding_card
from dashboard.widgets.links import file_of

T = TypeVar("T")


def dag_filters(choices: dag_list.Choices) -> dag_list.Filters:
    """What the reader wants to see of the DAGs."""
    with st.grid(columns=5, min_column_width=150):
        search = st.text_input(
            "Search",
            key=Key.SEARCH,
            bind="query-params",
            placeholder="DAG, file or owner",
            max_chars=200,
        )
        health = _choose("Health", choices.health, Key.HEALTH)
        owners = _choose("Owner", choices.owners, Key.OWNER, text.clean)
        tags = _choose("Tag", choices.tags, Key.TAG, text.clean)
        severities = _choose("Findings of", choices.severities, Key.SEVERITY)
    failed = st.toggle("Any failed run in the window", key=Key.FAILED, bind="query-params")
    return dag_list.Filters(search[:200], owners, tags, health, severities, failed)


def cause_filters() -> failures.Wanted:
    """What the reader wants to see of the causes."""
    with st.grid(columns=3, min_column_width=150):
        return failures.Wanted(
            states=_choose("State", failures.STATES, Key.CAUSE_STATE),
            owners=_choose("Who can mend it", failures.OWNERS, Key.CAUSE_OWNER),
            categories=_choose("Category", failures.CATEGORIES, Key.CATEGORY),
        )


def finding_filters(rules: Sequence[str]) -> findings.Wanted:
    """What the reader wants to see of the findings."""
    with st.grid(columns=4, min_column_width=150):
        search = st.text_input(
            "Search", key=Key.FINDING_SEARCH, bind="query-params", placeholder="Rule, DAG, file or message",
            max_chars=200,
        )  # fmt: skip
        return findings.Wanted(
            search=search[:200],
            severities=_choose("Severity", findings.SEVERITIES, Key.FINDING_SEVERITY),
            states=_choose("State", findings.STATES, Key.FINDING_STATE),
            rules=_choose("Rule", rules, Key.RULE, text.clean),
        )


def pages(last: int, key: Key) -> int:
    """Which page is open; no control where there is only one."""
    if last <= 1:
        return 1
    return st.pagination(last, key=key, bind="query-params")


def some(rows: Sequence[T], size: int, name: str) -> Sequence[T]:
    """The first rows, and more on demand."""
    key = f"more-{name}"
    shown = size * (1 + st.session_state.get(key, 0))
    if shown < len(rows):
        st.button(
            f"Show {min(size, len(rows) - shown):,} more", key=f"{key}-button", on_click=_more, args=(key,)
        )
    return rows[:shown]


def forget(key: Key) -> None:
    """Remove a value from the URL."""
    st.query_params.pop(key, None)


def open_finding(choices: Sequence[findings.Choice]) -> None:
    """A list to open a finding at its line: a table's cells are pixels."""
    chosen = st.selectbox(
        "Open a finding",
        range(len(choices)),
        index=None,
        placeholder="Choose a finding of this page to see it in the source",
        format_func=lambda number: text.clip(choices[number].label, 160),
        key="open-finding",
    )
    if chosen is None:
        return
    one = choices[chosen]
    if one.link is not None:
        st.switch_page(file_of(one.link.page), query_params=dict(one.link.params))
    with st.container(border=True, gap="xsmall"):
        finding_card(one.card)


def _more(key: str) -> None:
    st.session_state[key] = st.session_state.get(key, 0) + 1


def _choose(
    label: str, options: Sequence[str], key: Key, shown: Callable[[str], str] = words
) -> tuple[str, ...]:
    """Some of the options; what the URL holds is what is shown."""
    chosen = st.multiselect(
        label, options, key=key, bind="query-params", format_func=shown, placeholder="any"
    )
    known = set(options)
    return tuple(value for value in chosen if value in known)
