"""Which items moved beyond anything they did in the reference, and in what: names, not dimensions."""

from dataclasses import dataclass

import numpy

from analyzers.drift_checker import model_numbers, numbers
from analyzers.drift_checker.night import BoolArray, FloatArray
from analyzers.drift_checker.panel import Nights
from dagaudit.drift import DriftChange, DriftItem, DriftKind

MOST_ITEMS = 20
MOST_CHANGES = 5
MOST_DAGS = 20
BEYOND = 1.5
"""An item moved where it is so many times farther from its usual place than on any reference night."""
LEAST_FEATURE = 0.2
"""In spreads of the feature over the fleet."""
LEAST_COSINE = 0.05
"""Of a text: one line in some hundred."""
UNITS = {**numbers.UNITS, **model_numbers.UNITS}


@dataclass(frozen=True, slots=True)
class Moved:
    """How much moved, how much usually does, and what."""

    number: int
    share: float
    usual_share: float
    """The greatest share of a reference night against the others."""
    items: tuple[DriftItem, ...]


def moved(kind: DriftKind, nights: Nights) -> Moved:
    """The items that moved, farthest first."""
    if kind is DriftKind.INCIDENTS:
        return _incidents(nights)
    panel, reference = nights.panel, nights.panel.reference
    old, known = panel.values[:, :reference], panel.known[:, :reference]
    now = panel.values[:, reference:].mean(axis=1)
    measure = _by_text if kind is DriftKind.SOURCE else _by_feature
    away = measure(old, known, now)
    usual = []
    for night in range(reference):
        others, there = numpy.delete(old, night, 1), numpy.delete(known, night, 1)
        usual.append(_share(measure(others, there, old[:, night]), known[:, night]))
    farthest = away.max(axis=1, initial=0.0)
    order = numpy.lexsort((numpy.arange(len(farthest)), -farthest))
    ranked = [int(row) for row in order if farthest[row] > 0]
    return Moved(
        number=len(ranked),
        share=len(ranked) / max(len(nights.items), 1),
        usual_share=max(usual, default=0.0),
        items=tuple(_item(kind, nights, row, away[row]) for row in ranked[:MOST_ITEMS]),
    )


def _by_feature(old: FloatArray, known: BoolArray, now: FloatArray) -> FloatArray:
    """items x features: how far each moved, 0 where that is nothing unusual."""
    hidden = numpy.where(known[..., None], old, numpy.nan)
    usual = numpy.nanmedian(hidden, axis=1)
    most = numpy.nanmax(numpy.abs(hidden - usual[:, None, :]), axis=1)
    away = numpy.abs(now - usual)
    return numpy.where(away > numpy.maximum(BEYOND * most, LEAST_FEATURE), away, 0.0)


def _by_text(old: FloatArray, known: BoolArray, now: FloatArray) -> FloatArray:
    """items x 1: one minus the cosine to the item's usual text, 0 where that is nothing unusual."""
    usual = (old * known[..., None]).sum(axis=1)
    usual = usual / numpy.maximum(numpy.linalg.norm(usual, axis=1, keepdims=True), 1e-9)
    most = numpy.where(known, 1 - numpy.einsum("ind,id->in", old, usual), 0.0).max(axis=1)
    away = 1 - numpy.einsum("id,id->i", now, usual)
    return numpy.where(away > numpy.maximum(BEYOND * most, LEAST_COSINE), away, 0.0)[:, None]


def _share(away: FloatArray, known: BoolArray) -> float:
    there = away.max(axis=1, initial=0.0)[known]
    return float((there > 0).mean()) if len(there) else 0.0


def _item(kind: DriftKind, nights: Nights, row: int, away: FloatArray) -> DriftItem:
    features = [int(one) for one in numpy.argsort(-away, kind="stable")[:MOST_CHANGES] if away[one] > 0]
    has_units = kind is not DriftKind.SOURCE
    return DriftItem(
        item=nights.items[row],
        label=nights.told[nights.items[row]][0],
        dags=nights.told[nights.items[row]][1][:MOST_DAGS],
        distance=_rounded(away.max()),
        changes=tuple(_change(nights, row, one) for one in features) if has_units else (),
    )


def _change(nights: Nights, row: int, feature: int) -> DriftChange:
    reference = nights.panel.reference
    values = nights.raw[row, :, feature]
    name = nights.names[feature]
    return DriftChange(
        feature=name,
        before=_middle(values[:reference]),
        now=_middle(values[reference:]),
        unit=UNITS.get(name, "1"),
    )


def _incidents(nights: Nights) -> Moved:
    """Causes by how much of a night they are: half the sum of all differences is the share that moved."""
    panel, reference, current = nights.panel, nights.panel.reference, nights.panel.current
    old = panel.weights[:, :reference]
    before, now = old.mean(axis=1), panel.weights[:, reference:].mean(axis=1)
    usual = [
        _difference(
            old[:, start : start + current].mean(axis=1),
            numpy.delete(old, range(start, start + current), 1).mean(axis=1),
        )
        for start in range(reference - current + 1)
        if reference > current
    ]
    change = now - before
    order = numpy.lexsort((numpy.arange(len(change)), -numpy.abs(change)))
    ranked = [int(row) for row in order if abs(change[row]) > 0]
    return Moved(
        number=sum(1 for row in ranked if not before[row] or not now[row]),
        share=_difference(before, now),
        usual_share=max(usual, default=0.0),
        items=tuple(_cause(nights, row, float(before[row]), float(now[row])) for row in ranked[:MOST_ITEMS]),
    )


def _cause(nights: Nights, row: int, before: float, now: float) -> DriftItem:
    item = nights.items[row]
    what = "new" if not before else "gone" if not now else "more" if now > before else "fewer"
    label, dags = nights.told[item]
    change = DriftChange(
        feature="share of the causes", before=_rounded(before), now=_rounded(now), unit="ratio"
    )
    return DriftItem(
        item=item,
        label=label,
        dags=dags[:MOST_DAGS],
        distance=_rounded(abs(now - before)),
        what=what,
        changes=(change,),
    )


def _difference(one: FloatArray, other: FloatArray) -> float:
    return float(numpy.abs(one - other).sum() / 2)


def _middle(values: FloatArray) -> float | None:
    finite = values[numpy.isfinite(values)]
    return _rounded(float(numpy.median(finite))) if len(finite) else None


def _rounded(value: float) -> float:
    return float(f"{float(value):.6g}")
