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
MAX_BYTES = 1024 * 1024 * 1024
"""Of all entries; ten thousand files take about fifty million."""


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
        found = [(path.stat(), path) for path in self._folder.glob(f"*{_SUFFIX}")]
        total = 0
        for number, (about, path) in enumerate(sorted(found, key=lambda each: -each[0].st_mtime)):
            total += about.st_size
            # The one just written stays, however large it is.
            if number and (number >= MAX_ENTRIES or total > MAX_BYTES):
                path.unlink(missing_ok=True)
