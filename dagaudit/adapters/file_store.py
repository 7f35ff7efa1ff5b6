"""A reports root on a disk: whole objects or none, and compare-and-swap under a lock."""

import errno
import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dagaudit.address import Address
from dagaudit.errors import ReportMissing, ReportUnreadable, StoreUnwritable, SwapLost
from dagaudit.ports import Stored

# Below the root, beside the reports: half-written files and locks, which are no keys.
_OWN = ".dagaudit"
_STALE_SECONDS = 24 * 3600
_REMEDIES = {
    errno.ENOSPC: "the disk is full; free some space or choose another reports address",
    errno.EDQUOT: "the disk quota is used up; free some space or choose another reports address",
    errno.EFBIG: "the file would be larger than this user may write; raise the limit",
    errno.EROFS: "the file system is read-only; choose another reports address",
    errno.EACCES: "this user may not write there; grant write permission or choose another reports address",
    errno.EPERM: "this user may not write there; grant write permission or choose another reports address",
    errno.ENOTDIR: "a file stands where a folder is needed; remove it or choose another reports address",
    errno.EEXIST: "a file stands where a folder is needed; remove it or choose another reports address",
    errno.EISDIR: "a folder stands where a file is needed; remove it or choose another reports address",
    errno.ENAMETOOLONG: "the name is longer than the file system allows",
}


class FileStore:
    """Objects as files below a folder, which is made on the first write."""

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root)
        self.address = str(Address("file", path=str(root)))
        self._swept = False

    def read(self, key: str) -> Stored:
        """An object and the hash of its content as version."""
        try:
            path = self._path(key)
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise ReportMissing(f"{self._root / key} does not exist") from error
        except StoreUnwritable as error:
            raise ReportMissing(str(error)) from error
        except OSError as error:
            raise ReportUnreadable(f"{self._root / key} cannot be read: {error.strerror}") from error
        return Stored(data, _version(data))

    def write(self, key: str, data: bytes) -> None:
        """Put a whole object: written aside, flushed to the disk, then renamed."""
        path = self._path(key)
        try:
            self._put(path, data)
        except OSError as error:
            raise unwritable(path, error) from error

    def swap(self, key: str, data: bytes, expected: str | None) -> str:
        """Put an object if its content still has the hash `expected`."""
        path = self._path(key)
        try:
            with self._locked(key):
                if self._current(path) != expected:
                    raise SwapLost(f"{path} was changed by somebody else; read it again")
                self._put(path, data)
                # The one place where a report becomes visible: with this, all that was renamed before
                # it is on the disk too, so the files of a report need no flush of their folders.
                _flush(path.parent)
        except OSError as error:
            raise unwritable(path, error) from error
        return _version(data)

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that starts with `prefix`, sorted."""
        folder, _, _ = prefix.rpartition("/")
        start = self._path(folder) if folder else self._root
        for key in _below(start, f"{folder}/" if folder else ""):
            if key.startswith(prefix):
                yield key

    def delete(self, key: str) -> None:
        """Remove an object, and the folders that this leaves empty."""
        path = self._path(key)
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise StoreUnwritable(f"{path} cannot be removed: {error.strerror}") from error
        for folder in path.parents:
            if folder == self._root:
                return
            with suppress(OSError):
                folder.rmdir()

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        if any(part in ("", ".", "..") or "\0" in part for part in parts) or parts[0] == _OWN:
            raise StoreUnwritable(
                f"{key!r} is no key of a report store: it must be relative and stay below the root"
            )
        path = self._root.joinpath(*parts)
        # A link inside the root could lead out of it.
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise StoreUnwritable(f"{path} leads out of {self._root}; remove the link")
        return path

    def _put(self, path: Path, data: bytes) -> None:
        aside = self._own_folder("tmp")
        self._sweep(aside)
        half = aside / secrets.token_hex(16)
        # With the rights that the umask leaves, unlike tempfile's: others may have to read a report.
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            _rename(half, path)
        except BaseException:
            half.unlink(missing_ok=True)
            raise

    def _own_folder(self, name: str) -> Path:
        folder = self._root / _OWN / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _sweep(self, aside: Path) -> None:
        """Remove what killed writers left behind."""
        if self._swept:
            return
        self._swept = True
        before = time.time() - _STALE_SECONDS
        for path in aside.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()

    @contextmanager
    def _locked(self, key: str) -> Iterator[None]:
        lock = self._own_folder("locks") / hashlib.sha256(key.encode()).hexdigest()[:2]
        descriptor = os.open(lock, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            # Given back by the kernel when the process dies, however it dies.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _current(self, path: Path) -> str | None:
        try:
            return _version(path.read_bytes())
        except FileNotFoundError:
            return None


def _version(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _rename(source: Path, target: Path) -> None:
    for last in (False, True):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.replace(target)
            break
        except FileNotFoundError:
            # A delete beside us took the empty folder away.
            if last:
                raise


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _below(folder: Path, prefix: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as found:
            # A link could lead round in circles, or out of the root, where no key may be.
            real = (entry for entry in found if not entry.is_symlink())
            entries = [(entry.name + "/" if entry.is_dir() else entry.name, entry) for entry in real]
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise ReportUnreadable(f"{folder} cannot be listed: {error.strerror}") from error
    for name, entry in sorted(entries, key=lambda item: item[0]):
        if not prefix and entry.name == _OWN:
            continue
        if name.endswith("/"):
            yield from _below(Path(entry.path), prefix + name)
        else:
            yield prefix + name


def unwritable(path: Path, error: OSError) -> StoreUnwritable:
    """The error of a write, with the path and the remedy."""
    reason = error.strerror or str(error)
    remedy = _REMEDIES.get(error.errno or 0, f"{reason}; choose another reports address")
    return StoreUnwritable(f"{path} cannot be written: {remedy}")
