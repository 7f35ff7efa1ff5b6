"""The text that `dagaudit logs` shows."""

from collections import Counter

from rich.console import Console

from dagaudit.cli.output import plain
from dagaudit.section import LogsSection
from dagaudit.task_attempt import Cause, Outcome

_COLOURS = {"confirmed": "red", "likely": "yellow", "suspected": "magenta"}
MAX_DAGS = 6


def show(section: LogsSection, out: Console) -> None:
    """Causes first, then how attempts ended, then what could not be looked at."""
    for cause in section.causes:
        _show_cause(cause, out)
    outcomes = Counter(attempt.outcome for attempt in section.attempts)
    counts = ", ".join(f"{outcomes[outcome]} {outcome.value}" for outcome in Outcome)
    attempts, causes = len(section.attempts), len(section.causes)
    out.print(f"{_counted(attempts, 'attempt')}: {counts}; {_counted(causes, 'cause')}", markup=False)
    for failure in section.failures:
        where = f"{failure.path}: " if failure.path else ""
        out.print(plain(f"not looked at: {where}{failure.message}"), style="yellow", markup=False)


def _show_cause(cause: Cause, out: Console) -> None:
    out.print(plain(cause.title), style="bold", markup=False)
    times = f", last {cause.last_seen:%Y-%m-%d %H:%M}Z" if cause.last_seen else ""
    retry = "a retry may help" if cause.retryable else "a retry will not help"
    out.print(
        f"  {cause.category.value} · {cause.confidence.value} · {_counted(cause.attempts, 'attempt')}{times}"
        f" · for {cause.owner.value} · {retry} · {cause.cause_id}",
        style=_COLOURS[cause.confidence.value],
        markup=False,
    )
    more = f" and {len(cause.dags) - MAX_DAGS} more" if len(cause.dags) > MAX_DAGS else ""
    out.print(plain(f"  DAGs: {', '.join(cause.dags[:MAX_DAGS])}{more}"), markup=False)
    for line in cause.evidence:
        out.print(plain(f"  {line.path}:{line.line}"), style="dim", markup=False)
        out.print(plain(f"    {line.text}"), markup=False)
    for one in cause.recalled:
        alike = "noted" if one.likeness == 1 else f"noted on {one.cause_id}, {one.likeness:.0%} alike"
        out.print(plain(f"  {alike}: {one.note}"), style="green", markup=False)
    out.print(f"  → {cause.advice}\n", markup=False)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
