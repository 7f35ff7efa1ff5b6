"""`file://`: DAGs, logs and reports on a disk."""

import logging
import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dagaudit.adapters.file_store import FileStore
from dagaudit.address import Address
from dagaudit.errors import AccessRefused, SourceChanged, SourceMissing, SourceUnreadable
from dagaudit.ports import SourceFile

__all__ = ["FileStore", "FileTree"]

log = logging.getLogger(__name__)

_Identity = tuple[int, int]

_DANGLING = "dangling"
_UNLISTED = "unlisted"
# Folders full of links to each other have more paths than anybody can walk.
_MAX_WAYS = 16


class FileTree:
    """A folder, or a single file, as source. Links are followed, but never round in circles."""

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root)
        self.address = str(Address("file", path=str(root)))
        # Names that are not UTF-8 cannot stand in a report; this leads from the name shown to the true one.
        self._true_paths: dict[str, Path] = {}

    def files(self) -> Iterator[SourceFile]:
        """Every regular file below the root, sorted by path; a folder that refuses stands for its files."""
        try:
            status = self._root.stat()
        except OSError as error:
            raise _unreadable(self._root, error) from error
        if stat.S_ISREG(status.st_mode):
            yield self._listed(self._root.name, self._root, status)
        elif stat.S_ISDIR(status.st_mode):
            yield from self._below(self._root, "", _Way((_identity(status),), Counter()))
        else:
            raise SourceUnreadable(f"{self._root} is neither a folder nor a file; give one of these")

    def read(self, file: SourceFile) -> bytes:
        """The content of the version that was listed."""
        with self.open(file) as stream:
            try:
                return stream.read()
            except OSError as error:
                raise _unreadable(self._path_of(file), error) from error

    @contextmanager
    def open(self, file: SourceFile) -> Iterator[IO[bytes]]:
        """The content as a stream; SourceChanged where it changes before the end."""
        path = self._path_of(file)
        try:
            # A name may have become a FIFO since it was listed, and opening that would wait for ever.
            stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
        except OSError as error:
            raise _unreadable(path, error) from error
        with stream:
            _check(path, file, stream)
            yield stream
            _check(path, file, stream)

    def _path_of(self, file: SourceFile) -> Path:
        if file.path in self._true_paths:
            return self._true_paths[file.path]
        if file.path == self._root.name and not self._root.is_dir():
            return self._root
        if file.path.startswith("/") or ".." in file.path.split("/"):
            raise SourceMissing(f"{file.path} does not lie below {self._root}")
        return self._root / file.path

    def _below(self, folder: Path, prefix: str, way: "_Way") -> Iterator[SourceFile]:
        try:
            entries = _entries(folder)
        except SourceUnreadable:
            if not prefix:
                raise
            yield SourceFile(prefix, 0, _UNLISTED)
            return
        for name, path, status in entries:
            shown = prefix + name
            if status is None:
                yield self._listed(shown, path, None)
            elif stat.S_ISREG(status.st_mode):
                yield self._listed(shown, path, status)
            elif stat.S_ISDIR(status.st_mode) and not (not prefix and name == "lost+found"):
                further = way.into(path, status)
                if further is not None:
                    yield from self._below(path, shown + "/", further)

    def _listed(self, shown: str, path: Path, status: os.stat_result | None) -> SourceFile:
        if "\\" in shown:
            self._true_paths[shown] = path
        if status is None:
            # Listed, so that whoever reads it learns that the link leads nowhere.
            return SourceFile(shown, 0, _DANGLING)
        return SourceFile(shown, status.st_size, _version(status), status.st_mtime)


@dataclass(frozen=True, slots=True)
class _Way:
    """How the walk came to a folder."""

    above: tuple[_Identity, ...]
    links: Counter[_Identity]
    """How often a link, or a folder below one, led to each folder; shared by the whole walk."""
    by_link: bool = False

    def into(self, path: Path, status: os.stat_result) -> "_Way | None":
        """The way into a folder; None where it leads round in circles."""
        here = _identity(status)
        if here in self.above:
            return None
        by_link = self.by_link or path.is_symlink()
        if by_link:
            self.links[here] += 1
            if self.links[here] > _MAX_WAYS:
                log.warning("%s: left out, for links lead there in more than %d ways", path, _MAX_WAYS)
                return None
        return _Way((*self.above, here), self.links, by_link)


def _entries(folder: Path) -> list[tuple[str, Path, os.stat_result | None]]:
    """Name, path and status of all in a folder, so ordered that the whole tree comes out sorted by path."""
    try:
        with os.scandir(folder) as entries:
            # Kubernetes mounts a ConfigMap as links into `..data`, which holds every file again.
            shown = (entry for entry in entries if not entry.name.startswith(".."))
            found = [(_shown(entry.name), folder / entry.name, _status(entry)) for entry in shown]
    except OSError as error:
        raise _unreadable(folder, error) from error
    # `a-b` < `a/c` < `a0`: a folder stands where its files do.
    return sorted(
        found, key=lambda item: item[0] + "/" if item[2] and stat.S_ISDIR(item[2].st_mode) else item[0]
    )


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:
        return None


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino


def _version(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns}-{status.st_size}"


def _check(path: Path, file: SourceFile, stream: IO[bytes]) -> None:
    status = os.fstat(stream.fileno())
    if not stat.S_ISREG(status.st_mode) or _version(status) != file.version:
        raise SourceChanged(f"{path} changed after it was listed; the next run will read it")


def _unreadable(path: Path, error: OSError) -> SourceUnreadable:
    if isinstance(error, FileNotFoundError):
        if path.is_symlink():
            return SourceMissing(f"{path} is a link to {path.readlink()}, which does not exist")
        return SourceMissing(f"{path} does not exist; check the address")
    if isinstance(error, PermissionError):
        return AccessRefused(f"{path} may not be read by this user; grant read permission")
    return SourceUnreadable(f"{path} cannot be read: {error.strerror or error}")
