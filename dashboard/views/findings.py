"""The findings of the whole fleet: by rule, severity and state."""

from dataclasses import dataclass
from typing import Any

import polars

from dagaudit.finding import Severity
from dagaudit.report import Report
from dagaudit.task_attempt import CauseState
from dashboard import text
from dashboard.views import links, sections, times
from dashboard.views.badges import SEVERITY
from dashboard.views.dag import FindingCard
from dashboard.views.links import Link

PAGE_ROWS = 100
SEVERITIES = tuple(severity.value for severity in Severity)
STATES = tuple(state.value for state in CauseState)
SHOWN = ("severity", "rule", "name", "dag_id", "path", "line", "message", "state", "suggestion")
_RANK = {severity.value: severity.rank for severity in Severity}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader wants to see; empty means all."""

    search: str = ""
    rules: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return self != Wanted()


def rules(findings: polars.DataFrame) -> tuple[str, ...]:
    """The rules that found something."""
    return tuple(sorted(findings.get_column("rule").unique().to_list()))


def by_rule(findings: polars.DataFrame) -> polars.DataFrame:
    """One row per rule, worst and most frequent first."""
    return (
        findings.group_by("rule", "name", "severity")
        .agg(findings=polars.len(), dags=polars.col("dag_id").drop_nulls().n_unique())
        .with_columns(rank=_rank())
        .sort(["rank", "findings", "rule"], descending=[False, True, False])
        .drop("rank")
    )


def filtered(findings: polars.DataFrame, wanted: Wanted) -> polars.DataFrame:
    """The findings that match all filters, worst first."""
    conditions = [
        polars.concat_str("rule", "name", "dag_id", "path", "message", separator="\n", ignore_nulls=True)
        .str.to_lowercase()
        .str.contains(word, literal=True)
        for word in wanted.search.lower().split()
    ]
    for column, values in (("rule", wanted.rules), ("severity", wanted.severities), ("state", wanted.states)):
        if values:
            conditions.append(polars.col(column).is_in(values))
    found = findings.filter(conditions) if conditions else findings
    return (
        found.with_columns(rank=_rank()).sort(["rank", "rule", "path", "line"], nulls_last=True).drop("rank")
    )


def pages(rows: int) -> int:
    """How many pages that many rows fill; at least one."""
    return max(1, -(-rows // PAGE_ROWS))


def page_rows(found: polars.DataFrame, page: int) -> polars.DataFrame:
    """One page's rows, fit to be shown."""
    start = (min(max(page, 1), pages(found.height)) - 1) * PAGE_ROWS
    return (
        found.slice(start, PAGE_ROWS)
        .select(SHOWN)
        .with_columns(
            polars.col(name).map_elements(text.clean, return_dtype=polars.String)
            for name in ("dag_id", "path", "message", "suggestion")
        )
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A finding to open: on its DAG's page, or right here where no DAG is known."""

    label: str
    link: Link | None
    card: FindingCard


def openable(found: polars.DataFrame, page: int) -> list[Choice]:
    """The findings of one page, in its order."""
    start = (min(max(page, 1), pages(found.height)) - 1) * PAGE_ROWS
    return [_choice(row) for row in found.slice(start, PAGE_ROWS).iter_rows(named=True)]


def _choice(row: dict[str, Any]) -> Choice:
    label = f"{row['rule']} {row['dag_id'] or row['path']}:{row['line']} {row['message']}"
    link = links.code(row["dag_id"], row["line"], f"line {row['line']}") if row["dag_id"] else None
    card = FindingCard(
        badge=SEVERITY[Severity(row["severity"])],
        title=f"{row['rule']} {row['name']}",
        message=row["message"],
        suggestion=row["suggestion"],
        evidence=row["evidence"],
        place=f"{row['path']}:{row['line']}",
        state=row["state"],
        link=link,
    )
    return Choice(label, link, card)


def csv(found: polars.DataFrame) -> bytes:
    """The whole filter as CSV, with no cell that a spreadsheet would run."""
    names = [name for name, kind in found.schema.items() if kind == polars.String]
    safe = found.with_columns(polars.col(names).map_elements(text.csv_cell, return_dtype=polars.String))
    return safe.write_csv().encode()


def heading(shown: int, total: int, page: int) -> str:
    """How many of how many."""
    words = (
        times.count(total, "finding")
        if shown == total
        else f"{shown:,} of {times.count(total, 'finding')} match"
    )
    last = pages(shown)
    return words if last == 1 else f"{words}, page {min(max(page, 1), last)} of {last}"


def why_empty(report: Report, wanted: Wanted, total: int) -> str:
    """Why no finding is listed."""
    if total and wanted.any:
        if wanted.states and report.since_last.previous is None:
            reason = report.since_last.reason or "this is the first report"
            return f"No finding has a state, as there is nothing to compare with: {reason}."
        return f"None of the {times.count(total, 'finding')} matches these filters. Remove one to see more."
    return sections.why_empty(report, "code", "findings")


def _rank() -> polars.Expr:
    return polars.col("severity").replace_strict(_RANK, default=len(_RANK), return_dtype=polars.Int64)


assert set(_RANK) == set(SEVERITY), "every severity has a word"
