"""Durations that shifted or stand out, in sentences; for the fleet as a whole, as many series are tested."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analyzers.stat_reporter.durations import Shift, Unusual, shift, unusual
from analyzers.stat_reporter.seasons import Timed, level_of
from analyzers.stat_reporter.words import duration
from dagaudit.finding import Confidence
from dagaudit.run_problem import ProblemKind, RunProblem

RECENT = timedelta(days=14)
"""A shift is told for so long after it began."""
LAST_NIGHT = timedelta(hours=24)
FALSE_DISCOVERIES = 0.05


@dataclass(frozen=True, slots=True)
class Durations:
    """What stands out in one DAG."""

    shifts: tuple[tuple[str | None, Shift], ...]
    """By task id; None is the whole run."""
    unusual: tuple[tuple[str | None, Unusual], ...]
    tested: int
    """How many series there were."""
    from_logs: bool


def durations_of(
    series: Mapping[str | None, Sequence[Timed]], newest: datetime, *, from_logs: bool
) -> Durations:
    """Every series of one DAG looked through; the run itself only tells what none of its tasks does."""
    since = newest - LAST_NIGHT
    shifts, apart = [], []
    for name, points in series.items():
        level = level_of(points) if points else None
        if moved := shift(points, RECENT, level):
            shifts.append((name, moved))
        apart += [(name, one) for one in unusual(points, since, level)]
    by_task = {one.point.run_id for name, one in apart if name is not None}
    some_task_shifted = any(name is not None for name, _ in shifts)
    return Durations(
        shifts=tuple((name, one) for name, one in shifts if name is not None or not some_task_shifted),
        unusual=tuple(
            (name, one) for name, one in apart if name is not None or one.point.run_id not in by_task
        ),
        tested=len(series),
        from_logs=from_logs,
    )


def surest_p_value(every: Iterable[Durations]) -> float:
    """The p-value up to which shifts are confirmed, over all series tested (Benjamini, Hochberg 1995)."""
    every = list(every)
    tested = sum(one.tested for one in every)
    ordered = sorted(found.p_value for one in every for _, found in one.shifts)
    surest = 0.0
    for rank, p_value in enumerate(ordered, start=1):
        if p_value <= FALSE_DISCOVERIES * rank / tested:
            surest = p_value
    return surest


def duration_problems(found: Durations, surest: float) -> list[RunProblem]:
    """What stands out, as problems."""
    return [
        *(_of_shift(name, one, _confidence(found, one, surest)) for name, one in found.shifts),
        *(_of_run(name, one, found) for name, one in found.unusual),
    ]


def _confidence(found: Durations, one: Shift, surest: float) -> Confidence:
    if found.from_logs:
        return Confidence.SUSPECTED
    return Confidence.CONFIRMED if one.p_value <= surest else Confidence.LIKELY


def _of_shift(name: str | None, one: Shift, confidence: Confidence) -> RunProblem:
    slower = one.after_seconds > one.before_seconds
    verb = "rose" if slower else "fell"
    what = f"p50 of {name}" if name is not None else "p50 of the whole run"
    alone = "" if name is not None else ", though no task's did: look at queues and pools"
    version = one.since.version
    changed = f"; version {version} began just then" if version and version != one.version_before else ""
    return RunProblem(
        kind=ProblemKind.SLOWER if slower else ProblemKind.FASTER,
        confidence=confidence,
        task_id=name,
        run_id=one.since.run_id,
        since=one.since.at,
        seconds=round(one.after_seconds, 3),
        usual_seconds=round(one.before_seconds, 3),
        runs_before=one.runs_before,
        runs_since=one.runs_after,
        p_value=one.p_value,
        message=(
            f"{what} {verb} from {duration(one.before_seconds)} to {duration(one.after_seconds)}"
            f" since {one.since.at:%Y-%m-%d} ({one.runs_after} runs since, {one.runs_before} before)"
            f"{alone}{changed}"
        ),
    )


def _of_run(name: str | None, one: Unusual, found: Durations) -> RunProblem:
    long = one.sigmas > 0
    what = name if name is not None else "the whole run"
    season = f" for its {one.season}" if one.season else ""
    return RunProblem(
        kind=ProblemKind.UNUSUALLY_LONG if long else ProblemKind.UNUSUALLY_SHORT,
        confidence=Confidence.SUSPECTED if found.from_logs else Confidence.LIKELY,
        task_id=name,
        run_id=one.point.run_id,
        since=one.point.at,
        seconds=round(one.point.seconds, 3),
        usual_seconds=round(one.usual_seconds, 3),
        message=(
            f"{what} took {duration(one.point.seconds)} in the run of {one.point.at:%Y-%m-%d %H:%M} UTC;"
            f" {duration(one.usual_seconds)} is usual{season} ({abs(one.sigmas):.1f} robust sigmas"
            f" {'above' if long else 'below'})"
        ),
    )
