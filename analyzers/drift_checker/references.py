"""Reads earlier nights from below the reports root, each once, and pins the first reference."""

from collections.abc import Sequence
from datetime import datetime

from analyzers.drift_checker import memory as remembered
from analyzers.drift_checker.night import Night, Rows, decode
from dagaudit.drift import DriftKind, DriftReference, NightRecord
from dagaudit.errors import ReportMissing, ReportUnreadable
from dagaudit.ports import ReportStore

FIRST = "first nights"
PERSON = "person"


class Nights:
    """The nights of a reports root."""

    def __init__(self, store: ReportStore) -> None:
        self._store = store
        self._contents: dict[str, bytes] = {}
        self._nights: dict[str, Night] = {}

    def content(self, key: str) -> bytes:
        """A night's file.

        Raises:
            ReportUnreadable: it is gone or cannot be read.
        """
        if key not in self._contents:
            try:
                self._contents[key] = self._store.read(key).data
            except ReportMissing as error:
                raise ReportUnreadable(f"{key} is gone; {_REMEDY}") from error
        return self._contents[key]

    def night(self, key: str) -> Night:
        """A night.

        Raises:
            ReportUnreadable: it is gone, damaged or of another version.
        """
        if key not in self._nights:
            self._nights[key] = decode(self.content(key), key)
        return self._nights[key]

    def checked(self, reference: DriftReference) -> tuple[str, ...]:
        """The keys of a reference, once its files are the very ones that were pinned.

        Raises:
            ReportUnreadable: one of them is gone or was changed.
        """
        now = remembered.digest_of(self.content(key) for key in reference.keys)
        if now != reference.digest:
            raise ReportUnreadable(f"the reference {reference.digest[:12]} was changed since; {_REMEDY}")
        return reference.keys


_REMEDY = "pin another reference by: dagaudit drift REPORTS --pin"


def rows_of(nights: Nights, key: str, kind: DriftKind) -> Rows:
    """A kind of a night that is known to hold it.

    Raises:
        ReportUnreadable: the file is not what the memory says.
    """
    found = nights.night(key).kinds.get(kind)
    if found is None:
        raise ReportUnreadable(f"{key} holds no {kind}, though it was remembered to; {_REMEDY}")
    return found


def first_reference(
    made_alike: Sequence[NightRecord], nights: Nights, version: str, now: datetime
) -> DriftReference | None:
    """The newest nights before tonight as the reference, once there are as many as it needs."""
    if len(made_alike) < remembered.REFERENCE_NIGHTS:
        return None
    chosen = made_alike[-remembered.REFERENCE_NIGHTS :]
    contents = [nights.content(one.key) for one in chosen]
    return remembered.pinned(version, chosen, contents, now, FIRST)
