"""Keeps a night below the reports root, pins references, and removes nights that nobody needs."""

import logging
import re
from datetime import UTC, datetime, timedelta

from analyzers.attempt import attempt
from analyzers.drift_checker import memory as remembered
from analyzers.drift_checker.embedding import PART
from analyzers.drift_checker.named import named
from analyzers.drift_checker.night import decode
from analyzers.drift_checker.references import PERSON, Nights
from dagaudit.drift import DriftKind, DriftMemory, DriftReference, NightRecord, night_key
from dagaudit.errors import SpecInvalid
from dagaudit.finding import Failure
from dagaudit.ports import ReportStore
from dagaudit.section import DriftSection, SectionStatus

log = logging.getLogger(__name__)

_KEY = re.compile(r"drift/(\d{4})/(\d{2})/(\d{2})/[^/]+\.parquet")
KEEP_DAYS = 90
KEEP_NIGHTS = 30
FEWEST_PINNED = 7


def keep(section: DriftSection, night: bytes, store: ReportStore, head: tuple[str, datetime]) -> DriftSection:
    """The section under its report's id, once the night is written; what cannot be kept is a Failure."""
    if not night:
        return section
    report_id, created_at = head
    under = named(section, report_id, f"{created_at:%Y-%m-%d}")
    failed = attempt(PART, lambda: _write(under, night, store, head))
    if not isinstance(failed, Failure):
        return under
    words = f"tonight's features could not be kept, so no later night is compared with them: {failed.message}"
    failures = (*under.failures, Failure(part=PART, message=words))
    return under.model_copy(update={"failures": failures, "status": SectionStatus.PARTIAL})


def _write(section: DriftSection, night: bytes, store: ReportStore, head: tuple[str, datetime]) -> None:
    report_id, created_at = head
    key = night_key(report_id, created_at)
    kinds = decode(night, key).kinds
    store.write(key, night)
    record = NightRecord(
        day=f"{created_at:%Y-%m-%d}",
        report_id=report_id,
        created_at=created_at,
        key=key,
        versions={kind: rows.version for kind, rows in kinds.items()},
        items={kind: len(rows.items) for kind, rows in kinds.items()},
        results={one.kind: one.nights[-1] for one in section.inputs if one.nights},
        references={one.kind: one.reference.digest for one in section.inputs if one.reference},
        trend=section.trend[-1] if section.trend else None,
    )

    def edit(memory: DriftMemory) -> DriftMemory:
        for one in section.inputs:
            told = one.reference
            if told and remembered.reference_of(memory, one.kind, told.version) is None:
                memory = remembered.with_reference(memory, one.kind, told)
        return remembered.with_night(memory, record)

    remembered.change(store, edit)


def pin(store: ReportStore, nights: int, at: datetime) -> dict[DriftKind, DriftReference]:
    """Take the newest nights as the reference of every kind, for the version of each kind's newest night.

    Raises:
        SpecInvalid: no kind has as many nights as a reference needs.
        ReportUnreadable: what is remembered, or one of the nights, cannot be read.
        StoreUnwritable: full, refused or gone.
    """
    if nights < FEWEST_PINNED:
        raise SpecInvalid(f"--nights {nights} is too few; a reference needs at least {FEWEST_PINNED}")
    memory, _ = remembered.read_memory(store)
    files, made = Nights(store), {}
    for kind in DriftKind:
        versions = [one.versions[kind] for one in memory.nights if one.items.get(kind)]
        if not versions:
            continue
        chosen = remembered.nights_with(memory, kind, versions[-1], "9999")[-nights:]
        if len(chosen) >= FEWEST_PINNED:
            contents = [files.content(one.key) for one in chosen]
            made[kind] = remembered.pinned(versions[-1], chosen, contents, at, PERSON)
    if not made:
        raise SpecInvalid(
            f"a reference needs {FEWEST_PINNED} nights that were made alike, and {store.address} keeps "
            f"{len(memory.nights)}; run more audits first"
        )

    def edit(memory: DriftMemory) -> DriftMemory:
        for kind, reference in made.items():
            memory = remembered.with_reference(memory, kind, reference)
        return memory

    remembered.change(store, edit)
    return made


def remove_old_nights(store: ReportStore, now: datetime, days: int = KEEP_DAYS) -> list[str]:
    """The keys removed: nights older than so many days; 0 keeps all.

    The nights of a reference stay, and the newest 30 however old they are, so that weekly audits get one.
    """
    if not days:
        return []
    memory, _ = remembered.read_memory(store)
    needed = {key for each in memory.references.values() for one in each for key in one.keys}
    needed |= {one.key for one in memory.nights[-KEEP_NIGHTS:]}
    removed = []
    for key in store.keys("drift/"):
        found = _KEY.fullmatch(key)
        if not found or key in needed:
            continue
        year, month, day = map(int, found.groups())
        if now - datetime(year, month, day, tzinfo=UTC) > timedelta(days=days + 1):
            store.delete(key)
            removed.append(key)
    if removed:
        remembered.change(store, lambda memory: remembered.without_features(memory, removed))
    return removed
