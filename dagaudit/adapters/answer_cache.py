"""Answers of a model, kept on a report store so that an unchanged fleet costs no call."""

import logging

from dagaudit.errors import ReportMissing, ReportUnreadable, StoreUnwritable, SwapLost
from dagaudit.ports import ReportStore

log = logging.getLogger(__name__)


class StoredAnswers:
    """`cache/v1/ab/cd/<key>.json` below a reports root; whoever writes a key first wins."""

    def __init__(self, store: ReportStore) -> None:
        self._store = store
        self._warned = False

    def get(self, key: str) -> bytes | None:
        """The stored answer, or None where there is none or it cannot be read."""
        try:
            return self._store.read(_place(key)).data
        except ReportMissing:
            return None
        except ReportUnreadable as error:
            self._warn(error)
            return None

    def put(self, key: str, data: bytes) -> None:
        """Keep an answer; where that fails, the next run asks again."""
        try:
            self._store.swap(_place(key), data, expected=None)
        except SwapLost:
            return
        except StoreUnwritable as error:
            self._warn(error)

    def _warn(self, error: Exception) -> None:
        # A cache that is gone costs time, not truth: once is enough to say so.
        if not self._warned:
            log.warning("answer cache: %s", error)
            self._warned = True


def _place(key: str) -> str:
    return f"cache/v1/{key[:2]}/{key[2:4]}/{key}.json"
