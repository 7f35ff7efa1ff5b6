"""Compares like with like: a Sunday's run with Sundays' runs, the run at two o'clock with those at two.

A class needs at least eight runs to be told apart. Hours are hours of UTC: where a schedule follows a clock
that is put forward, an hourly DAG's classes move by one hour twice a year; a daily DAG's do not.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import log

from analyzers.stat_reporter.numbers import quantile

FEWEST_PER_CLASS = 8
WORTH_IT = 0.85
"""A split into classes must shrink the spread to this share: splitting for nothing makes noise."""
SHORTEST_SECONDS = 1.0
"""Below a second a start-up's jitter is all that there is."""
SATURDAY = 5
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Timed:
    """How long something took in one run."""

    at: datetime
    seconds: float
    run_id: str
    version: str | None = None

    @property
    def size(self) -> float:
        """The logarithm of the seconds: durations err by shares, not by seconds."""
        return log(max(self.seconds, SHORTEST_SECONDS))


Season = Callable[[datetime], int]


def _weekday(at: datetime) -> int:
    return at.weekday()


def _weekend(at: datetime) -> int:
    return int(at.weekday() >= SATURDAY)


def _hour(at: datetime) -> int:
    return at.hour


def _weekday_and_hour(at: datetime) -> int:
    return at.weekday() * 24 + at.hour


def _weekend_and_hour(at: datetime) -> int:
    return _weekend(at) * 24 + at.hour


SEASONS: tuple[tuple[str, Season], ...] = (
    ("weekend", _weekend),
    ("weekday", _weekday),
    ("hour", _hour),
    ("weekend and hour", _weekend_and_hour),
    ("weekday and hour", _weekday_and_hour),
)
"""From coarse to fine."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is usual at each point: the median of its season's class."""

    season: str | None
    """None where no season is told apart."""
    usual: tuple[float, ...]
    """The logarithm of the usual seconds, per point."""


def level_of(points: Sequence[Timed]) -> Level:
    """The usual size at each point, by the season that explains most and has enough points in every class."""
    sizes = [point.size for point in points]
    overall = middle(sizes)
    chosen, usual = None, [overall] * len(sizes)
    spread = spread_of(sizes, usual)
    for name, season in SEASONS:
        classes = [season(point.at.astimezone(UTC)) for point in points]
        split = _split(sizes, classes)
        if split is None:
            continue
        smaller = spread_of(sizes, split)
        if smaller < WORTH_IT * spread:
            chosen, usual, spread = name, split, smaller
    return Level(chosen, tuple(usual))


def spread_of(sizes: Sequence[float], usual: Sequence[float]) -> float:
    """The median distance from what is usual, as a normal distribution's sigma."""
    return MAD_TO_SIGMA * middle([abs(size - level) for size, level in zip(sizes, usual, strict=True)])


def middle(values: Sequence[float]) -> float:
    """The median of something."""
    found = quantile(sorted(values), 0.5)
    assert found is not None
    return found


def _split(sizes: Sequence[float], classes: Sequence[int]) -> list[float] | None:
    """Each point's class median; None where there is one class, or one with too few points."""
    members: dict[int, list[float]] = defaultdict(list)
    for size, each in zip(sizes, classes, strict=True):
        members[each].append(size)
    if len(members) < 2 or min(map(len, members.values())) < FEWEST_PER_CLASS:
        return None
    medians = {each: middle(found) for each, found in members.items()}
    return [medians[each] for each in classes]
