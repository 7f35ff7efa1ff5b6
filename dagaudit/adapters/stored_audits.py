"""What was found in DAG files, kept on a report store so that the next run looks only at what changed."""

import logging
import zlib

from dagaudit.errors import ReportMissing, ReportUnreadable, StoreUnwritable
from dagaudit.ports import ReportStore

log = logging.getLogger(__name__)

FOLDER = "cache/code"
MAX_BYTES = 512 * 1024 * 1024
"""Of one entry, unpacked; what is larger is not kept, and not believed."""


class StoredAudits:
    """`cache/code/<bundle>.z` below a reports root.

    There is one entry for each bundle, so that the place does not grow: other rules, options or another
    version of ours replace it. The question it answers stands before it.
    """

    def __init__(self, store: ReportStore) -> None:
        self._store = store

    def get(self, key: str) -> bytes | None:
        """The entry, or None where there is none, it cannot be read, or it answers another question."""
        try:
            packed = self._store.read(_place(key)).data
        except ReportMissing:
            return None
        except ReportUnreadable as error:
            log.warning("audit cache: %s", error)
            return None
        head, _, body = packed.partition(b"\n")
        return _unpacked(body, key) if head == key.encode() else None

    def put(self, key: str, data: bytes) -> None:
        """Keep an entry; where that fails, the next run looks at all files again."""
        if len(data) > MAX_BYTES:
            log.warning("audit cache: an entry of %d bytes is too large to be kept", len(data))
            return
        try:
            self._store.write(_place(key), key.encode() + b"\n" + zlib.compress(data, 1))
        except StoreUnwritable as error:
            log.warning("audit cache: %s", error)


def _place(key: str) -> str:
    return f"{FOLDER}/{key.partition('-')[0]}.z"


def _unpacked(body: bytes, key: str) -> bytes | None:
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(body, MAX_BYTES)
    except zlib.error as error:
        log.warning("audit cache: the entry %s cannot be read: %s", key, error)
        return None
    if not unpacking.eof:
        log.warning("audit cache: the entry %s is cut off, or too large", key)
        return None
    return data
