"""`git+https://host/repository@ref#folder`: the DAGs of a repository, read from the objects of one commit."""

import logging
import posixpath
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from dagaudit.adapters.git_fetch import Fetched, Repository
from dagaudit.errors import SourceMissing, SourceUnreadable
from dagaudit.ports import SourceFile

log = logging.getLogger(__name__)

MAX_FILES = 200_000
# What an audit surely reads; all else is fetched from git's objects one by one.
_READ_AT_ONCE = (".py", ".zip", ".egg", ".airflowignore", ".yaml", ".yml", ".json", ".sql", ".sh")
_MAX_BYTES_AT_ONCE = 20 * 1024 * 1024
_REGULAR, _LINK, _SUBMODULE = ("100644", "100755"), "120000", "160000"
_NOT_READ = "submodule"


class GitRepository:
    """A folder of a repository at a ref, fetched when it is first asked for."""

    def __init__(self, address: str, repository: Repository, folder: str = "") -> None:
        self.address = address
        self.commit: str | None = None
        """What the ref was resolved to, once it was fetched."""
        self._repository = repository
        self._folder = folder.strip("/")
        self._fetched: Fetched | None = None
        self._blobs: dict[str, str] = {}
        self._lock = threading.Lock()

    def files(self) -> Iterator[SourceFile]:
        """Every file of the commit below the folder, sorted by path; links in it stand for their targets."""
        fetched = self._open()
        listed = fetched.run("ls-tree", "-r", "-z", "--long", "--full-tree", self._tree(fetched))
        entries = dict(_entries(listed))
        if len(entries) > MAX_FILES:
            raise SourceUnreadable(
                f"{self.address} holds {len(entries)} files, more than {MAX_FILES}; name the DAGs' folder"
            )
        found = []
        for path, (mode, blob, size) in entries.items():
            target = self._target(path, blob) if mode == _LINK else path
            kind, true_blob, true_size = entries.get(target, (_LINK, blob, size))
            if kind in _REGULAR:
                found.append(SourceFile(path, true_size, true_blob))
            elif kind == _SUBMODULE:
                found.append(SourceFile(f"{path}/", 0, _NOT_READ))
            else:
                found.append(SourceFile(path, 0, _LINK))
        self._load(file for file in found if _is_read_at_once(file))
        yield from sorted(found, key=lambda file: file.path)

    def read(self, file: SourceFile) -> bytes:
        """The content of the listed blob."""
        if file.version == _NOT_READ:
            raise SourceUnreadable(
                f"{file.path.rstrip('/')} is a submodule, which is not read; give its repository, too"
            )
        if file.version == _LINK:
            raise SourceMissing(f"{file.path} is a link that leads out of the repository, or to a folder")
        fetched = self._open()
        kept = fetched.folder / "blobs" / file.version
        return kept.read_bytes() if kept.is_file() else fetched.run("cat-file", "blob", file.version)

    @contextmanager
    def open(self, file: SourceFile) -> Iterator[IO[bytes]]:
        """The content as a stream."""
        yield BytesIO(self.read(file))

    def _open(self) -> Fetched:
        with self._lock:
            if self._fetched is None:
                self._fetched = Fetched(self._repository)
                self.commit = self._fetched.commit
                log.info("%s: %s is commit %s", self.address, self._repository.ref, self.commit)
            return self._fetched

    def _tree(self, fetched: Fetched) -> str:
        if not self._folder:
            return fetched.commit
        try:
            kind = fetched.run("cat-file", "-t", f"{fetched.commit}:{self._folder}").strip()
        except SourceUnreadable:
            kind = b""
        if kind != b"tree":
            raise SourceMissing(
                f"{self._repository.url} has no folder {self._folder} at {self._repository.ref}; correct it"
            )
        return f"{fetched.commit}:{self._folder}"

    def _target(self, path: str, blob: str) -> str:
        """Where a link leads."""
        text = self._open().run("cat-file", "blob", blob).decode("utf-8", "backslashreplace")
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), text))

    def _load(self, files: Iterable[SourceFile]) -> None:
        """Put the blobs beside the repository: one process of git for all, instead of one for each."""
        fetched = self._open()
        place = fetched.folder / "blobs"
        place.mkdir(exist_ok=True)
        wanted = sorted({file.version for file in files if not (place / file.version).exists()})
        if not wanted:
            return
        answer = fetched.run("cat-file", "--batch", given="".join(f"{blob}\n" for blob in wanted).encode())
        at = 0
        while at < len(answer):
            end = answer.index(b"\n", at)
            blob, _, size = answer[at:end].decode().partition(" blob ")
            _write(place / blob, answer[end + 1 : end + 1 + int(size)])
            at = end + 2 + int(size)


def _write(place: Path, data: bytes) -> None:
    place.write_bytes(data)


def _entries(listed: bytes) -> Iterator[tuple[str, tuple[str, str, int]]]:
    for line in listed.split(b"\0")[:-1]:
        head, _, name = line.partition(b"\t")
        mode, _, blob, size = head.decode().split()
        yield name.decode("utf-8", "backslashreplace"), (mode, blob, 0 if size == "-" else int(size))


def _is_read_at_once(file: SourceFile) -> bool:
    return (
        file.version not in (_NOT_READ, _LINK)
        and file.path.endswith(_READ_AT_ONCE)
        and file.size <= _MAX_BYTES_AT_ONCE
    )
