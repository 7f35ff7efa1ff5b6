"""The few statistics that every table here is made of."""

import math
from collections.abc import Sequence

Z_95 = 1.959963984540054
FEWEST_FOR_P95 = 20
"""Below this a 95th percentile is the maximum in disguise."""


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """A quantile of sorted values by linear interpolation; None of nothing."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median(values: Sequence[float]) -> float | None:
    """The middle value."""
    return rounded(quantile(sorted(values), 0.5))


def p95(values: Sequence[float]) -> float | None:
    """The 95th percentile, or None where the values are too few for one."""
    return rounded(quantile(sorted(values), 0.95)) if len(values) >= FEWEST_FOR_P95 else None


def rounded(seconds: float | None) -> float | None:
    """To the microsecond, which is as fine as any log tells time."""
    return None if seconds is None else round(seconds, 6)


def wilson(successes: int, trials: int) -> tuple[float, float] | None:
    """The 95 % interval of a share; None where nothing was tried.

    Wilson's, because it stays within 0 and 1 and is honest about three runs out of three.
    """
    if trials == 0:
        return None
    share = successes / trials
    scale = 1 + Z_95**2 / trials
    middle = share + Z_95**2 / (2 * trials)
    reach = Z_95 * math.sqrt(share * (1 - share) / trials + Z_95**2 / (4 * trials**2))
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)
