"""A watermark below the reports root: up to when the logs of an address are in a published report."""

import hashlib
import json
import logging

from dagaudit.errors import DagAuditError, ReportMissing
from dagaudit.ports import ReportStore

log = logging.getLogger(__name__)


class Watermark:
    """Seconds since the epoch, kept for one address."""

    def __init__(self, store: ReportStore, address: str) -> None:
        self._store = store
        digest = hashlib.sha256(address.encode()).hexdigest()[:16]
        self._key = f"watermarks/{digest}.json"
        self._address = address

    def get(self) -> float | None:
        """Where the last report ended; None where there is none, or it cannot be read."""
        try:
            told = json.loads(self._store.read(self._key).data)
            return float(told["until"])
        except ReportMissing:
            return None
        except (DagAuditError, ValueError, KeyError, TypeError) as error:
            log.warning("%s cannot be read, so the usual window is: %s", self._key, error)
            return None

    def put(self, until: float) -> None:
        """Move it; only ever after the report that holds what lies before is written.

        Raises:
            StoreUnwritable: it stays where it was, and the next run reads again what this one has read.
        """
        before = self.get()
        if before is None or until > before:
            text = json.dumps({"address": self._address, "until": until})
            self._store.write(self._key, text.encode() + b"\n")
