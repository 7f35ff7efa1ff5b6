"""Simulated fleets night after night: the same DAGs come back, with noise like that of real ones.

What makes nights alike or unlike in earnest is in here: windows of 14 days that overlap, weekends, a busy
cluster that slows all DAGs at once, outliers, runs that fail, ordinary edits, DAGs that come and go, causes
of failures that recur and one-off ones. A plant changes a share of it for good from one night on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy

from analyzers.drift_checker import hashed_ngrams, model_numbers, numbers
from analyzers.drift_checker.night import Rows

WINDOW = 14


@dataclass(frozen=True, slots=True)
class Plant:
    """A lasting change: of what share, how strong, from which night on."""

    share: float = 0.0
    strength: float = 1.0
    night: int = 10**6


NO_PLANT = Plant()


def fleet_numbers(size: int, nights: int, seed: int, plant: Plant = NO_PLANT) -> Iterator[Rows]:
    """DAGs in numbers; planted DAGs take `strength` times as long."""
    random = numpy.random.default_rng(seed)
    tasks = numpy.maximum(1, random.lognormal(2.0, 0.8, size).round())
    findings = random.poisson([0.1, 0.5, 1.5, 2.0], (size, 4)).astype(float)
    base = random.lognormal(6.0, 1.3, size)
    noise = random.uniform(0.03, 0.35, size)
    weekly = numpy.where(random.random(size) < 0.3, 0.6, 1.0)
    fails = random.beta(0.3, 12.0, size)
    interval = random.choice([3_600.0, 86_400.0, 604_800.0], size, p=[0.2, 0.75, 0.05])
    busy, days = 0.0, []
    slow = random.random(size) < plant.share
    born = numpy.arange(size)
    for night in range(-WINDOW, nights):
        busy = 0.6 * busy + random.normal(0, 0.04)
        new = random.random(size) < 0.0005
        born = numpy.where(new, size + (night + WINDOW) * size + numpy.arange(size), born)
        base = numpy.where(new, random.lognormal(6.0, 1.3, size), base)
        edited = random.random(size) < 0.005
        tasks = numpy.where(
            edited & (random.random(size) < 0.3),
            numpy.maximum(1, tasks + random.integers(-1, 3, size)),
            tasks,
        )
        step = (random.random((size, 4)) < 0.1) * random.choice([-1, 1], (size, 4))
        findings = numpy.where(edited[:, None], numpy.maximum(0, findings + step), findings)
        weekend = weekly if (night % 7) in (5, 6) else 1.0
        factor = numpy.where(slow & (night >= plant.night), plant.strength, 1.0)
        took = base * weekend * factor * numpy.exp(busy + random.normal(0, 1, size) * noise)
        took *= numpy.where(random.random(size) < 0.03, random.uniform(2, 5, size), 1.0)
        failed = random.random(size) < fails
        queue = numpy.exp(random.normal(2.0 + 3 * busy, 0.5, size))
        days = [*days, (took, failed, queue)][-WINDOW:]
        if night >= 0:
            yield _rows(night, born, (tasks, findings, interval), days)


def _rows(night: int, born: numpy.ndarray, shape: tuple[numpy.ndarray, ...], days: list) -> Rows:
    tasks, findings, interval = shape
    took = numpy.array([day[0] for day in days])
    failed = numpy.array([day[1] for day in days])
    queue = numpy.array([day[2] for day in days])
    ran = interval <= 86_400.0
    weekday = numpy.arange(len(tasks)) % 7 == night % 7
    values = {
        "runs a day": numpy.where(ran, 86_400.0 / interval, weekday),
        "failed runs a day": numpy.where(ran | weekday, failed[-1], numpy.nan),
        "failed attempts a day": numpy.where(ran | weekday, failed[-1] / 2, numpy.nan),
        "time per attempt": numpy.where(ran | weekday, took[-1] / numpy.maximum(tasks, 1), numpy.nan),
        "tasks": tasks, "edges": tasks * 1.2, "depth": numpy.sqrt(tasks), "width": numpy.sqrt(tasks),
        "mapped tasks": numpy.zeros(len(tasks)), "schedule interval": interval,
        "configured retries": numpy.ones(len(tasks)),
        "critical findings": findings[:, 0], "high findings": findings[:, 1],
        "medium findings": findings[:, 2], "low findings": findings[:, 3],
        "duration p50": numpy.median(took, axis=0), "duration p95": numpy.quantile(took, 0.95, axis=0),
        "success rate": 1 - failed.mean(axis=0), "retried attempts": failed.mean(axis=0) / 2,
        "wasted time": (took * failed).sum(axis=0), "queue wait p50": numpy.median(queue, axis=0),
        "schedule delay p50": numpy.median(queue, axis=0) + 5,
    }  # fmt: skip
    items = [f"dag_{number:07}" for number in born]
    order = numpy.argsort(items)
    table = numpy.stack([values[name] for name in numbers.NAMES], axis=1)[order].astype(numpy.float32)
    return Rows("simulated", numbers.NAMES, tuple(items[place] for place in order), table)


FIRST = ["load", "copy", "check", "orders", "stock", "price", "user", "click", "ad", "mail"]
LAST = ["raw", "clean", "daily", "hook", "table", "bucket", "sensor", "report", "model", "key", "path", "job"]
WORDS = [f"{first}_{last}" for first in FIRST for last in LAST]


def fleet_source(size: int, nights: int, seed: int, plant: Plant = NO_PLANT) -> Iterator[Rows]:
    """DAG files as bags of words; planted ones get `strength` lines of a new template."""
    random = numpy.random.default_rng(seed)
    lines = [
        [" ".join(random.choice(WORDS, 5)) for _ in range(int(random.integers(20, 120)))] for _ in range(size)
    ]
    template = [" ".join(random.choice(WORDS, 3)) + f" template_{number}" for number in range(200)]
    hit = random.random(size) < plant.share
    vectors = hashed_ngrams.embed(["\n".join(text) for text in lines])
    for night in range(nights):
        touched = numpy.flatnonzero(random.random(size) < 0.005)
        for dag in touched:
            for _ in range(int(random.integers(1, 6))):
                lines[dag][int(random.integers(len(lines[dag])))] = " ".join(random.choice(WORDS, 5))
        if night == plant.night:
            for dag in numpy.flatnonzero(hit):
                lines[dag] += template[: int(plant.strength)]
            touched = numpy.union1d(touched, numpy.flatnonzero(hit))
        if len(touched):
            vectors = vectors.copy()
            vectors[touched] = hashed_ngrams.embed(["\n".join(lines[dag]) for dag in touched])
        names = tuple(str(place) for place in range(vectors.shape[1]))
        yield Rows("simulated", names, tuple(f"dag_{dag:05}" for dag in range(size)), vectors)


def incidents(size: int, nights: int, seed: int, plant: Plant = NO_PLANT) -> Iterator[Rows]:
    """Causes that recur by their own rates, one-off ones, and from the planted night on a new kind."""
    random = numpy.random.default_rng(seed)
    errors = [
        "KeyError",
        "OperationalError",
        "Timeout",
        "AccessDenied",
        "OOMKilled",
        "HTTPError 503",
        "ValueError",
    ]
    texts = [f"{random.choice(errors)} in {' '.join(random.choice(WORDS, 6))}" for _ in range(size)]
    rates = random.beta(0.4, 1.2, size)
    vectors = hashed_ngrams.embed(texts)
    for night in range(nights):
        outage = random.random() < 0.05
        there = numpy.flatnonzero(
            random.random(size) < (numpy.minimum(1.0, 1.5 * rates) if outage else rates)
        )
        fresh = int(random.poisson(1.0))
        names = [f"cause_{one:04}" for one in there] + [f"once_{night}_{one}" for one in range(fresh)]
        more = [f"{random.choice(errors)} in {' '.join(random.choice(WORDS, 6))}" for _ in range(fresh)]
        if night >= plant.night:
            number = max(1, round(plant.share * len(there)))
            names += [f"new_{one}" for one in range(number)]
            more += [f"GpuNodeLost in nvidia driver {one} {WORDS[one % len(WORDS)]}" for one in range(number)]
        table = numpy.concatenate([vectors[there], hashed_ngrams.embed(more)])
        order = numpy.argsort(names)
        dimensions = tuple(str(place) for place in range(table.shape[1]))
        yield Rows("simulated", dimensions, tuple(names[place] for place in order), table[order])


def model(size: int, nights: int, seed: int, plant: Plant = NO_PLANT) -> Iterator[Rows]:
    """One row a night: how the model answered `size` questions or so; a planted one answers longer."""
    random = numpy.random.default_rng(seed)
    for night in range(nights):
        asked = max(20, int(random.normal(size, size / 3)))
        strength = plant.strength if night >= plant.night else 1.0
        real = random.binomial(asked, 0.55) / asked
        shares = [random.binomial(asked, rate) / asked for rate in (0.01, 0.005, 0.02)]
        length = random.normal(40, 12 / numpy.sqrt(asked)) * strength
        question, seconds = random.normal(900, 250 / numpy.sqrt(asked)), random.lognormal(0.7, 0.25)
        values = [length, question, seconds, *shares, real, (1 - real) * 0.8, (1 - real) * 0.2]
        yield Rows("simulated", model_numbers.NAMES, ("model",), numpy.array([values], dtype=numpy.float32))
