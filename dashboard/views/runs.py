"""How a DAG's runs went: what is wrong with them, what decides when they land, who did what."""

from dataclasses import dataclass
from datetime import datetime

from dagaudit.dag_detail import DagDetail
from dagaudit.dag_stats import HistoryStats, RunStats
from dagaudit.finding import Confidence
from dagaudit.run_problem import ProblemKind, RunProblem
from dashboard.views import times
from dashboard.views.badges import Badge, Tone, words

_LOUD = (
    ProblemKind.IMPORT_ERROR, ProblemKind.MISSED, ProblemKind.STUCK, ProblemKind.OVERDUE,
    ProblemKind.FAILING_SINCE_CHANGE,
)  # fmt: skip
_QUIET = (ProblemKind.FASTER, ProblemKind.AIRFLOW_WARNING)


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem of the runs with its numbers."""

    badge: Badge
    message: str
    facts: str


@dataclass(frozen=True, slots=True)
class PathLine:
    """A task's share in when the DAG lands."""

    task: str
    share: float
    p50_seconds: float | None
    wait_seconds: float | None
    slack_seconds: float | None


@dataclass(frozen=True, slots=True)
class VersionLine:
    """The runs of one version of the code."""

    version: str
    since: datetime | None
    runs: int
    failed: int
    rescued: int
    flips: int


@dataclass(frozen=True, slots=True)
class HandLine:
    """What a person did."""

    when: datetime | None
    who: str
    did: str
    where: str


def problems(detail: DagDetail, now: datetime) -> tuple[ProblemLine, ...]:
    """What is wrong with the runs, worst first."""
    return tuple(_problem(one, now) for one in (detail.stats.problems if detail.stats else ()))


def figures(detail: DagDetail) -> tuple[tuple[str, str], ...]:
    """The figures that only Airflow's own history tells; those that are not known are left out."""
    runs, history = _runs(detail), _history(detail)
    if runs is None or history is None:
        return ()
    rate = (
        f"{history.first_time_successes:,} of {times.count(history.first_time_runs, 'run')}"
        if history.first_time_runs
        else None
    )
    made = (
        ("Succeeded the first time", rate),
        ("Saved by a retry", f"{runs.recovered_by_retry:,}" if runs.recovered_by_retry else None),
        ("Wasted in failed tries", times.duration(runs.wasted_seconds) if runs.wasted_seconds else None),
        (
            "Starts after it is due",
            _usual(history, "schedule_delay"),
        ),
        ("Lands after it is due", _usual(history, "landing")),
        (
            "Waits for the scheduler",
            _usual(history, "scheduler_wait"),
        ),
        ("Waits in the queue", _usual(history, "queue_wait")),
        ("Started late", times.count(history.late_runs, "run") if history.late_runs else None),
        ("Cleared or marked", times.count(history.cleared_runs, "run") if history.cleared_runs else None),
        (
            "A failure that was overwritten",
            times.count(history.overwritten_failures, "run") if history.overwritten_failures else None,
        ),
        ("Not counted", _left_out(history)),
    )
    return tuple((name, value) for name, value in made if value is not None)


def path(detail: DagDetail) -> tuple[PathLine, ...]:
    """The tasks by their share in when the DAG lands."""
    history = _history(detail)
    if history is None or history.critical_path is None:
        return ()
    return tuple(
        PathLine(one.task_id, one.share, one.p50_seconds, one.wait_p50_seconds, one.slack_p50_seconds)
        for one in history.critical_path.tasks
    )


def path_sentence(detail: DagDetail) -> str:
    """Which chain decides, and in how many runs it did."""
    history = _history(detail)
    found = history.critical_path if history else None
    if found is None:
        return ""
    version = f" of version {found.version}" if found.version else ""
    return (
        f"{' → '.join(found.usual)} decided when it landed in {found.usual_runs:,} of"
        f" {times.count(found.runs, 'run')}{version}."
    )


def versions(detail: DagDetail) -> tuple[VersionLine, ...]:
    """The versions, newest first."""
    history = _history(detail)
    return tuple(
        VersionLine(one.version, one.first_run_at, one.runs, one.failed_runs, one.rescued_runs, one.flips)
        for one in reversed(history.versions if history else ())
    )


def by_hand(detail: DagDetail) -> tuple[HandLine, ...]:
    """What people did, newest first."""
    history = _history(detail)
    return tuple(
        HandLine(
            one.when,
            one.who or "nobody is named",
            one.did + (f" as {one.new_state}" if one.new_state else ""),
            " ".join(part for part in (one.run_id, one.task_id) if part) or "the DAG",
        )
        for one in (history.by_hand if history else ())
    )


def _problem(one: RunProblem, now: datetime) -> ProblemLine:
    tone = Tone.BAD if one.kind in _LOUD else Tone.NEUTRAL if one.kind in _QUIET else Tone.WARNING
    known = "" if one.confidence is Confidence.CONFIRMED else one.confidence.value
    since = f"since {times.age(one.since, now)}" if one.since else ""
    return ProblemLine(
        Badge(words(one.kind), tone), one.message, " · ".join(part for part in (known, since) if part)
    )


def _usual(history: HistoryStats, what: str) -> str | None:
    p50, p95 = getattr(history, f"{what}_p50_seconds"), getattr(history, f"{what}_p95_seconds")
    if p50 is None:
        return None
    return times.duration(p50) + (f", 95 % within {times.duration(p95)}" if p95 is not None else "")


def _left_out(history: HistoryStats) -> str | None:
    said = [times.count(number, f"{words(kind)} run") for kind, number in history.left_out_runs.items()]
    return ", ".join(said) or None


def _runs(detail: DagDetail) -> RunStats | None:
    return detail.stats.runs if detail.stats else None


def _history(detail: DagDetail) -> HistoryStats | None:
    runs = _runs(detail)
    return runs.history if runs else None
