"""What is remembered from night to night: the pinned references, and what every night said."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from pydantic import ValidationError

from dagaudit.drift import (
    STATE,
    STATE_SCHEMA,
    DriftKind,
    DriftMemory,
    DriftNight,
    DriftReference,
    DriftState,
    NightRecord,
)
from dagaudit.errors import ReportMissing, ReportUnreadable, StoreUnwritable, SwapLost
from dagaudit.ports import ReportStore

REFERENCE_NIGHTS = 14
"""Two weeks, so that every weekday is in it twice."""
MOST_NIGHTS = 400
MOST_REFERENCES = 3
"""Of one kind, of different versions."""
CONFIRMED_BY = 2
OF_NIGHTS = 3
MAX_SWAPS = 20


def read_memory(store: ReportStore) -> tuple[DriftMemory, str | None]:
    """What is remembered, and the version that a swap must still find.

    Raises:
        ReportUnreadable: it is damaged, or a newer version of ours wrote it.
    """
    try:
        stored = store.read(STATE)
    except ReportMissing:
        return DriftMemory(), None
    try:
        memory = DriftMemory.model_validate_json(stored.data)
    except ValidationError as error:
        raise ReportUnreadable(f"{STATE} is damaged; {_REMEDY}") from error
    if memory.schema_version.partition(".")[0] != STATE_SCHEMA.partition(".")[0]:
        raise ReportUnreadable(f"{STATE} has schema {memory.schema_version}; {_REMEDY}")
    return memory, stored.version


_REMEDY = "delete it to start anew, or put it back from a copy"


def change(store: ReportStore, edit: Callable[[DriftMemory], DriftMemory]) -> DriftMemory:
    """Edit the memory by compare-and-swap, so that of two runs at a time none is forgotten.

    Raises:
        ReportUnreadable: what is there is damaged, and is left alone.
        StoreUnwritable: full, refused or gone.
    """
    for _ in range(MAX_SWAPS):
        memory, version = read_memory(store)
        edited = edit(memory)
        try:
            store.swap(STATE, edited.model_dump_json().encode() + b"\n", version)
        except SwapLost:
            continue
        return edited
    raise StoreUnwritable(f"{STATE} changed {MAX_SWAPS} times during its swap; run the audit again")


def with_night(memory: DriftMemory, night: NightRecord) -> DriftMemory:
    """With one more night; a later report of the same day takes the place of the earlier one."""
    others = [one for one in memory.nights if one.day != night.day]
    same = [one for one in memory.nights if one.day == night.day]
    kept = max([*same, night], key=lambda one: (one.created_at, one.report_id))
    nights = sorted([*others, kept], key=lambda one: (one.day, one.report_id))
    return memory.model_copy(update={"nights": tuple(nights[-MOST_NIGHTS:])})


def without_features(memory: DriftMemory, keys: Iterable[str]) -> DriftMemory:
    """With what those nights said, but without their features, which are removed."""
    gone = set(keys)
    nights = tuple(one.model_copy(update={"items": {}}) if one.key in gone else one for one in memory.nights)
    return memory.model_copy(update={"nights": nights})


def with_reference(memory: DriftMemory, kind: DriftKind, reference: DriftReference) -> DriftMemory:
    """With a reference in place of the one of the same version."""
    others = [one for one in memory.references.get(kind, ()) if one.version != reference.version]
    # The newest stay: an analyzer that comes back after a night without its source finds its own again.
    kept = sorted([*others, reference], key=lambda one: one.pinned_at)[-MOST_REFERENCES:]
    return memory.model_copy(update={"references": {**memory.references, kind: tuple(kept)}})


def reference_of(memory: DriftMemory, kind: DriftKind, version: str) -> DriftReference | None:
    """The pinned reference that tonight's features may be compared with."""
    return next((one for one in memory.references.get(kind, ()) if one.version == version), None)


def nights_with(memory: DriftMemory, kind: DriftKind, version: str, before: str) -> list[NightRecord]:
    """The nights before a day that hold items of a kind, made alike; oldest first."""
    return [
        one
        for one in memory.nights
        if one.versions.get(kind) == version and one.items.get(kind) and one.day < before
    ]


def pinned(
    version: str, nights: Sequence[NightRecord], contents: Iterable[bytes], at: datetime, by: str
) -> DriftReference:
    """These nights as a reference."""
    return DriftReference(
        version=version,
        nights=len(nights),
        first_day=nights[0].day,
        last_day=nights[-1].day,
        reports=tuple(one.report_id for one in nights),
        keys=tuple(one.key for one in nights),
        digest=digest_of(contents),
        pinned_at=at,
        pinned_by=by,
    )


def digest_of(contents: Iterable[bytes]) -> str:
    """What tells one reference from another: sha256 over the sha256 of each file, in order."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def said_since(
    memory: DriftMemory, kind: DriftKind, reference: DriftReference, before: str
) -> list[DriftNight]:
    """What the nights before a day said of a kind against a reference, oldest first; silent ones left out."""
    return [
        result
        for night in memory.nights
        if night.references.get(kind) == reference.digest
        and night.day < before
        and (result := night.results.get(kind)) is not None
        and result.shifted is not None
    ]


def state_after(shifted: Sequence[bool], days: Sequence[str]) -> tuple[DriftState, str | None]:
    """The state after nights that said so, and the day on which drift was confirmed, if it is.

    Drift is said once two of three nights shifted, and taken back once three in turn did not.
    """
    since: str | None = None
    for number in range(len(shifted)):
        last = shifted[max(0, number + 1 - OF_NIGHTS) : number + 1]
        if since is None and sum(last) >= CONFIRMED_BY and shifted[number]:
            since = days[number]
        elif since is not None and len(last) == OF_NIGHTS and not any(last):
            since = None
    if since is not None:
        return (DriftState.DRIFT if shifted[-1] else DriftState.RECOVERING), since
    return (DriftState.SUSPECTED if shifted[-1] else DriftState.STEADY), None
