"""Similar incidents: what was known of a cause before, and what people wrote of causes like it.

The very same cause comes first, by its id. Then those with alike texts, by the cosine of hashed character
trigrams: no model is needed, and error codes and names of exceptions, which tell most, count as they are.
Only incidents with a note are recalled: that something looked alike once helps nobody.
"""

import logging
import math
import zlib
from collections import Counter
from datetime import datetime

from pydantic import ValidationError

from analyzers.log_analyzer.remote_fields import parametrised
from analyzers.masking import mask
from dagaudit.errors import DagAuditError, ReportMissing
from dagaudit.incident import INCIDENTS, MAX_NOTE, NOTES, Incident, Incidents
from dagaudit.ports import ReportStore
from dagaudit.section import LogsSection
from dagaudit.task_attempt import Cause, Recalled

log = logging.getLogger(__name__)

MAX_INCIDENTS = 5000
MAX_RECALLED = 3
ALIKE = 0.6
"""The cosine from which texts count as alike: chosen by hand, not measured."""
_BUCKETS = 1 << 16


def recalled(section: LogsSection, store: ReportStore) -> LogsSection:
    """The section whose causes know since when they are known, and what was noted on them and their like."""
    known = {one.cause_id: one for one in read_incidents(store).incidents}
    notes = _notes(store)
    noted = [(known[cause_id], notes[cause_id]) for cause_id in sorted(notes) if cause_id in known]
    causes = tuple(_recalling(cause, known, notes, noted) for cause in section.causes)
    return section.model_copy(update={"causes": causes})


def keep_incidents(section: LogsSection, store: ReportStore) -> None:
    """Remember the causes of a published report.

    Raises:
        StoreUnwritable: nothing is remembered of this report.
    """
    if not section.causes:
        return
    known = {one.cause_id: one for one in read_incidents(store).incidents}
    for cause in section.causes:
        known[cause.cause_id] = _grown(known.get(cause.cause_id), cause)
    newest = sorted(
        known.values(), key=lambda one: (one.last_seen is not None, str(one.last_seen)), reverse=True
    )
    kept = Incidents(incidents=tuple(sorted(newest[:MAX_INCIDENTS], key=lambda one: one.cause_id)))
    store.write(INCIDENTS, kept.model_dump_json().encode() + b"\n")


def read_incidents(store: ReportStore) -> Incidents:
    """What is remembered; nothing where it cannot be read, which costs the recall only."""
    try:
        return Incidents.model_validate_json(store.read(INCIDENTS).data)
    except ReportMissing:
        return Incidents()
    except (DagAuditError, ValidationError) as error:
        log.warning("%s cannot be read, so no incident is recalled: %s", INCIDENTS, error)
        return Incidents()


def likeness(one: str, other: str) -> float:
    """The cosine of two texts' hashed character trigrams, from 0 to 1."""
    left, right = _trigrams(one), _trigrams(other)
    shared = sum(count * right[gram] for gram, count in left.items())
    length = math.sqrt(sum(n * n for n in left.values()) * sum(n * n for n in right.values()))
    return shared / length if length else 0.0


def _notes(store: ReportStore) -> dict[str, str]:
    found = {}
    try:
        for key in store.keys(f"{NOTES}/"):
            text = store.read(key).data.decode("utf-8", "replace").strip()
            found[key.rpartition("/")[2].removesuffix(".txt")] = mask(text)[:MAX_NOTE]
    except DagAuditError as error:
        log.warning("notes cannot be read: %s", error)
    return found


def _recalling(
    cause: Cause, known: dict[str, Incident], notes: dict[str, str], noted: list[tuple[Incident, str]]
) -> Cause:
    before = known.get(cause.cause_id)
    found = []
    if cause.cause_id in notes:
        seen = before.last_seen if before else None
        title = before.title if before else cause.title
        found.append(
            Recalled(
                cause_id=cause.cause_id, title=title, likeness=1, last_seen=seen, note=notes[cause.cause_id]
            )
        )
    text = _text(cause)
    alike = [
        (round(likeness(text, one.text), 3), one, note)
        for one, note in noted
        if one.cause_id != cause.cause_id and one.category is cause.category
    ]
    for rate, one, note in sorted(alike, key=lambda item: (-item[0], item[1].cause_id)):
        if rate >= ALIKE and len(found) < MAX_RECALLED:
            found.append(
                Recalled(
                    cause_id=one.cause_id, title=one.title, likeness=rate, last_seen=one.last_seen, note=note
                )
            )
    return cause.model_copy(
        update={"known_since": before.first_seen if before else None, "recalled": tuple(found)}
    )


def _grown(before: Incident | None, cause: Cause) -> Incident:
    return Incident(
        cause_id=cause.cause_id,
        category=cause.category,
        title=cause.title,
        text=_text(cause),
        first_seen=min(_moments(before.first_seen if before else None, cause.first_seen), default=None),
        last_seen=max(_moments(before.last_seen if before else None, cause.last_seen), default=None),
        reports=(before.reports if before else 0) + 1,
    )


def _moments(*moments: datetime | None) -> list[datetime]:
    return [one for one in moments if one is not None]


def _text(cause: Cause) -> str:
    said = cause.evidence[0].text if cause.evidence else ""
    return parametrised(f"{cause.root_exception or ''} {said} {cause.title}")


def _trigrams(text: str) -> Counter[int]:
    padded = f"  {text.lower()} "
    return Counter(zlib.crc32(padded[i : i + 3].encode()) % _BUCKETS for i in range(len(padded) - 2))
