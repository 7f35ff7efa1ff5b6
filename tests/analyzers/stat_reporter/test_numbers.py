"""The small statistics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.stat_reporter.numbers import median, p95, quantile, wilson


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7.0], 0.95, 7.0),
        ([1.0, 3.0], 0.5, 2.0),
        ([0.0, 10.0, 20.0, 30.0, 40.0], 0.95, 38.0),
        ([0.0, 10.0, 20.0, 30.0, 40.0], 1.0, 40.0),
    ],
)
def test_quantile_interpolates_between_neighbours(values, share, expected):
    assert quantile(values, share) == pytest.approx(expected)


def test_quantile_of_nothing_is_unknown():
    assert quantile([], 0.5) is None


def test_median_does_not_need_sorted_values():
    assert median([9.0, 1.0, 4.0]) == 4.0


def test_p95_of_nineteen_values_is_not_given():
    assert p95([float(n) for n in range(19)]) is None


def test_p95_of_twenty_values_is_given():
    # Place 0.95 * 19 = 18.05 between 18 and 19.
    assert p95([float(n) for n in range(20)]) == pytest.approx(18.05)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (3, 3, 0.438503, 1.0),
        (0, 5, 0.0, 0.434482),
        (8, 10, 0.490162, 0.943318),
        (50, 100, 0.403832, 0.596168),
    ],
)
def test_wilson_interval_is_the_textbook_one(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-6)


def test_wilson_interval_of_nothing_is_unknown():
    assert wilson(0, 0) is None


@given(st.integers(1, 10_000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_wilson_interval_holds_the_share_and_stays_within_0_and_1(counts):
    successes, trials = counts

    low, high = wilson(successes, trials)

    assert 0 <= low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= high <= 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 1))
def test_quantile_lies_within_the_values(values, share):
    ordered = sorted(values)

    assert ordered[0] - 1e-6 <= quantile(ordered, share) <= ordered[-1] + 1e-6
