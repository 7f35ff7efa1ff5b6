"""The arithmetic: the test keeps its level, and every reported number is what its name says."""

import numpy
import pytest
from scipy.stats import false_discovery_control

from analyzers.drift_checker import hashed_ngrams
from analyzers.drift_checker.measures import benjamini_hochberg, measures, psi
from analyzers.drift_checker.memory import state_after
from analyzers.drift_checker.night import Night, Rows, decode, encode, sampled
from analyzers.drift_checker.panel import nights_of
from analyzers.drift_checker.shift import Panel, shift
from dagaudit.drift import DriftKind, DriftState
from dagaudit.errors import ReportUnreadable


def panel(seed: int, moved: float = 0.0, current: int = 1) -> Panel:
    """30 items that differ from each other far more than from night to night."""
    random = numpy.random.default_rng(seed)
    values = random.normal(0, 5, (30, 1, 4)) + random.normal(0, 1, (30, 8 + current, 4))
    values[:, 8:] += moved
    known = numpy.ones(values.shape[:2], dtype=bool)
    return Panel(values.astype(numpy.float32), known.astype(numpy.float32), known, current)


@pytest.mark.parametrize("current", [1, 3])
def test_p_values_are_small_as_often_as_they_say_where_nothing_changed(current):
    found = [shift(panel(seed, current=current), seed, 100).p_value for seed in range(200)]

    for level in (0.05, 0.2, 0.5):
        share = sum(p <= level for p in found) / len(found)
        assert abs(share - level) < 3 * (level * (1 - level) / 200) ** 0.5


def test_change_of_each_item_by_itself_is_seen_where_items_differ_far_more():
    found = shift(panel(1, moved=1.0), 1)

    assert found.p_value == pytest.approx(1 / 501)
    assert found.effect > 1


def test_items_that_were_not_there_every_night_keep_the_level():
    found = []
    for seed in range(60):
        whole = panel(seed)
        known = numpy.random.default_rng(seed).random(whole.known.shape) < 0.7
        known[:, -1] = True
        known[:, :2] = True
        found.append(shift(Panel(whole.values, known.astype(numpy.float32), known, 1), seed, 100).p_value)

    assert sum(p <= 0.2 for p in found) / 60 == pytest.approx(0.2, abs=0.15)


def test_rows_that_never_change_differ_by_nothing():
    values = numpy.repeat(numpy.random.default_rng(0).normal(size=(50, 1, 3)), 15, axis=1).astype(
        numpy.float32
    )
    known = numpy.ones((50, 15), dtype=bool)

    found = shift(Panel(values, known.astype(numpy.float32), known, 1), 0)

    assert (found.p_value, found.effect) == (1.0, 0.0)


def test_benjamini_hochberg_is_that_of_scipy():
    p_values = numpy.random.default_rng(3).random(50) ** 3

    assert benjamini_hochberg(p_values) == pytest.approx(false_discovery_control(p_values))


def test_psi_of_known_shares():
    before = numpy.arange(1000.0)
    now = numpy.concatenate([numpy.arange(0, 500, 0.625), numpy.arange(500, 1000, 2.5)])

    # Five deciles with 0.16 each, five with 0.04 each, against 0.1.
    expected = 5 * (0.06 * numpy.log(1.6) - 0.06 * numpy.log(0.4))
    assert psi(before, now) == pytest.approx(expected, rel=0.02)
    assert psi(before, before) == pytest.approx(0.0, abs=1e-9)


def rows(values: numpy.ndarray, version: str = "v") -> Rows:
    names = tuple(str(number) for number in range(values.shape[1]))
    return Rows(
        version,
        names,
        tuple(f"dag_{number:03}" for number in range(len(values))),
        values.astype(numpy.float32),
    )


def test_measures_are_those_of_the_source_document():
    """KS per dimension, cosine of the centroids, shift of the mean, ratio of the spreads."""
    random = numpy.random.default_rng(5)
    base = numpy.abs(random.normal(5, 1, (80, 6)))
    reference = [rows(base + random.normal(0, 0.01, base.shape)) for _ in range(14)]
    wider = base.copy()
    wider[:, 0] = (wider[:, 0] - 5) * 2 + 5
    wider[:, 1] += 3
    found = measures(DriftKind.SOURCE, nights_of(DriftKind.SOURCE, reference, [rows(wider)]), 1)

    by_name = {one.name: one for one in found.table}
    assert by_name["1"].q_value < 0.001
    assert by_name["5"].q_value > 0.5
    assert found.ks_rejected in (1, 2)
    old, new = base.mean(axis=0), wider.mean(axis=0)
    cosine = old @ new / numpy.linalg.norm(old) / numpy.linalg.norm(new)
    assert found.centroid_cosine == pytest.approx(cosine, abs=1e-4)
    assert found.usual_cosine > found.centroid_cosine
    assert found.mean_shift == pytest.approx(float(numpy.linalg.norm(new - old)), rel=0.01)
    assert found.std_ratio == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("shifted", "state"),
    [
        ([True], "suspected"),
        ([True, True], "drift"),
        ([True, False, True], "drift"),
        ([True, False, False, True], "suspected"),
        ([True, True, False], "recovering"),
        ([True, True, False, False], "recovering"),
        ([True, True, False, False, False], "steady"),
        ([True, True, False, False, True], "drift"),
        ([False, False], "steady"),
    ],
)
def test_drift_is_said_after_two_of_three_nights_and_taken_back_after_three(shifted, state):
    assert state_after(shifted, [str(number) for number in range(len(shifted))])[0] is DriftState(state)


def test_night_comes_back_from_its_file_as_it_was():
    values = numpy.array([[1.5, numpy.nan], [0.25, 3.0]], dtype=numpy.float32)
    kept = Rows("v1", ("a", "b"), ("x", "y"), values, ("fil", "e"), (("x",), ("y", "z")), seen=7)
    empty = Rows("v2", (), (), numpy.empty((0, 0), dtype=numpy.float32))

    back = decode(encode(Night({DriftKind.NUMBERS: kept, DriftKind.INCIDENTS: empty})), "key").kinds

    assert numpy.array_equal(back[DriftKind.NUMBERS].values, values, equal_nan=True)
    assert back[DriftKind.NUMBERS].dags == kept.dags
    assert (back[DriftKind.NUMBERS].seen, back[DriftKind.NUMBERS].version) == (7, "v1")
    assert back[DriftKind.INCIDENTS].items == ()


@pytest.mark.parametrize("data", [b"", b"PAR1 nothing of the kind", b"\0" * 500])
def test_damaged_night_is_said_by_name(data):
    with pytest.raises(ReportUnreadable, match="drift/x is damaged"):
        decode(data, "drift/x")


def test_sample_is_the_same_every_night_though_dags_come_and_go():
    items = [f"dag_{number}" for number in range(1000)]

    once, again = sampled(items, 100), sampled([*items[10:], "new_1", "new_2"], 100)

    assert len(once) == 100
    assert len(set(once) - set(again)) <= 12


def test_large_fleet_is_compared_by_a_sample_and_says_so(monkeypatch):
    monkeypatch.setattr("analyzers.drift_checker.panel.MAX_COMPARED", 30)
    base = numpy.ones((80, 3))

    nights = nights_of(DriftKind.SOURCE, [rows(base)] * 14, [rows(base)])

    assert (len(nights.items), nights.sampled_from) == (30, 80)


def test_dags_that_came_or_went_are_counted_and_not_compared():
    base = numpy.ones((40, 3))

    nights = nights_of(DriftKind.SOURCE, [rows(base)] * 14, [rows(base[:35])])

    assert (len(nights.items), nights.added, nights.gone) == (35, 0, 5)


def test_hashed_ngrams_see_words_and_not_numbers():
    one, same, other = hashed_ngrams.embed(
        ["timeout after 30 s on port 5432", "Timeout after 45 s on port 8080", "KeyError: 'customer'"]
    )

    assert one @ same == pytest.approx(1.0, abs=1e-6)
    assert one @ other < 0.5
    assert numpy.linalg.norm(hashed_ngrams.embed([""])) == 0.0
