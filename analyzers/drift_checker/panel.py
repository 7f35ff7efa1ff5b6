"""Brings the nights of one kind together: the same items in the same order, scaled by the reference."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from analyzers.drift_checker import model_numbers
from analyzers.drift_checker.night import BoolArray, FloatArray, Rows, sampled
from analyzers.drift_checker.numbers import DECIDING, SHARES, comparable
from analyzers.drift_checker.shift import Panel
from dagaudit.drift import DriftKind

MAX_COMPARED = 2_000
LEAST_SCALE = 0.1
"""Of a logarithm: what hardly varies must not count a hundredfold once it moves by a hair."""
LEAST_SHARE_SCALE = 0.25
FARTHEST = 10.0
FARTHEST_APART = 5.0
MAD = 1.4826
"""From a median absolute deviation to a standard deviation."""


@dataclass(frozen=True, slots=True)
class Nights:
    """The panel of one kind, with what it was made of."""

    panel: Panel
    levels: FloatArray
    """items x nights x dimensions: where the items are, in spreads of the fleet; 0 where not known. The panel
    may hold how far each is from its own usual place instead, and fewer dimensions."""
    deciding: tuple[int, ...]
    """The panel's dimensions among these."""
    items: tuple[str, ...]
    names: tuple[str, ...]
    raw: FloatArray
    """items x nights x dimensions as they were kept, NaN where not known."""
    told: dict[str, tuple[str, tuple[str, ...]]]
    """Item to its label and DAGs, as the newest night that has it tells."""
    sampled_from: int | None
    added: int
    gone: int


def nights_of(kind: DriftKind, reference: Sequence[Rows], current: Sequence[Rows]) -> Nights:
    """The nights of a kind side by side; all have the same version, so the same dimensions."""
    if kind is DriftKind.INCIDENTS:
        return _presence(reference, current)
    every = (*reference, *current)
    now = set.intersection(*(set(rows.items) for rows in current))
    seen: dict[str, int] = {}
    for rows in reference:
        for item in rows.items:
            seen[item] = seen.get(item, 0) + 1
    # The typical night's items; a DAG that was there once is not one of the reference.
    settled = {item for item, times in seen.items() if 2 * times >= len(reference)}
    common = settled & now
    items = sampled(sorted(common), MAX_COMPARED)
    raw, known = _side_by_side(items, every)
    levels = values = numpy.nan_to_num(raw)
    deciding = numpy.arange(raw.shape[-1])
    if kind is not DriftKind.SOURCE:
        numbers = _comparable(kind, raw)
        levels = _scaled(kind, numbers, known, len(reference))
        deciding = numpy.flatnonzero(DECIDING) if kind is DriftKind.NUMBERS else deciding
        values = _apart(kind, numbers)[..., deciding]
    panel = Panel(values, known.astype(numpy.float32), known, len(current))
    return Nights(
        panel=panel,
        levels=levels,
        deciding=tuple(int(one) for one in deciding),
        items=tuple(items),
        names=current[-1].names,
        raw=raw,
        told=_told(every),
        sampled_from=len(common) if len(common) > len(items) else None,
        added=len(set(current[-1].items) - set(seen)),
        gone=len(settled - set(current[-1].items)),
    )


def _side_by_side(items: Sequence[str], every: Sequence[Rows]) -> tuple[FloatArray, BoolArray]:
    """items x nights x dimensions with NaN where an item was not there, and items x nights whether it was."""
    raw = numpy.full((len(items), len(every), len(every[-1].names)), numpy.nan, dtype=numpy.float32)
    known = numpy.zeros(raw.shape[:2], dtype=bool)
    for night, rows in enumerate(every):
        place = {item: row for row, item in enumerate(rows.items)}
        there = [number for number, item in enumerate(items) if item in place]
        if there:
            raw[there, night] = rows.values[[place[items[number]] for number in there]]
        known[there, night] = True
    return raw, known


def _presence(reference: Sequence[Rows], current: Sequence[Rows]) -> Nights:
    """Causes come and go: each has one vector, and is a share of every night that it was seen in."""
    every = (*reference, *current)
    vectors: dict[str, FloatArray] = {}
    for rows in every:
        vectors.update(zip(rows.items, rows.values, strict=True))
    items = sorted(vectors)
    index = {item: number for number, item in enumerate(items)}
    weights = numpy.zeros((len(items), len(every)), dtype=numpy.float32)
    for night, rows in enumerate(every):
        for item in rows.items:
            weights[index[item], night] = 1.0 / len(rows.items)
    width = max((len(rows.names) for rows in every), default=0)
    table = numpy.array([vectors[item] for item in items], dtype=numpy.float32).reshape(len(items), width)
    raw = numpy.repeat(table[:, None, :], len(every), axis=1)
    known = numpy.ones(weights.shape, dtype=bool)
    before = (weights[:, : len(reference)] > 0).any(axis=1)
    now = (weights[:, len(reference) :] > 0).any(axis=1)
    return Nights(
        panel=Panel(raw, weights, known, len(current), shares=True),
        levels=raw,
        deciding=tuple(range(width)),
        items=tuple(items),
        names=tuple(str(position) for position in range(width)),
        raw=raw,
        told=_told(every),
        sampled_from=None,
        added=int((now & ~before).sum()),
        gone=int((before & ~now).sum()),
    )


def _told(every: Sequence[Rows]) -> dict[str, tuple[str, tuple[str, ...]]]:
    told: dict[str, tuple[str, tuple[str, ...]]] = {}
    for rows in every:
        labels = rows.labels or ("",) * len(rows.items)
        dags = rows.dags or ((),) * len(rows.items)
        told.update(zip(rows.items, zip(labels, dags, strict=True), strict=True))
    return told


def _comparable(kind: DriftKind, raw: FloatArray) -> FloatArray:
    return comparable(raw) if kind is DriftKind.NUMBERS else numpy.log1p(numpy.maximum(raw, 0.0))


def _least(kind: DriftKind) -> FloatArray:
    shares = SHARES if kind is DriftKind.NUMBERS else numpy.array(model_numbers.SHARES)
    return numpy.where(shares, LEAST_SHARE_SCALE, LEAST_SCALE)


def _scaled(kind: DriftKind, values: FloatArray, known: BoolArray, reference: int) -> FloatArray:
    """Features in units of their spread over the fleet; what is not known takes the item's usual value."""
    usual = _median(values[:, :reference], axis=1)
    fleet = numpy.nan_to_num(_median(usual, axis=0))
    spread = numpy.nan_to_num(_spread(values[:, :reference].reshape(-1, values.shape[-1])))
    usual = numpy.where(numpy.isnan(usual), fleet, usual)
    filled = numpy.where(numpy.isnan(values), usual[:, None, :], values)
    scaled = (filled - fleet) / numpy.maximum(spread, _least(kind))
    clipped: FloatArray = numpy.clip(scaled, -FARTHEST, FARTHEST) * known[..., None]
    return clipped.astype(numpy.float32)


def _apart(kind: DriftKind, values: FloatArray) -> FloatArray:
    """How far each item is from its own usual value, in units of its own usual noise.

    Usual is what it is over all nights, the current ones too: were it the reference's alone, every night
    after it would look a little stranger than those that it was made of.
    """
    usual = _median(values, axis=1)[:, None, :]
    noise = MAD * _median(numpy.abs(values - usual), axis=1)[:, None, :]
    apart = (values - usual) / numpy.maximum(numpy.nan_to_num(noise), _least(kind))
    clipped: FloatArray = numpy.clip(numpy.nan_to_num(apart), -FARTHEST_APART, FARTHEST_APART)
    return clipped.astype(numpy.float32)


def _median(values: FloatArray, axis: int) -> FloatArray:
    """As nanmedian, without its warning where all are NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        median: FloatArray = numpy.nanmedian(values, axis=axis)
    return median


def _spread(rows: FloatArray) -> FloatArray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        spread: FloatArray = numpy.nanstd(rows, axis=0)
    return spread
