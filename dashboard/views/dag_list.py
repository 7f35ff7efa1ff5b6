"""The list of DAGs: filtering, paging and the file to take away."""

from dataclasses import dataclass

import polars

from dagaudit.finding import Severity
from dagaudit.report import Health, Report
from dashboard import text
from dashboard.views import sections, times
from dashboard.views.badges import HEALTH

PAGE_ROWS = 200
MAX_CHOICES = 1_000
NO_OWNER = "(no owner)"
SHOWN = (
    "dag_id", "health", "attention", "owner", "failed_runs", "runs", "run_history", "critical", "high",
    "medium", "new_findings", "p95_seconds", "last_run_at", "schedule", "tasks", "tags",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader wants to see; empty means all."""

    search: str = ""
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    failed_in_window: bool = False

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: only what the fleet has."""

    owners: tuple[str, ...]
    tags: tuple[str, ...]
    health: tuple[str, ...] = tuple(health.value for health in Health)
    severities: tuple[str, ...] = tuple(severity.value for severity in Severity)


def choices(fleet: polars.DataFrame) -> Choices:
    """The owners and tags that occur, most frequent first where there are too many to offer."""
    owners = _frequent(fleet.get_column("owner").fill_null(NO_OWNER))
    return Choices(owners=owners, tags=_frequent(fleet.get_column("tags").explode().drop_nulls()))


def filtered(fleet: polars.DataFrame, wanted: Filters) -> polars.DataFrame:
    """The DAGs that match all filters, those that need somebody first."""
    conditions = [
        polars.concat_str("dag_id", "path", "owner", separator="\n", ignore_nulls=True)
        .str.to_lowercase()
        .str.contains(word, literal=True)
        for word in wanted.search.lower().split()
    ]
    if wanted.owners:
        conditions.append(polars.col("owner").fill_null(NO_OWNER).is_in(wanted.owners))
    if wanted.tags:
        conditions.append(polars.col("tags").list.set_intersection(list(wanted.tags)).list.len() > 0)
    if wanted.health:
        conditions.append(polars.col("health").is_in(wanted.health))
    if wanted.severities:
        conditions.append(polars.any_horizontal(polars.col(name) > 0 for name in wanted.severities))
    if wanted.failed_in_window:
        conditions.append(polars.col("failed_runs") > 0)
    found = fleet.filter(conditions) if conditions else fleet
    return found.sort(["attention", "dag_id"], descending=[True, False])


def pages(rows: int) -> int:
    """How many pages that many rows fill; at least one."""
    return max(1, -(-rows // PAGE_ROWS))


def page_rows(found: polars.DataFrame, page: int) -> polars.DataFrame:
    """One page's rows, fit to be shown; a page that is not there is the last one."""
    start = (min(max(page, 1), pages(found.height)) - 1) * PAGE_ROWS
    words = {health.value: badge.word for health, badge in HEALTH.items()}
    return (
        found.slice(start, PAGE_ROWS)
        .select(SHOWN)
        .with_columns(polars.col("health").replace(words), polars.col("owner").fill_null(NO_OWNER))
        .with_columns(_clean(name) for name in ("owner", "schedule"))
    )


def csv(found: polars.DataFrame) -> bytes:
    """The whole filter as CSV, with no cell that a spreadsheet would run."""
    joined = polars.col("tags", "causes", "run_problems").list.join(" ")
    history = polars.col("run_history").cast(polars.List(polars.String)).list.join(" ")
    parts = (
        polars.col("attention_parts")
        .list.eval(
            polars.concat_str(
                polars.element().struct.field("name"), polars.element().struct.field("points"), separator=" "
            )
        )
        .list.join(" + ")
    )
    flat = found.with_columns(joined, history, parts)
    names = [name for name, kind in flat.schema.items() if kind == polars.String]
    safe = flat.with_columns(polars.col(names).map_elements(text.csv_cell, return_dtype=polars.String))
    return safe.write_csv().encode()


def heading(shown: int, total: int, page: int) -> str:
    """How many of how many: 200 of 10,000 DAGs, page 1 of 50."""
    words = times.count(total, "DAG") if shown == total else f"{shown:,} of {times.count(total, 'DAG')} match"
    last = pages(shown)
    return words if last == 1 else f"{words}, page {min(max(page, 1), last)} of {last}"


def why_empty(report: Report, wanted: Filters, total: int) -> str:
    """Why no DAG is listed."""
    if total and wanted.any:
        return f"None of the {times.count(total, 'DAG')} matches these filters. Remove one to see more."
    return sections.why_empty(report, "code", "DAGs")


def _frequent(values: polars.Series) -> tuple[str, ...]:
    counts = values.value_counts(sort=True).head(MAX_CHOICES)
    return tuple(sorted(counts.get_column(values.name).to_list()))


def _clean(name: str) -> polars.Expr:
    return polars.col(name).map_elements(text.clean, return_dtype=polars.String)
