"""Whether the current nights differ from the reference by more than chance: MMD with permutations in blocks.

The distance is the maximum mean discrepancy under an RBF kernel (A. Gretton et al., A Kernel Two-Sample Test,
JMLR 13, 2012) whose bandwidth is the median distance of reference rows. Its feature map is approximated by
random Fourier features (A. Rahimi and B. Recht, NIPS 2007; J. Zhao and D. Meng, FastMMD, Neural Computation
27, 2015), so that the cost grows with the rows and not with their square.

The same DAGs come back every night, so the rows of two nights are no independent samples, and shuffling all
rows would compare one DAG with another. Each item is a block instead: a permutation chooses, for every item
by itself, which of its own nights count as the current ones.
"""

from dataclasses import dataclass

import numpy

from analyzers.drift_checker.night import BoolArray, FloatArray

FREQUENCIES = 256
PERMUTATIONS = 500
CHUNK = 50
BANDWIDTH_ROWS = 500
NOTHING = 1e-6
"""A distance of float32's own rounding."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Items over nights: the reference nights in order, then the current ones."""

    values: FloatArray
    """items x nights x dimensions, all finite; what is not known is 0 and told by `known`."""
    weights: FloatArray
    """items x nights: how much of a night an item is; 1 where every item counts the same."""
    known: BoolArray
    """items x nights. Every item is known in all current nights and in some of the reference."""
    current: int
    """How many of the last nights are the current ones."""
    shares: bool = False
    """Whether weights are shares of a night, which add up to 1 and are summed; else items are averaged."""

    @property
    def reference(self) -> int:
        """How many nights the reference has."""
        return int(self.known.shape[1]) - self.current


@dataclass(frozen=True, slots=True)
class Shift:
    """The decision's numbers."""

    distance: float
    """MMD between the current nights and the reference, 0..sqrt(2)."""
    p_value: float
    """Share of block permutations with a distance as great, counting the observed one."""
    effect: float
    """The distance over the greatest distance of equally many successive nights of the reference."""
    bandwidth: float
    permutations: int


def shift(panel: Panel, seed: int, permutations: int = PERMUTATIONS) -> Shift:
    """Compares; equal input and seed give equal numbers."""
    random = numpy.random.default_rng(seed)
    bandwidth = median_distance(panel, random)
    parts = _centred(panel, bandwidth, random)
    observed = _distance(parts, _night_choice(panel, panel.reference))
    usual = max(
        (
            _distance(parts, _night_choice(panel, start))
            for start in range(panel.reference - panel.current + 1)
        ),
        default=0.0,
    )
    flat = parts.reshape(-1, parts.shape[-1])
    at_least = 0
    for start in range(0, permutations, CHUNK):
        chosen = numpy.stack([_block_choice(panel, random) for _ in range(min(CHUNK, permutations - start))])
        lengths = numpy.linalg.norm(chosen.reshape(len(chosen), -1) @ flat, axis=1)
        # A hair's breadth for the order of the sums: the observed choice is among the possible ones.
        at_least += int((lengths >= observed * (1 - 1e-5)).sum())
    return Shift(
        distance=observed,
        p_value=(1 + at_least) / (1 + permutations),
        effect=_ratio(observed, usual),
        bandwidth=bandwidth,
        permutations=permutations,
    )


def median_distance(panel: Panel, random: numpy.random.Generator) -> float:
    """The median distance between rows of the reference, of those that are not equal; 1 where all are."""
    reference = panel.known[:, : panel.reference] & (panel.weights[:, : panel.reference] > 0)
    rows = panel.values[:, : panel.reference][reference]
    if len(rows) > BANDWIDTH_ROWS:
        rows = rows[random.choice(len(rows), BANDWIDTH_ROWS, replace=False)]
    rows = rows.astype(numpy.float64)
    squares = (rows**2).sum(axis=1)
    distances = squares[:, None] + squares[None, :] - 2 * rows @ rows.T
    apart = numpy.sqrt(numpy.maximum(distances[numpy.triu_indices(len(rows), 1)], 0.0))
    apart = apart[apart > 1e-6]
    return float(numpy.median(apart)) if len(apart) else 1.0


def _centred(panel: Panel, bandwidth: float, random: numpy.random.Generator) -> FloatArray:
    """What each item on each night adds to the distance if that night is chosen: items x nights x features.

    For an item known on n nights of which w are chosen, mean(chosen) - mean(others) is
    n / (n - w) * (mean(chosen) - mean(all)); the factor and the division by w are in here already.
    """
    dimensions = panel.values.shape[-1]
    waves = random.standard_normal((dimensions, FREQUENCIES)).astype(numpy.float32) / numpy.float32(bandwidth)
    angles = panel.values.astype(numpy.float32) @ waves
    features: FloatArray = numpy.concatenate([numpy.cos(angles), numpy.sin(angles)], axis=-1)
    if panel.shares:
        # Shares of a night add up to 1, those of a permutation hardly ever: what all rows have in common
        # would then count as a difference.
        features -= features.reshape(-1, features.shape[-1]).mean(axis=0)
    features *= (panel.weights * panel.known / numpy.sqrt(FREQUENCIES))[..., None].astype(numpy.float32)
    nights = panel.known.sum(axis=1)
    features -= (features.sum(axis=1) / nights[:, None])[:, None, :] * panel.known[..., None]
    factor = nights / (nights - panel.current) / panel.current
    features *= factor[:, None, None].astype(numpy.float32)
    return features


def _distance(parts: FloatArray, choice: FloatArray) -> float:
    return float(numpy.linalg.norm(numpy.einsum("in,inf->f", choice, parts)))


def _night_choice(panel: Panel, start: int) -> FloatArray:
    """The same successive nights for every item, weighted so that items not known then do not dilute it."""
    choice = numpy.zeros(panel.known.shape, dtype=numpy.float32)
    choice[:, start : start + panel.current] = panel.known[:, start : start + panel.current]
    there = float(choice.sum()) / panel.current
    return choice if panel.shares else choice / numpy.float32(max(there, 1.0))


def _block_choice(panel: Panel, random: numpy.random.Generator) -> FloatArray:
    """For every item by itself, as many of its known nights as are current ones."""
    keys = numpy.where(panel.known, random.random(panel.known.shape, dtype=numpy.float32), numpy.float32(-1))
    chosen = numpy.argpartition(keys, -panel.current, axis=1)[:, -panel.current :]
    choice = numpy.zeros(panel.known.shape, dtype=numpy.float32)
    numpy.put_along_axis(choice, chosen, numpy.float32(1 if panel.shares else 1 / len(choice)), axis=1)
    return choice


def _ratio(observed: float, usual: float) -> float:
    if observed < NOTHING:
        return 0.0
    if usual > 0:
        return min(observed / usual, 1e6)
    return 1e6
