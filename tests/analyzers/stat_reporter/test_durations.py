"""Durations that shifted or stand out, and those that do not."""

import math
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analyzers.stat_reporter.durations import shift, unusual
from analyzers.stat_reporter.seasons import Timed, level_of

FIRST = datetime(2026, 8, 3, 2, tzinfo=UTC)
"""A Monday."""
RECENT = timedelta(days=14)


def daily(seconds, first=FIRST, hours=24):
    return [
        Timed(first + timedelta(hours=hours * place), each, f"r{place}", "1")
        for place, each in enumerate(seconds)
    ]


def noisy(count, level=600.0, spread=0.1, seed=1):
    draw = random.Random(seed)
    return [level * math.exp(draw.gauss(0, spread)) for _ in range(count)]


def of_last_night(points):
    return unusual(points, points[-1].at)


def test_run_that_takes_three_times_as_long_stands_out():
    (found,) = of_last_night(daily([*noisy(40), 1800.0]))

    assert found.point.run_id == "r40"
    assert found.usual_seconds == pytest.approx(600, rel=0.1)
    assert found.sigmas > 4


def test_run_that_is_done_at_once_stands_out_too():
    (found,) = of_last_night(daily([*noisy(40), 60.0]))

    assert found.sigmas < -4


@pytest.mark.parametrize(
    "seconds",
    [
        [*noisy(40), 700.0],
        [*([20.0] * 40), 45.0],
        [*noisy(19), 1800.0],
        [*([600.0, 1800.0] * 20), 1800.0],
    ],
    ids=["within the noise", "less than half a minute more", "too few runs", "as long as half of them"],
)
def test_run_that_nobody_needs_to_hear_of(seconds):
    assert of_last_night(daily(seconds)) == []


def test_task_that_always_takes_the_same_does_not_alarm_at_a_little_more():
    assert of_last_night(daily([*([600.0] * 40), 640.0])) == []


def weeks(count, weekday=600.0, weekend=60.0):
    draw = random.Random(3)
    days = [weekend if day % 7 >= 5 else weekday for day in range(7 * count)]
    return [each * math.exp(draw.gauss(0, 0.1)) for each in days]


def test_short_weekend_is_no_anomaly_where_weekends_are_short():
    points = daily(weeks(8))

    assert level_of(points).season == "weekend"
    assert of_last_night(points) == []


def test_weekends_duration_on_a_weekday_is_one():
    points = daily([*weeks(8), 60.0])

    (found,) = of_last_night(points)
    assert (found.season, found.usual_seconds) == ("weekend", pytest.approx(600, rel=0.2))


def test_class_of_few_runs_is_not_told_apart():
    assert level_of(daily(weeks(3))).season is None


def test_hours_are_told_apart_where_a_dag_runs_hourly():
    draw = random.Random(5)
    seconds = [(900 if hour % 24 == 4 else 300) * math.exp(draw.gauss(0, 0.1)) for hour in range(24 * 20)]

    assert level_of(daily(seconds, hours=1)).season == "hour"


def test_schedule_by_a_clock_that_is_put_back_keeps_its_season():
    clock = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 9, 7, 2, 30, tzinfo=clock)
    # In local time: 25 October has 25 hours.
    points = [
        Timed((start + timedelta(days=day)).astimezone(UTC), each, f"r{day}")
        for day, each in enumerate(weeks(9))
    ]

    assert level_of(points).season == "weekend"
    assert [one for point in points[42:] for one in unusual(points, point.at) if one.point is point] == []
    assert shift(points, RECENT) is None


def test_level_that_doubled_is_told_with_its_first_run():
    found = shift(daily([*noisy(60), *noisy(7, 1240.0, seed=2)]), RECENT)

    assert found.since.run_id == "r60"
    assert found.before_seconds == pytest.approx(600, rel=0.1)
    assert found.after_seconds == pytest.approx(1240, rel=0.1)
    assert (found.runs_before, found.runs_after) == (60, 7)
    assert found.p_value < 0.01


def test_level_that_fell_is_told():
    found = shift(daily([*noisy(60), *noisy(7, 200.0, seed=2)]), RECENT)

    assert found.after_seconds < found.before_seconds


@pytest.mark.parametrize(
    "seconds",
    [
        noisy(90),
        [*noisy(60), 6000.0, *noisy(6, seed=2)],
        [*noisy(60), *noisy(7, 1200.0, seed=2), *noisy(7, seed=3)],
        [*noisy(60), *noisy(4, 1200.0, seed=2)],
        [*noisy(9), *noisy(7, 1200.0, seed=2)],
        [*noisy(60), *noisy(20, 1200.0, seed=2)],
        [*noisy(60, 20.0), *noisy(7, 40.0, seed=2)],
        weeks(9),
    ],
    ids=[
        "no change", "one long run", "went back", "too few since", "too few before", "long ago",
        "less than half a minute", "weekends",
    ],
)  # fmt: skip
def test_no_shift_is_told(seconds):
    assert shift(daily(seconds), RECENT) is None


def test_shift_across_weekends_is_dated_to_its_first_day():
    seconds = [each * (2 if day >= 50 else 1) for day, each in enumerate(weeks(9))]

    assert shift(daily(seconds), RECENT).since.run_id == "r50"


def test_second_shift_is_held_against_the_level_before_it():
    seconds = [*noisy(30), *noisy(30, 1200.0, seed=2), *noisy(7, 2400.0, seed=3)]

    found = shift(daily(seconds), RECENT)

    assert found.before_seconds == pytest.approx(1200, rel=0.1)
