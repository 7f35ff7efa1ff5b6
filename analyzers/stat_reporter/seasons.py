"""Compares like with like: a Sunday's run with Sundays' runs, the run at two o'clock with those at two.

A class needs at least eight runs to be told apart. Hours are hours of UTC: where a schedule follows a clock
that is put forward, an hourly DAG's classes move by one hour twice a year; a daily DAG's do not.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log

FEWEST_PER_CLASS = 8
WORTH_IT = 0.85
"""A split into classes must shrink the spread to this share: splitting for nothing makes noise."""
SHORTEST_SECONDS = 1.0
"""Below a second a start-up's jitter is all that there is."""
SATURDAY = 5
HALF_A_WEEK = timedelta(days=3, hours=12)
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
    """What the season does at each point."""

    season: str | None
    """None where no season is told apart."""
    offsets: tuple[float, ...]
    """What the season adds to the logarithm of the seconds, per point."""


def level_of(points: Sequence[Timed]) -> Level:
    """The season that explains most and has enough points in every class.

    Each point is held against the week around it first, so that a level that shifted is no season.
    """
    sizes = [point.size for point in points]
    rests = [size - base for size, base in zip(sizes, _week_around(points, sizes), strict=True)]
    chosen, offsets = None, [0.0] * len(sizes)
    spread = _spread(rests)
    for name, season in SEASONS:
        split = _split(rests, [season(point.at.astimezone(UTC)) for point in points])
        if split is None:
            continue
        smaller = _spread([rest - each for rest, each in zip(rests, split, strict=True)])
        if smaller < WORTH_IT * spread:
            chosen, offsets, spread = name, split, smaller
    return Level(chosen, tuple(offsets))


def middle(values: Sequence[float]) -> float:
    """The median of something."""
    return median_of_sorted(sorted(values))


def median_of_sorted(ordered: Sequence[float]) -> float:
    """The median of sorted values."""
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def _spread(rests: Sequence[float]) -> float:
    return middle([abs(rest) for rest in rests])


def _week_around(points: Sequence[Timed], sizes: Sequence[float]) -> list[float]:
    """The median of the seven days around each point, by a window that slides."""
    window: list[float] = []
    first = last = 0
    medians = []
    for point in points:
        while last < len(points) and points[last].at <= point.at + HALF_A_WEEK:
            insort(window, sizes[last])
            last += 1
        while points[first].at < point.at - HALF_A_WEEK:
            del window[bisect_left(window, sizes[first])]
            first += 1
        medians.append(median_of_sorted(window))
    return medians


def _split(sizes: Sequence[float], classes: Sequence[int]) -> list[float] | None:
    """Each point's class median; None where there is one class, or one with too few points."""
    members: dict[int, list[float]] = defaultdict(list)
    for size, each in zip(sizes, classes, strict=True):
        members[each].append(size)
    if len(members) < 2 or min(map(len, members.values())) < FEWEST_PER_CLASS:
        return None
    medians = {each: middle(found) for each, found in members.items()}
    return [medians[each] for each in classes]
