"""How often `dagaudit stats` calls durations unusual or shifted: wrongly, and where it should.

python bench/stats_calibration.py [--dags 500] [--seed 1]

Daily runs of ten minutes, 40 % shorter at weekends; one series a DAG. The noise is on the logarithm:
`calm` and `uneven` are lognormal with 12 and 30 %, `heavy` has Student's t with 3 degrees of freedom,
`sticky` follows the day before (AR 1, 0.5), `bursts` doubles to quintuples 3 % of the runs, which the first
figure counts as wrong though a reader may want to hear of them.
"""

import argparse
import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from measure import machine, table

from analyzers.stat_reporter.durations import shift, unusual
from analyzers.stat_reporter.seasons import Timed

FIRST = datetime(2026, 8, 1, 2, tzinfo=UTC)
SECONDS, WEEKEND = 600.0, math.log(0.6)
RECENT, LAST_NIGHT = timedelta(days=14), timedelta(hours=24)
Noise = Callable[[random.Random, float], float]
KINDS: dict[str, tuple[float, Noise]] = {
    "calm": (0.12, lambda draw, _: draw.gauss(0, 1)),
    "uneven": (0.30, lambda draw, _: draw.gauss(0, 1)),
    "heavy": (0.12, lambda draw, _: _student(draw, 3)),
    "sticky": (0.12, lambda draw, before: 0.5 * before + draw.gauss(0, math.sqrt(0.75))),
    "bursts": (0.12, lambda draw, _: draw.gauss(0, 1) + (draw.uniform(6, 13) if draw.random() < 0.03 else 0)),
}


def _student(draw: random.Random, freedom: int) -> float:
    return draw.gauss(0, 1) / math.sqrt(draw.gammavariate(freedom / 2, 2) / freedom)


def series(draw: random.Random, kind: str, runs: int, *, slower: float = 1.0, since: int = 0) -> list[Timed]:
    """Runs of one DAG; the last `since` of them take `slower` times as long."""
    size, noise = KINDS[kind]
    points, before = [], 0.0
    for number in range(runs):
        at = FIRST + timedelta(days=number)
        before = noise(draw, before)
        level = math.log(SECONDS) + (WEEKEND if at.weekday() >= 5 else 0.0)
        level += math.log(slower) if number >= runs - since else 0.0
        points.append(Timed(at, math.exp(level + size * before), f"r{number}"))
    return points


def is_unusual(points: Sequence[Timed]) -> bool:
    """Whether the last run is called so."""
    return bool(unusual(points, points[-1].at - LAST_NIGHT + timedelta(seconds=1)))


def has_shifted(points: Sequence[Timed]) -> bool:
    """Whether a shift is told."""
    return shift(points, RECENT) is not None


def share(draw: random.Random, dags: int, says: Callable[[Sequence[Timed]], bool], **how: object) -> float:
    """Of so many DAGs, of how many it says so."""
    return sum(says(series(draw, **how)) for _ in range(dags)) / dags  # type: ignore[arg-type]


def ever(draw: random.Random, dags: int, kind: str, nights: int) -> float:
    """Of so many DAGs without any change, how many get a shift told in any of so many nights."""
    wrong = 0
    for _ in range(dags):
        points = series(draw, kind, 30 + nights)
        wrong += any(has_shifted(points[max(0, last - 90) : last]) for last in range(31, 31 + nights))
    return wrong / dags


def main() -> None:
    """Measure and print two Markdown tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--dags", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    dags, wrong, right = chosen.dags, [], []
    for kind in KINDS:
        for runs in (30, 90):
            draw = random.Random(f"{chosen.seed} {kind} {runs}")
            how = {"kind": kind, "runs": runs}
            alone = share(draw, 4 * dags, is_unusual, **how)
            moved = share(draw, 4 * dags, has_shifted, **how)
            often = ever(draw, dags // 5, kind, 60) if runs == 90 else None
            wrong.append(
                [kind, str(runs), f"{alone:.2%}", f"{moved:.2%}", "" if often is None else f"{often:.1%}"]
            )
            found = [
                share(draw, dags, has_shifted, slower=slower, since=since, **how)
                for since in (5, 7, 14)
                for slower in (1.3, 1.5, 2.0)
            ]
            found += [share(draw, dags, is_unusual, slower=slower, since=1, **how) for slower in (2.0, 3.0)]
            right.append([kind, str(runs), *(f"{each:.2f}" for each in found)])
    print(f"{dags} DAGs a cell, seed {chosen.seed}. {machine()}.\n\nNothing changed:\n")
    print(
        table(["noise", "runs", "run called unusual", "shift told", "shift told in any of 60 nights"], wrong)
    )
    print("\nSlower for the last runs:\n")
    shifts = [f"{since} runs ×{slower}" for since in (5, 7, 14) for slower in (1.3, 1.5, 2.0)]
    print(table(["noise", "runs", *shifts, "one run ×2", "one run ×3"], right))


if __name__ == "__main__":
    main()
