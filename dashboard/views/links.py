"""Links between pages: every number leads to the list behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dashboard.state import Key


class Page(StrEnum):
    """The pages, by the file of each."""

    OVERVIEW = "overview"
    DAGS = "dags"
    DAG = "dag"
    FAILURES = "failures"
    FINDINGS = "findings"
    TRENDS = "trends"


class Tab(StrEnum):
    """The tabs of a DAG's page."""

    WHY = "Why"
    CODE = "Code"
    GRAPH = "Graph"
    RUNS = "Runs"


@dataclass(frozen=True, slots=True)
class Link:
    """A page with what its URL says."""

    page: Page
    label: str
    params: Mapping[str, str | list[str]] = field(default_factory=dict)


def dag(dag_id: str, label: str | None = None, tab: Tab | None = None) -> Link:
    """To a DAG's page."""
    params: dict[str, str | list[str]] = {Key.DAG: dag_id}
    if tab is not None:
        params[Key.TAB] = tab.value
    return Link(Page.DAG, label or dag_id, params)


def code(dag_id: str, line: int, label: str) -> Link:
    """To a line in a DAG's source."""
    return Link(Page.DAG, label, {Key.DAG: dag_id, Key.TAB: Tab.CODE.value, Key.LINE: str(line)})


def cause(cause_id: str, label: str) -> Link:
    """To a cause among the failures."""
    return Link(Page.FAILURES, label, {Key.CAUSE: cause_id})
