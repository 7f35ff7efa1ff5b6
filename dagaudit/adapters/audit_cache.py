"""What was found in files, kept on this machine's disk."""

import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

_SUFFIX = ".json"
MAX_ENTRIES = 64
"""So many bundles are remembered; the one used longest ago goes first."""


class FolderCache:
    """Entries as files of one folder; an entry that cannot be read or written is as good as none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """The entry, or None."""
        path = self._folder / f"{key}{_SUFFIX}"
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep an entry: written aside, then renamed, so that nobody reads half of one."""
        aside = self._folder / f"{key}.{secrets.token_hex(4)}.new"
        try:
            # What stands in it are parts of the source: for the eyes of its reader only.
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(data)
            aside.rename(self._folder / f"{key}{_SUFFIX}")
            self._sweep()
        except OSError as error:
            log.warning("%s: the audit cache cannot be written: %s", self._folder, error.strerror)
            with suppress(OSError):
                aside.unlink(missing_ok=True)

    def _sweep(self) -> None:
        entries = sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime)
        for path in entries[:-MAX_ENTRIES]:
            path.unlink(missing_ok=True)
