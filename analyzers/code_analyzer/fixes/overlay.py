"""A source with some files as they would be after a fix; nothing is written."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import IO

from dagaudit.ports import DagSource, SourceFile


class OverlaySource:
    """As the source below, but for the changed files."""

    def __init__(self, below: DagSource, changed: Mapping[str, bytes]) -> None:
        self.address = below.address
        self._below = below
        self._changed = changed

    def files(self) -> Iterator[SourceFile]:
        """Every file of the source below, the changed ones with a size and a version of their own."""
        for file in self._below.files():
            data = self._changed.get(file.path)
            if data is None:
                yield file
            else:
                version = hashlib.blake2b(data, digest_size=16).hexdigest()
                yield replace(file, size=len(data), version=version)

    def read(self, file: SourceFile) -> bytes:
        """The content after the fix."""
        data = self._changed.get(file.path)
        return self._below.read(file) if data is None else data

    @contextmanager
    def open(self, file: SourceFile) -> Iterator[IO[bytes]]:
        """The same as a stream."""
        data = self._changed.get(file.path)
        if data is not None:
            yield BytesIO(data)
            return
        with self._below.open(file) as stream:
            yield stream
