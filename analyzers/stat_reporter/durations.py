"""Durations that are out of the ordinary: single runs, and levels that shifted for good.

All is done on logarithms, after the season's usual value is taken away. A single run stands out where it
is far off by the median absolute deviation (z over `FAR`), beyond all but one in fifty of the runs before,
and by an amount that somebody would notice. Being beyond all n runs before happens by chance once in n + 1
whatever the distribution, so heavy tails cost power, not false alarms.

A shift is found by a CUSUM in both directions (Page 1954) over values clipped at three sigmas, so that no
single run makes one; it is told where the runs since then differ from those before by a rank test (Mann and
Whitney 1947), by a quarter and by half a minute at least, and still do. `bench/stats_calibration.py`
measures how often either is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import exp, log, sqrt

from analyzers.stat_reporter.numbers import quantile
from analyzers.stat_reporter.seasons import MAD_TO_SIGMA, Level, Timed, level_of, middle

FEWEST_RUNS = 20
"""Below this nothing is called unusual."""
FAR = 4.0
AS_FAR_BEFORE = 50
"""One earlier run in so many may have been as far off."""
LEAST_SHARE = 0.25
LEAST_SECONDS = 30.0
TAIL_SHARE, TAIL_SIGMAS = 0.9, 1.2816
SMALLEST_SIGMA = log(1.05)
"""A task that always takes the same must not alarm at a second more."""

FEWEST_BEFORE, MOST_BEFORE = 10, 30
FEWEST_SINCE = 5
SLACK, DECISION = 0.5, 6.0
CLIP = 3.0
MOST_STICKY = 0.8
RANK_TEST_P = 0.001
NEWEST = 5


@dataclass(frozen=True, slots=True)
class Unusual:
    """A run that took far longer or shorter than usual."""

    point: Timed
    usual_seconds: float
    sigmas: float
    """How many sigmas it is off; negative where it was short."""
    season: str | None


@dataclass(frozen=True, slots=True)
class Shift:
    """A level that changed and stayed."""

    since: Timed
    """The first run at the new level."""
    version_before: str | None
    before_seconds: float
    """The median before it."""
    after_seconds: float
    runs_before: int
    runs_after: int
    p_value: float
    """Of the rank test, times the number of places where the shift could have been."""


def unusual(points: Sequence[Timed], since: datetime, level: Level | None = None) -> list[Unusual]:
    """The runs from `since` on that stand out, each held against all others."""
    if len(points) < FEWEST_RUNS + 1:
        return []
    level = level or level_of(points)
    rests = [point.size - offset for point, offset in zip(points, level.offsets, strict=True)]
    found = []
    for place, point in enumerate(points):
        if point.at < since:
            continue
        others = rests[:place] + rests[place + 1 :]
        center = middle(others)
        off = rests[place] - center
        sigmas = off / _sigma(others, center, 1 if off > 0 else -1)
        usual_seconds = exp(level.offsets[place] + center)
        as_far = sum((rest - center) * off > 0 and abs(rest - center) >= abs(off) for rest in others)
        if (
            abs(sigmas) >= FAR
            and as_far <= len(others) // AS_FAR_BEFORE
            and _noticed(usual_seconds, point.seconds)
        ):
            found.append(Unusual(point, usual_seconds, sigmas, level.season))
    return found


def shift(points: Sequence[Timed], within: timedelta, level: Level | None = None) -> Shift | None:
    """The newest shift that still holds and began at most `within` before the last point."""
    if len(points) < FEWEST_BEFORE + FEWEST_SINCE:
        return None
    level = level or level_of(points)
    rests = [point.size - offset for point, offset in zip(points, level.offsets, strict=True)]
    starts = [0, *_changes(rests)]
    for before, change in reversed(list(pairwise(starts))):
        if points[-1].at - points[change].at > within:
            return None
        if told := _told(points, rests, before, change):
            return told
    return None


def _sigma(rests: Sequence[float], center: float, side: int) -> float:
    """The larger of two robust scales: of the middle, and of the tail on the side in question."""
    off = sorted((rest - center) * side for rest in rests)
    by_middle = MAD_TO_SIGMA * middle([abs(one) for one in off])
    by_tail = (quantile(off, TAIL_SHARE) or 0.0) / TAIL_SIGMAS
    return max(by_middle, by_tail, SMALLEST_SIGMA)


def _noticed(before: float, after: float) -> bool:
    """Whether anybody would notice: by a quarter of the smaller, and by half a minute."""
    apart = abs(after - before)
    return apart >= LEAST_SECONDS and apart >= LEAST_SHARE * min(before, after)


def _changes(rests: Sequence[float]) -> list[int]:
    """Where a new level begins; each level is the reference for what follows it."""
    changes: list[int] = []
    start = 0
    while (found := _first_change(rests, start)) is not None:
        changes.append(found)
        start = found
    return changes


def _first_change(rests: Sequence[float], start: int) -> int | None:
    """The first place after `start` where the level leaves that of the runs after `start`."""
    length = min(MOST_BEFORE, max(FEWEST_BEFORE, (len(rests) - start) // 2))
    reference = rests[start : start + length]
    if len(reference) < FEWEST_BEFORE:
        return None
    center = middle(reference)
    sigma = max(_sigma(reference, center, 1), _sigma(reference, center, -1))
    # A scale out of few runs is itself uncertain, and runs that follow each other add up: both widen it.
    sigma *= (1 + 2 / len(reference)) * _stickiness(reference, center)
    values = [min(CLIP, max(-CLIP, (rest - center) / sigma)) for rest in rests[start:]]
    up = down = 0.0
    for place, value in enumerate(values):
        up, down = max(0.0, up + value - SLACK), max(0.0, down - value - SLACK)
        if max(up, down) > DECISION:
            return start + _cleanest_cut(values[: place + 1])
    return None


def _cleanest_cut(values: Sequence[float]) -> int:
    """Where two levels fit best by least squares: a CUSUM itself begins to count at the noise before."""
    total, before = sum(values), 0.0
    best, gain = len(values) - 1, 0.0
    for place in range(1, len(values)):
        before += values[place - 1]
        after = total - before
        fit = before**2 / place + after**2 / (len(values) - place)
        if fit > gain:
            best, gain = place, fit
    return best


def _stickiness(reference: Sequence[float], center: float) -> float:
    """By how much sums spread wider than those of independent values, for a correlation beyond chance."""
    off = [one - center for one in reference]
    square = sum(one * one for one in off)
    if not square:
        return 1.0
    correlation = sum(one * following for one, following in pairwise(off)) / square
    sure = min(MOST_STICKY, max(0.0, correlation - 1 / sqrt(len(off))))
    return sqrt((1 + sure) / (1 - sure))


def _told(points: Sequence[Timed], rests: Sequence[float], before: int, change: int) -> Shift | None:
    """The shift, if it is one that somebody should hear of."""
    earlier, later = rests[before:change], rests[change:]
    if len(earlier) < FEWEST_BEFORE or len(later) < FEWEST_SINCE:
        return None
    was, now = (
        middle([point.seconds for point in some]) for some in (points[before:change], points[change:])
    )
    newest = middle([point.seconds for point in points[-NEWEST:]])
    went_back = (newest - was) * (now - was) <= 0 or not _noticed(was, newest)
    if went_back or not _noticed(was, now):
        return None
    # Only where something is told: it takes half a second to load.
    from scipy.stats import mannwhitneyu

    p_value = float(mannwhitneyu(earlier, later, alternative="two-sided").pvalue)
    if p_value >= RANK_TEST_P:
        return None
    return Shift(
        since=points[change],
        version_before=points[change - 1].version,
        before_seconds=was,
        after_seconds=now,
        runs_before=len(earlier),
        runs_after=len(later),
        p_value=min(1.0, p_value * len(points)),
    )
