"""Statistics as text: one line per DAG, the worst first, and the fleet below."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from analyzers.stat_reporter.words import duration as words_of
from dagaudit.dag_stats import DagStats, RunStats

if TYPE_CHECKING:
    from dagaudit.finding import Failure
    from dagaudit.section import StatsSection

FEWEST_RUNS_FOR_A_RATE = 5
UNKNOWN = "-"
STRUCTURE_COLUMNS = ("dag", "owner", "schedule", "tasks", "depth", "width")
RUN_COLUMNS = ("runs", "failed", "success", "median", "wasted", "last success")
WORDS = 3
"""The first columns are words, the others numbers, which stand to the right."""
WIDEST_CELL, WIDEST_FAILURE, WIDEST_PROBLEM = 40, 200, 400
MOST_PROBLEMS = 30


def render(section: "StatsSection", now: datetime, *, width: int | None = None) -> str:
    """The section as a table; cut to `width` where one is given."""
    with_runs = any(dag.runs for dag in section.dags)
    columns = (*STRUCTURE_COLUMNS, *(RUN_COLUMNS if with_runs else ()))
    rows = [_cells(dag, now, with_runs=with_runs) for dag in sorted(section.dags, key=_worst_first)]
    lines = [
        *_table(columns, rows),
        "",
        *_fleet(section),
        *_problems(section),
        *_pools(section),
        *_failures(section),
    ]
    return "".join(f"{line[:width]}\n" for line in lines)


def _worst_first(dag: DagStats) -> tuple[int, float, str]:
    runs = dag.runs or RunStats(source="none")
    return (-runs.failed_runs, -runs.wasted_seconds, dag.dag_id)


def _cells(dag: DagStats, now: datetime, *, with_runs: bool) -> list[str]:
    shape = dag.structure
    numbers = (shape.tasks, shape.depth, shape.width) if shape else (UNKNOWN,) * 3
    cells = [dag.dag_id, dag.owner or UNKNOWN, dag.schedule or UNKNOWN, *map(str, numbers)]
    if with_runs:
        cells += _run_cells(dag.runs, now) if dag.runs else [UNKNOWN] * len(RUN_COLUMNS)
    return [_plain(cell) for cell in cells]


def _run_cells(runs: RunStats, now: datetime) -> list[str]:
    known = runs.successful_runs + runs.failed_runs
    age = (now - runs.last_success_at).total_seconds() if runs.last_success_at else None
    return [
        str(runs.runs),
        str(runs.failed_runs),
        # A rate of three runs says less than the counts beside it.
        _percent(runs.success_rate) if known >= FEWEST_RUNS_FOR_A_RATE else UNKNOWN,
        duration(runs.p50_seconds),
        duration(runs.wasted_seconds) if runs.failed_attempts else UNKNOWN,
        f"{duration(max(0.0, age))} ago" if age is not None else "never",
    ]


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [list(columns), *(list(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    return [
        "  ".join(
            cell.ljust(width) if place < WORDS else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def _fleet(section: "StatsSection") -> list[str]:
    fleet = section.fleet
    lines = [f"{_many(fleet.dags, 'DAG')} ({fleet.scheduled_dags} scheduled), {_many(fleet.tasks, 'task')}"]
    if fleet.runs:
        values = {metric.name: metric.value for metric in section.metrics if not metric.labels}
        rate = ""
        if "success_rate" in values:
            low, high = _percent(values["success_rate_low"]), _percent(values["success_rate_high"])
            rate = f", {_percent(values['success_rate'])} succeeded (95 % interval {low} to {high})"
        lines.append(f"{_many(fleet.runs, 'run')}, {fleet.failed_runs} failed{rate}")
        retries, saved = int(values["retries"]), int(values["recovered_by_retry"])
        lines.append(
            f"{_many(fleet.attempts, 'attempt')}, {fleet.failed_attempts} failed;"
            f" {_many(retries, 'retry', 'retries')} saved {_many(saved, 'task')},"
            f" {duration(values['wasted_seconds'])} wasted in failed attempts"
        )
    return lines


def _problems(section: "StatsSection") -> list[str]:
    """What is wrong with the runs, worst first."""
    found = sorted(
        ((problem.kind.rank, dag.dag_id, problem) for dag in section.dags for problem in dag.problems),
        key=lambda one: one[:2],
    )
    if not found:
        return []
    lines = [
        _plain(
            f"  {dag_id}: {problem.message} [{problem.kind.replace('_', ' ')}, {problem.confidence}]",
            WIDEST_PROBLEM,
        )
        for _, dag_id, problem in found[:MOST_PROBLEMS]
    ]
    more = len(found) - MOST_PROBLEMS
    rest = [f"  and {more} more: see --format json"] if more > 0 else []
    return ["", f"wrong with runs ({len(found)}):", *lines, *rest]


def _pools(section: "StatsSection") -> list[str]:
    """The pools that tasks waited for."""
    full = [pool for pool in section.pools if pool.waited_seconds > 0]
    if not full:
        return []
    lines = [
        _plain(
            f"  {pool.pool}: full {_percent(pool.full_share)} of the time ({_many(pool.slots, 'slot')});"
            f" tasks waited {duration(pool.waited_seconds)} for it, {', '.join(pool.waiting[:2])} most",
            WIDEST_FAILURE,
        )
        for pool in full
    ]
    return ["", f"pools that were full ({len(full)}):", *lines]


def _failures(section: "StatsSection") -> list[str]:
    if not section.failures:
        return []
    return ["", f"not in these numbers ({len(section.failures)}):", *map(_told, section.failures)]


def _told(failure: "Failure") -> str:
    place = failure.path or failure.part
    return _plain(f"  {place}: {failure.message.removeprefix(f'{place}: ')}", WIDEST_FAILURE)


def _many(count: int, thing: str, things: str | None = None) -> str:
    return f"{count} {thing if count == 1 else things or f'{thing}s'}"


def duration(seconds: float | None) -> str:
    """Two units at most, or a dash."""
    return UNKNOWN if seconds is None else words_of(seconds)


def _percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.0f} %"


def _plain(text: str, widest: int = WIDEST_CELL) -> str:
    """No control characters: ids and messages come from files that nobody here wrote."""
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return shown if len(shown) <= widest else shown[: widest - 1] + "…"
