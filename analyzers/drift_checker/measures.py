"""The numbers beside the decision, which decide nothing: KS per dimension, centroids, spread, PSI."""

from dataclasses import dataclass

import numpy

from analyzers.drift_checker.night import FloatArray
from analyzers.drift_checker.panel import Nights
from dagaudit.drift import DriftKind, DriftMeasure

MOST = 20
REJECTED_BELOW = 0.05
BINS = 10
FEWEST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything reported about the two sides as wholes."""

    ks_rejected: int
    centroid_cosine: float | None
    usual_cosine: float | None
    mean_shift: float
    std_ratio: float | None
    table: tuple[DriftMeasure, ...]


def measures(kind: DriftKind, nights: Nights, seed: int) -> Measures:
    """Both sides as rows: of the reference one night per item, as its nights are alike."""
    before, now, chosen = _sides(nights, seed)
    centres = _centres(nights)
    reference = nights.panel.reference
    usual = [
        _cosine(centres[night], numpy.delete(centres[:reference], night, axis=0).mean(axis=0))
        for night in range(reference)
        if reference > 1
    ]
    old, new = centres[:reference].mean(axis=0), centres[reference:].mean(axis=0)
    table = _table(kind, nights, (before, now), chosen)
    return Measures(
        ks_rejected=sum(one.q_value < REJECTED_BELOW for one in table),
        centroid_cosine=_cosine(old, new),
        usual_cosine=min((one for one in usual if one is not None), default=None),
        mean_shift=float(numpy.linalg.norm(new - old)),
        std_ratio=_std_ratio(before, now),
        table=tuple(sorted(table, key=lambda one: (one.q_value, -one.ks, one.name))[:MOST]),
    )


def _sides(nights: Nights, seed: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    panel, reference = nights.panel, nights.panel.reference
    if len(nights.items) == 1:
        return nights.levels[0, :reference], nights.levels[0, reference:], nights.raw[0, :reference]
    there = panel.known & (panel.weights > 0)
    random = numpy.random.default_rng(seed)
    keys = numpy.where(there[:, :reference], random.random(there[:, :reference].shape), -1.0)
    night = keys.argmax(axis=1)
    was = there[:, :reference].any(axis=1)
    rows = numpy.arange(len(night))
    current = there[:, -1] if not panel.shares else there[:, reference:].any(axis=1)
    before = nights.levels[rows, night][was]
    return before, nights.levels[current, -1], nights.raw[rows, night][was]


def _table(
    kind: DriftKind, nights: Nights, sides: tuple[FloatArray, FloatArray], chosen: FloatArray
) -> list[DriftMeasure]:
    before, now = sides
    if len(before) < FEWEST_ROWS or len(now) < min(FEWEST_ROWS, nights.panel.current):
        return []
    from scipy.stats import ks_2samp

    found = ks_2samp(before, now, axis=0, method="asymp")
    distances, p_values = numpy.atleast_1d(found.statistic), numpy.atleast_1d(found.pvalue)
    q_values = benjamini_hochberg(p_values)
    has_units = kind in (DriftKind.NUMBERS, DriftKind.MODEL)
    current = nights.raw[:, nights.panel.reference :].reshape(-1, nights.raw.shape[-1])
    return [
        DriftMeasure(
            name=name,
            ks=_rounded(distances[number]),
            p_value=_rounded(p_values[number]),
            q_value=_rounded(q_values[number]),
            psi=_rounded(psi(before[:, number], now[:, number])) if kind is DriftKind.NUMBERS else None,
            before=_middle(chosen[:, number]) if has_units else None,
            now=_middle(current[:, number]) if has_units else None,
            known=int(numpy.isfinite(nights.raw[:, -1, number]).sum()),
        )
        for number, name in enumerate(nights.names)
    ]


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """q-values (Y. Benjamini and Y. Hochberg, JRSS B 57, 1995), in the order of the p-values."""
    number = len(p_values)
    order = numpy.argsort(p_values)
    scaled = p_values[order] * number / numpy.arange(1, number + 1)
    smallest = numpy.minimum.accumulate(scaled[::-1])[::-1]
    q_values = numpy.empty(number)
    q_values[order] = numpy.minimum(smallest, 1.0)
    return q_values


def psi(before: FloatArray, now: FloatArray) -> float:
    """Population stability index over ten reference deciles; an empty bin counts as half an item."""
    edges = numpy.unique(numpy.quantile(before, numpy.linspace(0, 1, BINS + 1)[1:-1]))
    bins = len(edges) + 1
    old = numpy.bincount(numpy.searchsorted(edges, before, side="right"), minlength=bins)
    new = numpy.bincount(numpy.searchsorted(edges, now, side="right"), minlength=bins)
    was, is_now = numpy.maximum(old, 0.5) / len(before), numpy.maximum(new, 0.5) / len(now)
    return float(((is_now - was) * numpy.log(is_now / was)).sum())


def _centres(nights: Nights) -> FloatArray:
    """The mean of every night: nights x dimensions."""
    panel = nights.panel
    weights = panel.weights * panel.known
    totals = numpy.maximum(weights.sum(axis=0), 1e-9)
    centres: FloatArray = numpy.einsum("in,ind->nd", weights, nights.levels) / totals[:, None]
    return centres


def _cosine(one: FloatArray, other: FloatArray) -> float | None:
    lengths = float(numpy.linalg.norm(one) * numpy.linalg.norm(other))
    return float(numpy.clip(one @ other / lengths, -1, 1)) if lengths else None


def _std_ratio(before: FloatArray, now: FloatArray) -> float | None:
    if len(before) < 2 or len(now) < 2:
        return None
    old, new = before.std(axis=0), now.std(axis=0)
    varied = old > 1e-6
    return float(numpy.median(new[varied] / old[varied])) if varied.any() else None


def _middle(values: FloatArray) -> float | None:
    finite = values[numpy.isfinite(values)]
    return _rounded(float(numpy.median(finite))) if len(finite) else None


def _rounded(value: float) -> float:
    return float(f"{float(value):.6g}")
