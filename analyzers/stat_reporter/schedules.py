"""How often a schedule fires, and how to name it in a table."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from croniter import CroniterBadDateError, croniter

from dagaudit.dag import AssetSchedule, DagModel, TimedeltaSchedule, TimetableSchedule, Unknown

PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
# croniter draws these by lot, so they are different at every look.
DRAWN = re.compile(r"(?<![A-Za-z])[RrHh](?![A-Za-z])")
DAY_SECONDS = 86_400
# Four years from a Monday: every month length and one leap day. Weekdays alone repeat every week.
CYCLE_START = datetime(2024, 1, 1, tzinfo=UTC)
CYCLE_DAYS, WEEK_DAYS = 1461, 7


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a DAG is started by its schedule; None where the schedule does not tell."""

    interval_seconds: float | None = None
    runs_per_day: float | None = None


UNPACED = Pace()


def pace_of(dag: DagModel) -> Pace:
    """How often the DAG runs by its schedule alone."""
    if isinstance(dag.schedule, str):
        return _cron_pace(PRESETS.get(dag.schedule.strip(), dag.schedule.strip()))
    if isinstance(dag.schedule, TimedeltaSchedule) and dag.schedule.timedelta_seconds > 0:
        seconds = dag.schedule.timedelta_seconds
        return Pace(seconds, DAY_SECONDS / seconds)
    return UNPACED


def words_of(dag: DagModel) -> str | None:
    """The schedule for a table; None where it is not known."""
    schedule = dag.schedule
    if schedule is None:
        return "manual"
    if isinstance(schedule, Unknown):
        return None
    if isinstance(schedule, TimedeltaSchedule):
        return f"every {_duration(schedule.timedelta_seconds)}"
    if isinstance(schedule, AssetSchedule):
        return f"assets: {schedule.assets}"
    if isinstance(schedule, TimetableSchedule):
        return schedule.timetable
    return schedule


def _duration(seconds: float) -> str:
    for size, unit in ((7 * DAY_SECONDS, "week"), (DAY_SECONDS, "day"), (3600, "hour"), (60, "minute")):
        count = seconds / size
        if count >= 1 and count == int(count):
            return unit if count == 1 else f"{int(count)} {unit}s"
    return f"{seconds:g} seconds"


@lru_cache(maxsize=4096)
def _cron_pace(cron: str) -> Pace:
    fields = cron.split()
    if len(fields) not in (5, 6) or DRAWN.search(cron) or not croniter.is_valid(cron):
        return UNPACED
    times = _times_of_day(cron, has_seconds=len(fields) == 6)
    if times is None:
        return UNPACED
    weekdays_only = fields[2:4] == ["*", "*"] and not set(fields[4]) & set("L#")
    cycle = WEEK_DAYS if weekdays_only else CYCLE_DAYS
    days = _days(fields, cycle)
    if not days:
        return UNPACED
    return Pace(_median_gap(days, times, cycle), len(days) * len(times) / cycle)


def _times_of_day(cron: str, *, has_seconds: bool) -> list[int] | None:
    """Seconds after midnight at which it fires on a day on which it fires."""
    expanded = croniter.expand(cron)[0]
    numbers = []
    for field, size in ((1, 24), (0, 60), *([(5, 60)] if has_seconds else [])):
        values = list(range(size)) if expanded[field] == ["*"] else expanded[field]
        if not all(isinstance(value, int) for value in values):
            return None
        numbers.append([int(value) for value in values])
    seconds = numbers[2] if has_seconds else [0]
    return sorted(
        3600 * hour + 60 * minute + second
        for hour in numbers[0]
        for minute in numbers[1]
        for second in seconds
    )


def _days(fields: list[str], cycle: int) -> list[int]:
    """The days of the cycle on which it fires, counted from 0."""
    fires = croniter(" ".join(["0", "0", *fields[2:5]]), CYCLE_START - timedelta(seconds=1))
    days: list[int] = []
    while True:
        try:
            day = (fires.get_next(datetime) - CYCLE_START).days
        except CroniterBadDateError:  # 31 February
            return days
        if day >= cycle:
            return days
        days.append(day)


def _median_gap(days: list[int], times: list[int], cycle: int) -> float:
    """The median time between firings, over the cycle taken as a circle."""
    gaps: Counter[int] = Counter()
    for before, after in pairwise(times):
        gaps[after - before] += len(days)
    for before, after in zip(days, [*days[1:], days[0] + cycle], strict=True):
        gaps[(after - before) * DAY_SECONDS + times[0] - times[-1]] += 1
    ordered = sorted(gaps.items())
    total = sum(gaps.values())
    return (_nth(ordered, (total - 1) // 2) + _nth(ordered, total // 2)) / 2


def _nth(counted: list[tuple[int, int]], place: int) -> float:
    for value, count in counted:
        if place < count:
            return float(value)
        place -= count
    raise IndexError(place)
