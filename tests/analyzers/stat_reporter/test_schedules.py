"""How often schedules fire."""

import pytest

from analyzers.stat_reporter.schedules import pace_of, words_of
from dagaudit.dag import AssetSchedule, DagModel, Tier, TimedeltaSchedule, TimetableSchedule, Unknown

DAY = 86_400


def dag(schedule):
    return DagModel(dag_id="d", path="d.py", line=1, tier=Tier.EXACT, schedule=schedule)


@pytest.mark.parametrize(
    ("schedule", "interval_seconds", "runs_per_day"),
    [
        ("0 2 * * *", DAY, 1),
        ("@daily", DAY, 1),
        ("@midnight", DAY, 1),
        ("@hourly", 3600, 24),
        ("@weekly", 7 * DAY, 1 / 7),
        ("@monthly", 31 * DAY, 48 / 1461),
        ("@quarterly", 91.5 * DAY, 16 / 1461),
        ("@yearly", 365 * DAY, 4 / 1461),
        ("*/15 * * * *", 900, 96),
        ("0 6 * * 1-5", DAY, 5 / 7),
        ("0 8,20 * * *", 12 * 3600, 2),
        ("0 9-17 * * 1-5", 3600, 45 / 7),
        ("0 0 * * sun", 7 * DAY, 1 / 7),
        ("0 0 * * THU,FRI", 3.5 * DAY, 2 / 7),
        ("0 0 29 2 *", 1461 * DAY, 1 / 1461),
        ("0 0 * * * 0,30", DAY / 2, 2),
        (TimedeltaSchedule(timedelta_seconds=7200), 7200, 12),
    ],
)
def test_pace_follows_from_the_schedule(schedule, interval_seconds, runs_per_day):
    pace = pace_of(dag(schedule))

    assert (pace.interval_seconds, pace.runs_per_day) == (
        pytest.approx(interval_seconds),
        pytest.approx(runs_per_day),
    )


@pytest.mark.parametrize(
    "schedule",
    [
        None,
        "@once",
        "@continuous",
        "every now and then",
        "61 * * * *",
        "R R * * *",
        "H(0-29) 2 * * *",
        "0 0 31 2 *",
        TimedeltaSchedule(timedelta_seconds=0),
        AssetSchedule(assets="orders"),
        TimetableSchedule(timetable="AfterWorkday"),
        Unknown(unknown="line 3: read from the environment"),
    ],
)
def test_pace_is_unknown_where_the_schedule_does_not_tell(schedule):
    pace = pace_of(dag(schedule))

    assert (pace.interval_seconds, pace.runs_per_day) == (None, None)


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (None, "manual"),
        ("0 2 * * *", "0 2 * * *"),
        ("@daily", "@daily"),
        (TimedeltaSchedule(timedelta_seconds=7200), "every 2 hours"),
        (TimedeltaSchedule(timedelta_seconds=DAY), "every day"),
        (TimedeltaSchedule(timedelta_seconds=90), "every 90 seconds"),
        (AssetSchedule(assets="a & b"), "assets: a & b"),
        (TimetableSchedule(timetable="AfterWorkday"), "AfterWorkday"),
        (Unknown(unknown="line 3"), None),
    ],
)
def test_schedule_is_named_for_a_table(schedule, words):
    assert words_of(dag(schedule)) == words
