"""Times and numbers as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.views import times

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=30), "4 weeks ago"),
        (timedelta(hours=-2), "in 2 h"),
    ],
)
def test_age(ago, words):
    assert times.age(NOW - ago, NOW) == words


def test_time_without_zone_is_utc():
    assert times.age(datetime(2026, 11, 21, 11), NOW) == "1 h ago"


def test_unknown_time_is_a_dash():
    assert times.age(None, NOW) == times.utc(None) == "–"


def test_hover_is_utc():
    assert times.utc(NOW) == "2026-11-21 12:00:00 UTC"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.153, "0.2 s"), (45, "45 s"), (95, "1 min 35 s"), (3600, "1 h"), (7_500, "2 h 5 min"),
     (90_000, "1 d 1 h")],
)  # fmt: skip
def test_duration(seconds, words):
    assert times.duration(seconds) == words


@pytest.mark.parametrize(
    ("share", "words"), [(None, "–"), (1.0, "100 %"), (0.99996, "99.9 %"), (0.5, "50 %"), (0.952, "95.2 %")]
)
def test_share_is_never_rounded_up_to_all(share, words):
    assert times.percent(share) == words


@pytest.mark.parametrize(("number", "words"), [(0, "0 DAGs"), (1, "1 DAG"), (10_000, "10,000 DAGs")])
def test_count(number, words):
    assert times.count(number, "DAG") == words
