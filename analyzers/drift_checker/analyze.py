"""The drift section: tonight's features, and each kind of them against its pinned reference."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from analyzers.analyzer import NoProgress, Progress
from analyzers.attempt import attempt
from analyzers.drift_checker import memory as remembered
from analyzers.drift_checker.decide import RULES, tonight
from analyzers.drift_checker.embedding import PART, embedder
from analyzers.drift_checker.model_numbers import model_numbers
from analyzers.drift_checker.named import named
from analyzers.drift_checker.night import Night, Rows, encode
from analyzers.drift_checker.numbers import numbers
from analyzers.drift_checker.references import Nights, first_reference, rows_of
from analyzers.drift_checker.section import NOT_LOOKED, section_of
from analyzers.drift_checker.texts import Texts, incidents, source
from analyzers.drift_checker.trend import trend_night
from analyzers.drift_checker.words import reason
from dagaudit.drift import DriftInput, DriftKind, DriftMemory, DriftNight, DriftState, TrendNight
from dagaudit.errors import ReportMissing
from dagaudit.finding import Failure
from dagaudit.ports import AnswerCache, Llm, ReportStore
from dagaudit.section import CodeSection, DriftSection, LogsSection, StatsSection

MOST_NIGHTS = 90


@dataclass(frozen=True, slots=True)
class Seen:
    """What tonight's other analyzers found, and what makes vectors of texts."""

    code: CodeSection
    stats: StatsSection
    logs: LogsSection
    llm: Llm
    cache: AnswerCache
    texts: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the drift check has to say, and what it wants to be remembered."""

    section: DriftSection
    night: bytes
    """Tonight's features, as `keep` writes them."""


def analyze(seen: Seen, store: ReportStore, now: datetime, progress: Progress | None = None) -> Checked:
    """Tonight's features compared; nothing is written, see `keep`."""
    bar = progress or NoProgress()
    bar.start(PART, 2 * len(DriftKind))
    kinds, failures = _features(seen, now, bar)
    made = compare(Night(kinds), store, now, bar)
    section = section_of(made.inputs, [*failures, *made.failures], (made.memory, trend_night(seen, now)))
    bar.finish(PART)
    return Checked(section, encode(Night(kinds)))


@dataclass(frozen=True, slots=True)
class Compared:
    """A night against its references."""

    inputs: tuple[DriftInput, ...]
    failures: tuple[Failure, ...]
    memory: DriftMemory


def compare(night: Night, store: ReportStore, now: datetime, progress: Progress | None = None) -> Compared:
    """Every kind of a night against its reference below the reports root."""
    bar = progress or NoProgress()
    read = attempt(PART, lambda: remembered.read_memory(store)[0])
    memory = DriftMemory() if isinstance(read, Failure) else read
    failures = [read] if isinstance(read, Failure) else []
    nights, inputs = Nights(store), []
    for kind in DriftKind:
        rows = night.kinds.get(kind)
        made = attempt(PART, _work(kind, rows, memory, nights, now))
        if isinstance(made, Failure):
            failures.append(made)
            made = _silent(kind, rows, DriftState.NOT_ENOUGH, made.message)
        inputs.append(made)
        bar.advance(PART)
    return Compared(tuple(inputs), tuple(failures), memory)


def _features(seen: Seen, now: datetime, bar: Progress) -> tuple[dict[DriftKind, Rows], list[Failure]]:
    vectors, failure = embedder(seen.llm, seen.cache)
    failures = [failure] if failure else []
    works: Mapping[DriftKind, Callable[[], Rows | None]] = {
        DriftKind.NUMBERS: lambda: numbers(seen.code, seen.stats, seen.logs, now),
        DriftKind.SOURCE: lambda: source(seen.code, seen.texts, vectors),
        DriftKind.INCIDENTS: lambda: incidents(seen.logs, vectors),
        DriftKind.MODEL: lambda: model_numbers(seen.code),
    }
    kinds = {}
    for kind, work in works.items():
        made = attempt(PART, work)
        if isinstance(made, Failure):
            failures.append(made)
        elif made is not None:
            kinds[kind] = made
        bar.advance(PART)
    return kinds, failures


def _work(
    kind: DriftKind, rows: Rows | None, memory: DriftMemory, nights: Nights, now: datetime
) -> Callable[[], DriftInput]:
    return lambda: _input(kind, rows, memory, nights, now)


def _input(
    kind: DriftKind, rows: Rows | None, memory: DriftMemory, nights: Nights, now: datetime
) -> DriftInput:
    if rows is None:
        return _silent(kind, None, DriftState.NOT_WATCHED, NOT_LOOKED[kind])
    day = f"{now:%Y-%m-%d}"
    reference = remembered.reference_of(memory, kind, rows.version)
    made_alike = remembered.nights_with(memory, kind, rows.version, day)
    if reference is None:
        reference = first_reference(made_alike, nights, rows.version, now)
    if reference is None:
        told = f"{len(made_alike)} of the {remembered.REFERENCE_NIGHTS} earlier nights needed are there"
        silent = _silent(kind, rows, DriftState.COLLECTING, told)
        return silent.model_copy(update={"reset": _reset(kind, rows, memory, day)})
    since = [one for one in made_alike if one.day > reference.last_day][1 - RULES[kind].current_nights :]
    earlier = since if RULES[kind].current_nights > 1 else []
    current = [*(rows_of(nights, one.key, kind) for one in earlier), rows]
    before = [rows_of(nights, key, kind) for key in nights.checked(reference)]
    made = tonight(kind, before, current, reference.digest)
    made = made.model_copy(update={"version": rows.version, "reference": reference})
    return _with_state(made, memory, day)


def _with_state(made: DriftInput, memory: DriftMemory, day: str) -> DriftInput:
    """What may be said after tonight and the nights before; with its sentence and its nights."""
    assert made.reference is not None
    said = remembered.said_since(memory, made.kind, made.reference, day)
    state, since = made.state, None
    if made.shifted is not None:
        shifted = [*(bool(one.shifted) for one in said), made.shifted]
        state, since = remembered.state_after(shifted, [*(one.day for one in said), day])
    made = made.model_copy(update={"state": state, "since": since})
    made = made.model_copy(update={"reason": reason(made)})
    own = DriftNight(
        day=day,
        report_id="",
        state=state,
        shifted=made.shifted,
        p_value=made.p_value,
        effect=made.effect,
        moved_share=made.moved_share,
        centroid_cosine=made.centroid_cosine,
    )
    nights = [*_earlier(memory, made.kind, day), own]
    return made.model_copy(update={"nights": tuple(nights[-MOST_NIGHTS:])})


def _earlier(memory: DriftMemory, kind: DriftKind, day: str) -> Iterator[DriftNight]:
    for night in memory.nights:
        if night.day < day and kind in night.results:
            yield night.results[kind]


def _silent(kind: DriftKind, rows: Rows | None, state: DriftState, why: str) -> DriftInput:
    made = DriftInput(
        kind=kind,
        state=state,
        reason=why,
        version=rows.version if rows else None,
        window_nights=RULES[kind].current_nights,
        items=len(rows.items) if rows else 0,
    )
    return made.model_copy(update={"reason": reason(made)})


def _reset(kind: DriftKind, rows: Rows, memory: DriftMemory, day: str) -> str | None:
    """Where the features used to be made otherwise: the reference starts anew, and that is no drift."""
    versions = [one.versions[kind] for one in memory.nights if kind in one.versions and one.day < day]
    others = [version for version in versions if version != rows.version]
    if not others:
        return None
    return f"made by {rows.version} now, before by {others[-1]}; the two are never compared"


def look_again(store: ReportStore) -> DriftSection:
    """The newest night that is kept, against the references as they are pinned now; nothing is written.

    Raises:
        ReportMissing: no night is kept.
        ReportUnreadable: what is remembered, or that night, cannot be read.
    """
    memory, _ = remembered.read_memory(store)
    if not memory.nights:
        raise ReportMissing(
            f"{store.address} keeps no night to compare; run dagaudit audit with these reports first"
        )
    newest = memory.nights[-1]
    night = Nights(store).night(newest.key)
    made = compare(night, store, newest.created_at)
    tonight_trend = newest.trend or TrendNight(day=newest.day, report_id=newest.report_id)
    section = section_of(made.inputs, made.failures, (made.memory, tonight_trend))
    return named(section, newest.report_id, newest.day)
