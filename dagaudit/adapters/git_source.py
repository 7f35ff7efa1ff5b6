"""The files of a folder as they were at a commit, read from git's objects; nothing is checked out."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from dagaudit.address import Address
from dagaudit.errors import SourceMissing, SourceUnreadable
from dagaudit.ports import SourceFile

_REGULAR = ("100644", "100755")
_TIMEOUT_SECONDS = 60


class GitTree:
    """A folder, or one file, at a ref of the repository that it lies in."""

    def __init__(self, place: Path, ref: str) -> None:
        # An absolute path, not a resolved one: the address ends in the name by which the files are known.
        self._place = place.absolute()
        self._ref = ref
        self._single = place.is_file()
        self.address = str(Address("file", path=str(place)))
        self._folder = self._place.parent if self._single else self._place

    def files(self) -> Iterator[SourceFile]:
        """Every regular file of that commit, sorted by path."""
        commit = self._commit()
        wanted = f"./{self._place.name}" if self._single else "."
        listed = self._git("ls-tree", "-r", "-z", "--long", commit, "--", wanted)
        found = []
        for line in listed.split(b"\0")[:-1]:
            head, _, name = line.partition(b"\t")
            mode, _, blob, size = head.decode().split()
            if mode in _REGULAR:
                found.append(SourceFile(name.decode("utf-8", "backslashreplace"), int(size), blob))
        yield from sorted(found, key=lambda file: file.path)

    def read(self, file: SourceFile) -> bytes:
        """The content of the listed blob."""
        return self._git("cat-file", "blob", file.version)

    @contextmanager
    def open(self, file: SourceFile) -> Iterator[IO[bytes]]:
        """The content as a stream."""
        yield BytesIO(self.read(file))

    def _commit(self) -> str:
        try:
            # With --end-of-options a ref that starts with a dash is no option of git's.
            found = self._git(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{self._ref}^{{commit}}"
            )
        except SourceUnreadable as error:
            raise SourceMissing(
                f"{self._ref} is no commit of the repository at {self._folder}; fetch it, or correct the ref"
            ) from error
        return found.decode().strip()

    def _git(self, *arguments: str) -> bytes:
        command = ["git", "--no-optional-locks", "-C", str(self._folder), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_TIMEOUT_SECONDS)
        except FileNotFoundError as error:
            raise SourceUnreadable("git is not installed; install it to compare with a ref") from error
        except subprocess.TimeoutExpired as error:
            raise SourceUnreadable(
                f"git did not answer within {_TIMEOUT_SECONDS} s at {self._folder}"
            ) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
            raise SourceUnreadable(f"git cannot read {self._folder}: {said}")
        return done.stdout
