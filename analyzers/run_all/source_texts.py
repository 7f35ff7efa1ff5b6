"""Keeps the text of DAG files as the code analyzer reads them, for the pages that show findings in place."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from fnmatch import fnmatch
from typing import IO

from analyzers.masking import MARK, mask
from dagaudit.finding import Finding
from dagaudit.ports import DagSource, SourceFile
from dagaudit.section import CodeSection

# Of one file, and of all together: the pages can do without, the run cannot do without its memory.
MAX_FILE_BYTES = 200_000
MAX_BYTES = 64_000_000


class Remembering:
    """A DAG source that leaves out what is excluded and remembers what was read."""

    def __init__(self, source: DagSource, exclude: Sequence[str] = ()) -> None:
        self._source = source
        self._exclude = tuple(exclude)
        self._read: dict[str, bytes] = {}
        self._room = MAX_BYTES
        self.address = source.address

    def files(self) -> Iterator[SourceFile]:
        """Every file that is not excluded."""
        for file in self._source.files():
            if not any(fnmatch(file.path, glob) for glob in self._exclude):
                yield file

    def read(self, file: SourceFile) -> bytes:
        """The content, remembered while there is room."""
        data = self._source.read(file)
        if len(data) <= min(MAX_FILE_BYTES, self._room):
            self._room -= len(data)
            self._read[file.path] = data
        return data

    def open(self, file: SourceFile) -> AbstractContextManager[IO[bytes]]:
        """The content as a stream; streams are not remembered."""
        return self._source.open(file)

    def text(self, path: str) -> str | None:
        """What was read, without its secrets; the lines keep their numbers."""
        data = self._read.get(path)
        if data is None:
            return None
        text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        return with_its_lines(text, mask(text))


def with_its_lines(text: str, masked: str) -> str | None:
    """The masked text with as many lines as the text: a secret of five lines leaves five marks.

    None where the two do not fit each other; nothing of the text itself is ever put back.
    """
    if masked.count("\n") == text.count("\n"):
        return masked
    first, *pieces = masked.split(MARK)
    made, position = [first], len(first)
    for number, piece in enumerate(pieces, 1):
        start = len(text) - len(piece) if number == len(pieces) else text.find(piece, position)
        if start < position:
            return None
        hidden = text[position:start].count("\n")
        made.append("\n".join([MARK] * (hidden + 1)) + piece)
        position = start + len(piece)
    whole = "".join(made)
    return whole if whole.count("\n") == text.count("\n") else None


def texts_of(sources: Sequence[Remembering], section: CodeSection) -> dict[tuple[int, str], str]:
    """The text of every file that holds a DAG, by bundle and path."""
    hidden = _hidden_lines(section.findings)
    found = {}
    for bundle, path in sorted({(dag.bundle, dag.path) for dag in section.dags}):
        text = sources[bundle].text(path) if bundle < len(sources) else None
        if text is not None:
            found[bundle, path] = _with_hidden(text, hidden.get((bundle, path), {}))
    return found


def read_texts(sources: Sequence[DagSource], section: CodeSection) -> dict[tuple[int, str], str]:
    """The same, read now: for a report whose sections another process made."""
    wanted = {(dag.bundle, dag.path) for dag in section.dags}
    kept = [Remembering(source) for source in sources]
    for bundle, source in enumerate(kept):
        for file in source.files():
            if (bundle, file.path) in wanted:
                source.read(file)
    return texts_of(kept, section)


def _hidden_lines(findings: Iterable[Finding]) -> dict[tuple[int, str], dict[int, str]]:
    """Lines in which a rule knows a secret that masking cannot know, as the finding shows them."""
    hidden: dict[tuple[int, str], dict[int, str]] = {}
    for finding in findings:
        if finding.evidence and MARK in finding.evidence:
            hidden.setdefault((finding.bundle, finding.path), {})[finding.line] = finding.evidence
    return hidden


def _with_hidden(text: str, hidden: dict[int, str]) -> str:
    lines = text.split("\n")
    for number, evidence in hidden.items():
        if number <= len(lines):
            lines[number - 1] = evidence.partition("\n")[0]
    return "\n".join(lines)
