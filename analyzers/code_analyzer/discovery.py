"""Finds the DAG files of a source as Airflow's DAG processor does.

A file counts when its name ends in `.py`, no `.airflowignore` leaves it out, and its bytes speak of airflow
and of a dag or an asset ("safe mode"). In a zip archive only modules at its top level count. Whatever does
not count can still be imported by what does.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from analyzers.attempt import attempt
from analyzers.code_analyzer.ignore_file import NAME, IgnoreRules, IgnoreSyntax
from analyzers.code_analyzer.parsed_file import MAX_FILE_BYTES
from dagaudit.errors import SourceUnreadable
from dagaudit.finding import Failure
from dagaudit.ports import DagSource, SourceFile

MAX_ARCHIVE_BYTES = 200 * 1024 * 1024
MAX_MEMBERS = 10_000
PART = "discovery"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Python file, in the source or in an archive of it."""

    path: str
    file: SourceFile
    member: str | None = None
    """Its name within the archive."""
    ignored: bool = False

    @property
    def at_top(self) -> bool:
        """Whether Airflow would load it from where it lies; in an archive only the top level counts."""
        return self.member is None or "/" not in self.member


@dataclass(slots=True)
class Discovery:
    """The Python files of one source."""

    source: DagSource
    syntax: IgnoreSyntax = IgnoreSyntax.GLOB
    max_file_bytes: int = MAX_FILE_BYTES
    candidates: list[Candidate] = field(default_factory=list)
    """Sorted by path."""
    others: dict[str, SourceFile] = field(default_factory=dict)
    """All other files, by path: configuration that DAG files may read."""
    failures: list[Failure] = field(default_factory=list)
    single: bool = False
    """Whether the address is one file: then safe mode does not apply."""
    _archives: dict[str, zipfile.ZipFile] = field(default_factory=dict)

    def find(self) -> None:
        """List the source.

        Raises:
            SourceUnreadable: it cannot be listed at all.
        """
        listed = list(self.source.files())
        name = self.source.address.rstrip("/").rpartition("/")[2]
        self.single = len(listed) == 1 and listed[0].path == name and not listed[0].path.endswith(".zip")
        rules = self._ignore_rules(listed)
        for file in listed:
            if file.path.endswith(".py"):
                out = not self.single and rules.leaves_out(file.path)
                self.candidates.append(Candidate(file.path, file, ignored=out))
            elif file.is_unlisted_folder:
                self._unlisted(file, rules)
            elif file.path.endswith((".zip", ".egg")) and not rules.leaves_out(file.path):
                self.candidates += self._members(file)
            else:
                self.others[file.path] = file
        self.candidates.sort(key=lambda candidate: candidate.path)

    def _unlisted(self, folder: SourceFile, rules: IgnoreRules) -> None:
        if not rules.leaves_out(folder.path):
            refused = attempt(PART, partial(self.source.read, folder), folder.path)
            if isinstance(refused, Failure):
                self.failures.append(refused)

    def _ignore_rules(self, listed: list[SourceFile]) -> IgnoreRules:
        texts: dict[str, str] = {}
        for file in listed:
            if file.path == NAME or file.path.endswith(f"/{NAME}"):
                data = attempt(PART, partial(self.source.read, file), file.path)
                if isinstance(data, Failure):
                    self.failures.append(data)
                else:
                    texts[file.path.rpartition("/")[0]] = data.decode("utf-8", "replace")
        rules = IgnoreRules(texts, self.syntax)
        self.failures += [
            Failure(part=PART, path=line.partition(":")[0], message=f"{line}; correct or remove it")
            for line in rules.invalid
        ]
        return rules

    def _members(self, file: SourceFile) -> list[Candidate]:
        found = attempt(PART, partial(self._open_archive, file), file.path)
        if isinstance(found, Failure):
            self.failures.append(found)
            return []
        if found is None:
            return []
        names = [info.filename for info in found.infolist() if info.filename.endswith(".py")]
        outside = [name for name in names if name.startswith("/") or ".." in name.split("/")]
        if outside:
            self._left_out(file, f"{outside[0]} would lie outside of it; build it anew without such names")
        if len(names) > MAX_MEMBERS:
            self._left_out(file, f"it holds more than {MAX_MEMBERS} modules; split it")
        skipped = set(outside)
        return [
            Candidate(f"{file.path}/{name}", file, name)
            for name in names[:MAX_MEMBERS]
            if name not in skipped
        ]

    def _left_out(self, archive: SourceFile, reason: str) -> None:
        message = f"not all of {archive.path} was read: {reason}"
        self.failures.append(Failure(part=PART, path=archive.path, message=message))

    def _open_archive(self, file: SourceFile) -> zipfile.ZipFile | None:
        if file.size > MAX_ARCHIVE_BYTES:
            raise SourceUnreadable(
                f"{file.path} has {file.size} bytes, more than the limit of {MAX_ARCHIVE_BYTES}; split it"
            )
        try:
            archive = zipfile.ZipFile(io.BytesIO(self.source.read(file)))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise SourceUnreadable(
                f"{file.path} is no readable zip archive: {error}; build it anew"
            ) from error
        self._archives = {file.path: archive}
        return archive

    def read(self, candidate: Candidate) -> bytes:
        """The bytes of a file, from the source or from its archive.

        Raises:
            SourceUnreadable: it cannot be read, is larger than the limit, or changed meanwhile.
        """
        if candidate.member is None:
            if candidate.file.size > self.max_file_bytes:
                self._refuse(candidate.path, candidate.file.size)
            return self.source.read(candidate.file)
        archive = self._archives.get(candidate.file.path) or self._open_archive(candidate.file)
        assert archive is not None
        try:
            size = archive.getinfo(candidate.member).file_size
            if size > self.max_file_bytes:
                self._refuse(candidate.path, size)
            with archive.open(candidate.member) as stream:
                # The size in the archive's directory may lie: never read more than the limit.
                data = stream.read(self.max_file_bytes + 1)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise SourceUnreadable(
                f"{candidate.path} cannot be unpacked: {error}; build the archive anew"
            ) from error
        if len(data) > self.max_file_bytes:
            self._refuse(candidate.path, len(data))
        return data

    def _refuse(self, path: str, size: int) -> None:
        raise SourceUnreadable(
            f"{path} has {size} bytes, more than the limit of {self.max_file_bytes}; "
            "split it, or move its data to a file beside it"
        )

    def counts(self, candidate: Candidate, data: bytes) -> bool:
        """Whether Airflow would load this file for DAGs."""
        if self.single:
            return True
        return not candidate.ignored and candidate.at_top and might_define_dags(data)

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.candidates)


def might_define_dags(data: bytes) -> bool:
    """Airflow's safe mode: whether the bytes speak of airflow and of a dag or an asset."""
    lowered = data.lower()
    return b"airflow" in lowered and (b"dag" in lowered or b"asset" in lowered)
