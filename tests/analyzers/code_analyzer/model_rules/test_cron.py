"""What cron expressions mean."""

import pytest

from analyzers.code_analyzer import cron


@pytest.mark.parametrize(("schedule", "expected"), [("@daily", "0 0 * * *"), ("5 4 * * *", "5 4 * * *")])
def test_preset_stands_for_an_expression(schedule, expected):
    assert cron.expression(schedule) == expected


@pytest.mark.parametrize("schedule", [None, "@once", "@continuous", 3])
def test_other_schedules_have_no_expression(schedule):
    assert cron.expression(schedule) is None


@pytest.mark.parametrize("bad", ["0 25 * * *", "daily", "61 * * * *", "* * *", "0 0 30 2 *", "@dayly"])
def test_bad_expression_has_a_reason(bad):
    assert cron.problem(bad)


@pytest.mark.parametrize("good", ["0 0 * * *", "*/5 * * * 1-5", "0 0 29 2 *", "0 0 L * *", "0 9 * * MON#1"])
def test_good_expression_has_none(good):
    assert cron.problem(good) is None


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("*/5 * * * *", 300), ("0 0 * * *", 86400), ("0,10 * * * *", 600), ("bad", None)],
)
def test_interval_is_the_shortest(expression, seconds):
    assert cron.interval_seconds(expression) == seconds


def test_minutes_of_day():
    assert cron.minutes_of_day("15 2,4 * * *") == {135, 255}
    assert len(cron.minutes_of_day("0 * * * *")) == 24
    assert cron.hours_of_day("30 2 * * *") == {2}
