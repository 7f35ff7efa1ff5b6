"""When schedules fire, in their time zones and from their start dates; and whether two ever fire at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from math import gcd
from zoneinfo import ZoneInfo

# Any days do; these are not near a change of the clocks.
_FROM = datetime(2026, 1, 5, tzinfo=UTC)
_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Firings:
    """A cron expression in a time zone, or every so many seconds from a start."""

    cron: str | None = None
    timezone: str = "UTC"
    seconds: float = 0
    start: str | None = None
    """ISO 8601."""


@lru_cache(maxsize=1024)
def meet(first: Firings, second: Firings) -> bool:
    """Whether the next firings of the first are ever some of the second; True where that is not known."""
    if first.cron is None and second.cron is None:
        step = gcd(int(first.seconds), int(second.seconds))
        return step == 0 or int(_start(first) - _start(second)) % step == 0
    if first.cron is None:
        first, second = second, first
    try:
        return any(_fires_at(second, moment) for moment in islice(_moments(first), _LOOKED_AT))
    except (KeyError, ValueError, OSError):
        # A zone that is not known here.
        return True


def _moments(firings: Firings) -> Iterator[datetime]:
    from croniter import croniter

    walk = croniter(firings.cron or "", _FROM.astimezone(ZoneInfo(firings.timezone)))
    while True:
        yield walk.get_next(datetime)


def _fires_at(firings: Firings, moment: datetime) -> bool:
    from croniter import croniter

    if firings.cron is not None:
        return bool(croniter.match(firings.cron, moment.astimezone(ZoneInfo(firings.timezone))))
    return (moment.timestamp() - _start(firings)) % firings.seconds == 0


def _start(firings: Firings) -> float:
    moment = datetime.fromisoformat(firings.start or _FROM.isoformat())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
