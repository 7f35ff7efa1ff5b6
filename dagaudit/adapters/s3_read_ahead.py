"""Reads small objects before they are asked for: a bucket answers late, but many at a time."""

import weakref
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from dagaudit.ports import SourceFile

SMALL_BYTES = 1024 * 1024
_AHEAD = 16
_KEPT_BYTES = 16 * 1024 * 1024
# Whoever skips more than this between two reads is not going through the list.
_NEAR = 64


class ReadAhead:
    """Contents by file; the next ones of the list are fetched while the last one is looked at."""

    def __init__(self, fetch: Callable[[SourceFile], bytes]) -> None:
        self._fetch = fetch
        self._listed: list[SourceFile] = []
        self._position = -1
        self._coming: dict[str, Future[bytes]] = {}
        # What was read lately: a module that many DAGs import is asked for again and again.
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._kept_bytes = 0
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(_AHEAD, "s3-read-ahead")
        weakref.finalize(self, self._pool.shutdown, wait=False, cancel_futures=True)

    def start(self) -> None:
        """A new listing begins."""
        self._listed = []
        self._position = -1

    def add(self, file: SourceFile) -> None:
        """The listing's next file."""
        self._listed.append(file)

    def read(self, file: SourceFile) -> bytes:
        """The content of a small file."""
        key = (file.path, file.version)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            self._look_ahead(file)
            coming = self._coming.pop(file.path, None)
        data = coming.result() if coming else self._fetch(file)
        with self._lock:
            self._keep(key, data)
        return data

    def _look_ahead(self, file: SourceFile) -> None:
        position = bisect_left(self._listed, file.path, key=lambda each: each.path)
        if position == len(self._listed) or self._listed[position] != file:
            return
        before, self._position = self._position, position
        if not 0 < position - before <= _NEAR:
            return
        suffix = file.path.rpartition(".")[2]
        following = self._listed[position + 1 : position + 1 + _NEAR]
        # Whoever reads DAGs does not read the pictures between them.
        wanted = [
            each for each in following if each.size <= SMALL_BYTES and each.path.rpartition(".")[2] == suffix
        ][:_AHEAD]
        paths = {each.path for each in wanted} | {file.path}
        for path in [path for path in self._coming if path not in paths]:
            self._coming.pop(path).cancel()
        for each in wanted:
            if each.path not in self._coming and (each.path, each.version) not in self._kept:
                self._coming[each.path] = self._pool.submit(self._fetch, each)

    def _keep(self, key: tuple[str, str], data: bytes) -> None:
        if key in self._kept:
            # Another thread asked for it at the same time.
            return
        self._kept[key] = data
        self._kept_bytes += len(data)
        while self._kept_bytes > _KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped)
