"""A run history that keeps every observation below the reports root, and asks only for what changed since.

Each read leaves one object with what was not known before; it is written once and never changed. The runs
as they stand are all objects put together in order, so a run that was cleared stays known as it had ended,
and one that Airflow's database no longer has stays known at all. The objects of a day that is over are
joined into one, which holds the same; a day older than the retention goes whole. A read that lacked
something is not kept: the next one asks from the same moment again.
"""

import gzip
import hashlib
import zlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from pydantic import ValidationError

from dagaudit.errors import DagAuditError, ReportMissing
from dagaudit.finding import Failure
from dagaudit.ports import ReportStore, RunHistory
from dagaudit.run_history import History

PART = "history"
RETENTION = timedelta(days=90)
PASSING = {"import_errors", "warnings", "unknown_values", "jobs", "pools", "health", "dags", "failures"}
DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error, ValidationError)


@dataclass(frozen=True, slots=True)
class Kept:
    """One object; None where it cannot be read."""

    key: str
    observed: History | None

    @property
    def day(self) -> str:
        """The day it was read on, as YYYY-MM-DD."""
        return self.key.split("/dt=")[1][:10]


class KeptHistory:
    """`inner`, with a memory."""

    def __init__(self, inner: RunHistory, store: ReportStore, retention: timedelta = RETENTION) -> None:
        self.address = inner.address
        self._inner = inner
        self._store = store
        self._retention = retention
        digest = hashlib.sha256(inner.address.encode()).hexdigest()[:16]
        self._folder = f"history/{digest}"

    def read(self, since: datetime) -> History:
        """All that is known, of which whatever changed since the last read is asked for.

        What lies before `since` is in it as far as it was kept.
        """
        try:
            kept = self._kept()
        except DagAuditError as error:
            # Perhaps for a moment only: nothing is taken for damaged, and nothing is written over it.
            message = f"what was kept before cannot be read, so it is missing here: {error}"
            return _with(self._inner.read(since), Failure(part=PART, path=self.address, message=message))
        known = _together([one.observed for one in kept if one.observed])
        brought = self._inner.read(_asked_from(kept, known, since))
        found = known.followed_by(brought) if known else brought
        if not brought.complete:
            return found
        try:
            self._keep(brought, known)
            return self._tidied(kept, found)
        except DagAuditError as error:
            message = f"what was read cannot be kept, so the next audit reads it all again: {error}"
            return _with(found, Failure(part=PART, path=self.address, message=message))

    def _kept(self) -> list[Kept]:
        """Every object, in the order of reading."""
        found = []
        for key in sorted(self._store.keys(f"{self._folder}/")):
            try:
                data = self._store.read(key).data
            except ReportMissing:
                # Another audit has just joined its day.
                continue
            found.append(Kept(key, _observed(data)))
        return found

    def _keep(self, brought: History, known: History | None) -> None:
        new = brought.beyond(known) if known else brought
        self._write(new, f"{new.read_at:%H%M%S%f}")

    def _write(self, observed: History, name: str) -> str:
        # The rest is read whole each time, and a stack trace may show what nobody should keep.
        lasting = {
            "import_errors",
            "warnings",
            "unknown_values",
            "jobs",
            "pools",
            "health",
            "dags",
            "failures",
        }
        data = observed.model_dump_json(exclude=lasting, exclude_defaults=True).encode()
        digest = hashlib.sha256(data).hexdigest()[:8]
        key = f"{self._folder}/dt={observed.read_at:%Y-%m-%d}/{name}-{digest}.json.gz"
        self._store.write(key, gzip.compress(data, compresslevel=3, mtime=0))
        return key

    def _tidied(self, kept: list[Kept], found: History) -> History:
        """Old days go, days that are over become one object, damaged objects make room for what was read."""
        oldest = f"{found.read_at - self._retention:%Y-%m-%d}"
        today = f"{found.read_at:%Y-%m-%d}"
        days: dict[str, list[Kept]] = defaultdict(list)
        for one in kept:
            if one.observed is None or one.day < oldest:
                self._store.delete(one.key)
            elif one.day < today:
                days[one.day].append(one)
        for each in days.values():
            self._join(each)
        damaged = [one.key for one in kept if one.observed is None]
        if not damaged:
            return found
        message = (
            f"{', '.join(damaged)} cannot be read and was removed: what Airflow still has was read again,"
            " what it no longer has is lost"
        )
        return _with(found, Failure(part=PART, path=self.address, message=message))

    def _join(self, day: list[Kept]) -> None:
        if len(day) < 2:
            return
        whole = _together([one.observed for one in day if one.observed])
        assert whole is not None
        written = self._write(whole, "day")
        for one in day:
            if one.key != written:
                self._store.delete(one.key)


def _observed(data: bytes) -> History | None:
    try:
        return History.model_validate_json(gzip.decompress(data))
    except DAMAGED:
        return None


def _asked_from(kept: list[Kept], known: History | None, since: datetime) -> datetime:
    """Where the last read ended; before the first damaged object; or the whole window."""
    sound = [one.observed for one in takewhile(lambda one: one.observed is not None, kept)]
    # What was read over a shorter window cannot stand for a longer one.
    if known is None or not sound or known.since > since:
        return since
    last = sound[-1]
    assert last is not None
    return last.next_since


def _together(observed: list[History]) -> History | None:
    if not observed:
        return None
    first, *others = sorted(observed, key=lambda one: one.read_at)
    for one in others:
        first = first.followed_by(one)
    return first


def _with(found: History, failure: Failure) -> History:
    return found.model_copy(update={"failures": (*found.failures, failure)})
