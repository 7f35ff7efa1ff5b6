"""Questions about cron expressions and presets, answered by croniter."""

from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
NOT_CRON = frozenset({"@once", "@continuous"})
"""Presets that no cron expression stands for."""

# Any day does; this one is not near a change of the clocks and not a leap day.
_DAY = datetime(2026, 1, 5, tzinfo=UTC)


def expression(schedule: object) -> str | None:
    """The cron expression that a schedule stands for, None where it is something else."""
    if not isinstance(schedule, str) or schedule in NOT_CRON:
        return None
    return PRESETS.get(schedule, schedule)


@lru_cache(maxsize=1024)
def problem(cron: str) -> str | None:
    """Why the scheduler would refuse an expression or never act on it."""
    from croniter import CroniterBadCronError, CroniterBadDateError, CroniterError, croniter

    try:
        croniter(cron, _DAY).get_next(datetime)
    except CroniterBadDateError:
        return "no such day ever comes"
    except CroniterBadCronError as error:
        return str(error)
    except CroniterError as error:
        return str(error)
    return None


@lru_cache(maxsize=1024)
def interval_seconds(cron: str) -> float | None:
    """The shortest time between two of the next firings; None for a bad expression."""
    from croniter import croniter

    if problem(cron):
        return None
    firings = croniter(cron, _DAY)
    times = [firings.get_next(float) for _ in range(12)]
    return min(later - earlier for earlier, later in pairwise(times))


@lru_cache(maxsize=4096)
def minutes_of_day(cron: str) -> frozenset[int]:
    """The minutes (0 to 1439) at which it fires on days when it does; empty for a bad expression."""
    from croniter import croniter

    if problem(cron) or len(cron.split()) != 5:
        return frozenset()
    minutes, hours = croniter.expand(cron)[0][:2]
    all_minutes = range(60) if "*" in minutes else [int(minute) for minute in minutes]
    all_hours = range(24) if "*" in hours else [int(hour) for hour in hours]
    return frozenset(hour * 60 + minute for hour in all_hours for minute in all_minutes)


def hours_of_day(cron: str) -> frozenset[int]:
    """The hours at which it fires."""
    return frozenset(minute // 60 for minute in minutes_of_day(cron))


@lru_cache(maxsize=1024)
def ever_meet(first: str, second: str) -> bool:
    """Whether any of the next firings of the first is also one of the second; both must be good."""
    from croniter import croniter

    firings = croniter(first, _DAY)
    return any(croniter.match(second, firings.get_next(datetime)) for _ in range(60))
