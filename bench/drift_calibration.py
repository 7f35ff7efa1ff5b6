"""How often the drift check alarms where nothing changed, and how soon it sees what did.

`.venv/bin/python bench/drift_calibration.py [--histories 40] [--nights 60] [--size 200]`
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy
from scipy.stats import beta, ks_2samp

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]

import drift_histories as histories  # noqa: E402
from drift_histories import Plant  # noqa: E402

from analyzers.drift_checker.decide import RULES, tonight  # noqa: E402
from analyzers.drift_checker.memory import REFERENCE_NIGHTS, state_after  # noqa: E402
from analyzers.drift_checker.night import Rows  # noqa: E402
from analyzers.drift_checker.panel import nights_of  # noqa: E402
from dagaudit.drift import DriftInput, DriftKind, DriftState  # noqa: E402

MAKERS: dict[DriftKind, Callable[..., Iterator[Rows]]] = {
    DriftKind.NUMBERS: histories.fleet_numbers,
    DriftKind.SOURCE: histories.fleet_source,
    DriftKind.INCIDENTS: histories.incidents,
    DriftKind.MODEL: histories.model,
}
AT = REFERENCE_NIGHTS + 6
PLANTS: dict[DriftKind, dict[str, tuple[float, float]]] = {
    DriftKind.NUMBERS: {
        "5 % of the DAGs take twice as long": (0.05, 2.0),
        "10 % of the DAGs take 1.5 times as long": (0.10, 1.5),
        "10 % of the DAGs take twice as long": (0.10, 2.0),
        "30 % of the DAGs take 1.5 times as long": (0.30, 1.5),
        "all DAGs take 1.3 times as long": (1.0, 1.3),
    },
    DriftKind.SOURCE: {
        "5 % of the DAGs get 30 lines of a template": (0.05, 30),
        "10 % of the DAGs get 30 lines of a template": (0.10, 30),
    },
    DriftKind.INCIDENTS: {
        "a new kind is 5 % of the causes": (0.05, 1),
        "a new kind is 10 % of the causes": (0.10, 1),
        "a new kind is 20 % of the causes": (0.20, 1),
    },
    DriftKind.MODEL: {
        "answers 10 % longer": (1.0, 1.1),
        "answers 30 % longer": (1.0, 1.3),
    },
}


@dataclass(slots=True)
class Tally:
    """What the rules said over many nights."""

    nights: int = 0
    shifted: int = 0
    suspected: int = 0
    alarms: int = 0
    drifting: int = 0
    histories_with: int = 0
    histories: int = 0
    others: dict[str, int] = field(default_factory=dict)
    delays: list[int] = field(default_factory=list)


def check(
    kind: DriftKind, nights: Sequence[Rows], digest: str
) -> Iterator[tuple[int, DriftInput, list[Rows]]]:
    """Every night after the reference, decided by the product's own code."""
    reference, width = list(nights[:REFERENCE_NIGHTS]), RULES[kind].current_nights
    for night in range(REFERENCE_NIGHTS + width - 1, len(nights)):
        current = list(nights[night + 1 - width : night + 1])
        yield night, tonight(kind, reference, current, digest), [*reference, *current]


def run(kind: DriftKind, options: argparse.Namespace, plant: Plant, tally: Tally) -> None:
    """Many histories of one kind."""
    for number in range(options.histories):
        name = f"{kind}-{number}-{plant}"
        seed = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)
        nights = list(MAKERS[kind](options.size, options.nights, seed, plant))
        said: list[bool] = []
        before = DriftState.STEADY
        found = None
        for night, one, rows in check(kind, nights, name):
            tally.nights += 1
            said.append(bool(one.shifted))
            state, _ = state_after(said, [str(each) for each in range(len(said))])
            tally.shifted += bool(one.shifted)
            in_drift = state in (DriftState.DRIFT, DriftState.RECOVERING)
            tally.drifting += in_drift
            starts = in_drift and before not in (DriftState.DRIFT, DriftState.RECOVERING)
            tally.alarms += starts
            if starts and night >= plant.night and found is None:
                found = night - plant.night
            before = state
            if plant.share == 0 and options.peers and night % 5 == 0:
                peers(kind, rows, one, tally)
        tally.histories += 1
        tally.histories_with += any(said) and state_ever(said)
        if found is not None:
            tally.delays.append(found)


def state_ever(said: Sequence[bool]) -> bool:
    """Whether drift was ever confirmed."""
    return any(sum(said[max(0, end - 3) : end]) >= 2 for end in range(1, len(said) + 1))


def peers(kind: DriftKind, rows: list[Rows], one: DriftInput, tally: Tally) -> None:
    """What common rules would have said of the same night."""
    nights = nights_of(kind, rows[:REFERENCE_NIGHTS], rows[REFERENCE_NIGHTS:])
    panel = nights.panel
    if len(nights.items) < 5:
        return
    weight = panel.weights * panel.known
    before = panel.values[:, :REFERENCE_NIGHTS][weight[:, :REFERENCE_NIGHTS] > 0]
    now = panel.values[:, REFERENCE_NIGHTS:][weight[:, REFERENCE_NIGHTS:] > 0]
    p_values = numpy.atleast_1d(ks_2samp(before, now, axis=0, method="asymp").pvalue)
    random = numpy.random.default_rng(1)
    said = {
        "any dimension, KS p < 0.05": bool((p_values < 0.05).any()),
        "more than half of the dimensions, KS p < 0.05": bool((p_values < 0.05).mean() > 0.5),
        "MMD, all rows shuffled, p < 0.01": shuffled(before, now, random) < 0.01,
        "centroid cosine < 0.95": (one.centroid_cosine or 1.0) < 0.95,
    }
    tally.others["nights"] = tally.others.get("nights", 0) + 1
    for name, alarm in said.items():
        tally.others[name] = tally.others.get(name, 0) + alarm


def shuffled(before: numpy.ndarray, now: numpy.ndarray, random: numpy.random.Generator) -> float:
    """The usual test, which takes the rows of all nights for independent."""
    if len(before) > 400:
        before = before[random.choice(len(before), 400, replace=False)]
    rows = numpy.concatenate([before, now]).astype(float)
    squares = (rows**2).sum(axis=1)
    distances = numpy.maximum(squares[:, None] + squares[None, :] - 2 * rows @ rows.T, 0)
    kernel = numpy.exp(-distances / max(float(numpy.median(distances)), 1e-9))
    sides = numpy.concatenate([numpy.full(len(before), 1 / len(before)), numpy.full(len(now), -1 / len(now))])
    observed = sides @ kernel @ sides
    orders = numpy.stack([random.permutation(sides) for _ in range(200)])
    return float((1 + ((orders @ kernel) * orders).sum(axis=1).__ge__(observed).sum()) / 201)


def interval(hits: int, of: int) -> tuple[float, float]:
    """Clopper-Pearson, 95 %."""
    low = beta.ppf(0.025, hits, of - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, of - hits) if hits < of else 1.0
    return float(low), float(high)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--histories", type=int, default=40)
    parser.add_argument("--planted", type=int, default=20)
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--size", type=int, default=200)
    parser.add_argument("--kinds", default=",".join(MAKERS))
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    options = parser.parse_args()
    kinds = [DriftKind(name) for name in options.kinds.split(",")]
    started = time.process_time()
    print("| nothing changes | nights | shifted | alarms | per 1,000 nights (95 %) | histories with one |")
    print("|---|---|---|---|---|---|")
    tallies = {}
    for kind in kinds:
        tally = tallies[kind] = Tally()
        run(kind, options, histories.NO_PLANT, tally)
        low, high = interval(tally.alarms, tally.nights)
        rate = 1000 * tally.alarms / tally.nights
        print(
            f"| {kind.value} | {tally.nights:,} | {tally.shifted} | {tally.alarms} | {rate:.1f} "
            f"({1000 * low:.1f} to {1000 * high:.1f}) | {tally.histories_with} of {tally.histories} |",
            flush=True,
        )
    for kind, tally in tallies.items():
        seen = tally.others.pop("nights", 0)
        for name, alarms in tally.others.items():
            print(f"{kind.value}: {name}: {alarms} of {seen} nights")
    print("\n| what changes for good | seen | median nights until confirmed | slowest |\n|---|---|---|---|")
    for kind in kinds:
        for name, (share, strength) in PLANTS[kind].items():
            tally, fewer = (
                Tally(),
                argparse.Namespace(**{**vars(options), "histories": options.planted, "nights": AT + 21}),
            )
            run(kind, fewer, Plant(share, strength, AT), tally)
            middle = f"{numpy.median(tally.delays) + 1:.0f}" if tally.delays else "–"
            slowest = max(tally.delays) + 1 if tally.delays else "–"
            print(f"| {name} | {len(tally.delays)} of {tally.histories} | {middle} | {slowest} |", flush=True)
    print(f"\n{time.process_time() - started:.0f} s of processor time")


if __name__ == "__main__":
    main()
