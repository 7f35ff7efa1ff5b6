"""Which items moved beyond anything they did in the reference, and in what: names, not dimensions."""

import warnings
from dataclasses import dataclass

import numpy

from analyzers.drift_checker import model_numbers, numbers
from analyzers.drift_checker.night import FloatArray
from analyzers.drift_checker.panel import Nights
from analyzers.drift_checker.shift import Panel
from dagaudit.drift import DriftChange, DriftItem, DriftKind

MOST_ITEMS = 20
MOST_CHANGES = 5
MOST_DAGS = 20
BEYOND = 1.5
"""An item moved where it is so many times farther from its usual place than on any reference night."""
LEAST_FEATURE = 2.0
"""In the item's own noise, of which a tenth of the value is the least."""
NO_WEATHER = 2.5
"""The fleet is so many times farther from the reference than any part of the reference: no busy night is so,
it is what drifts."""
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


def moved(kind: DriftKind, nights: Nights, effect: float) -> Moved:
    """The items that moved, farthest first; `effect` is that of the test."""
    if kind is DriftKind.INCIDENTS:
        return _incidents(nights)
    panel = nights.panel
    places = _windows(panel)
    if kind is DriftKind.NUMBERS and effect < NO_WEATHER:
        places = _without_the_weather(places)
    measure = _by_text if kind is DriftKind.SOURCE else _by_feature
    usual = _median(places[:, :-1])
    distances = measure(places, usual)
    now, before = distances[:, -1], distances[:, :-1]
    away = _beyond(kind, now, before)
    shares = []
    for window in range(before.shape[1]):
        # Neighbouring windows share nights with this one and would hide it.
        others = [one for one in range(before.shape[1]) if abs(one - window) >= panel.current]
        if others:
            shares.append(_share(kind, _beyond(kind, before[:, window], before[:, others])))
    farthest = away.max(axis=1, initial=0.0)
    order = numpy.lexsort((numpy.arange(len(farthest)), -farthest))
    ranked = [int(row) for row in order if farthest[row] > 0]
    return Moved(
        number=len(ranked),
        share=_share(kind, away),
        usual_share=max(shares, default=0.0),
        items=tuple(_item(kind, nights, row, away[row]) for row in ranked[:MOST_ITEMS]),
    )


def _windows(panel: Panel) -> FloatArray:
    """Items x windows x dimensions: the medians of every so many successive reference nights, then of now.

    A median, so that a single bad night among three moves nothing.
    """
    starts = [*range(panel.reference - panel.current + 1), panel.reference]
    hidden = numpy.where(panel.known[..., None], panel.values, numpy.nan)
    parts = [hidden[:, start : start + panel.current] for start in starts]
    return numpy.stack([_median(part) for part in parts], axis=1)


def _without_the_weather(places: FloatArray) -> FloatArray:
    """Without what the fleet does as a whole, such as being slow together on a busy cluster."""
    return places - _median(numpy.moveaxis(places, 0, 1))


def _median(values: FloatArray) -> FloatArray:
    """Over the second axis, of what is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        median: FloatArray = numpy.nanmedian(values, axis=1)
    return median


def _by_feature(places: FloatArray, usual: FloatArray) -> FloatArray:
    """Items x windows x features: how far from usual; 0 where not known."""
    apart: FloatArray = numpy.nan_to_num(numpy.abs(places - usual[:, None, :]))
    return apart


def _by_text(places: FloatArray, usual: FloatArray) -> FloatArray:
    """Items x windows x 1: one minus the cosine to the usual text."""
    lengths = numpy.linalg.norm(places, axis=2) * numpy.linalg.norm(usual, axis=1)[:, None]
    products = numpy.einsum("iwd,id->iw", places, usual)
    apart: FloatArray = numpy.nan_to_num(1 - products / numpy.maximum(lengths, 1e-9))
    return apart[..., None]


def _beyond(kind: DriftKind, now: FloatArray, before: FloatArray) -> FloatArray:
    """Items x features: how far, 0 where that is nothing unusual."""
    least = LEAST_COSINE if kind is DriftKind.SOURCE else LEAST_FEATURE
    limit = numpy.maximum(BEYOND * before.max(axis=1, initial=0.0), least)
    return numpy.where(now > limit, now, 0.0)


def _share(kind: DriftKind, away: FloatArray) -> float:
    """Of the items; of the features where there is but one item."""
    moved = (away[0] if kind is DriftKind.MODEL else away.max(axis=1, initial=0.0)) > 0
    return float(moved.mean()) if len(moved) else 0.0


def _item(kind: DriftKind, nights: Nights, row: int, away: FloatArray) -> DriftItem:
    features = [
        nights.deciding[one] for one in numpy.argsort(-away, kind="stable")[:MOST_CHANGES] if away[one] > 0
    ]
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
    before = old.mean(axis=1)
    now = numpy.median(panel.weights[:, reference:], axis=1)
    shares = [
        float(
            _excess(
                numpy.median(old[:, start : start + current], axis=1),
                numpy.delete(old, range(start, start + current), 1),
            ).sum()
        )
        for start in range(reference - current + 1)
        if reference > current
    ]
    more = _excess(now, old)
    fewer = numpy.maximum(old.min(axis=1) - now, 0.0)
    away = numpy.maximum(more, fewer)
    order = numpy.lexsort((numpy.arange(len(away)), -away))
    ranked = [int(row) for row in order if away[row] > 0]
    return Moved(
        number=len(ranked),
        share=float(more.sum()),
        usual_share=max(shares, default=0.0),
        items=tuple(_cause(nights, row, float(before[row]), float(now[row])) for row in ranked[:MOST_ITEMS]),
    )


def _excess(now: FloatArray, old: FloatArray) -> FloatArray:
    """How much more of a night a cause is than on any other night."""
    excess: FloatArray = numpy.maximum(now - old.max(axis=1, initial=0.0), 0.0)
    return excess


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


def _middle(values: FloatArray) -> float | None:
    finite = values[numpy.isfinite(values)]
    return _rounded(float(numpy.median(finite))) if len(finite) else None


def _rounded(value: float) -> float:
    return float(f"{float(value):.6g}")
