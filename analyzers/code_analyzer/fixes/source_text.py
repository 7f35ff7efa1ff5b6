"""The text of a file as it lies on the disk: encoding, byte order mark and line ends survive an edit."""

import io
import re
import tokenize
from collections.abc import Iterable

from analyzers.code_analyzer.fixes.edits import end_of, start_of
from dagaudit.errors import DagAuditError
from dagaudit.finding import Edit

_LINE = re.compile(r"\r\n|\r|\n")


class FixRefused(DagAuditError):
    """An edit cannot be made without changing what it shall not touch."""


class SourceText:
    """A file's bytes, taken apart so that edits by line and column can be made in them."""

    def __init__(self, path: str, data: bytes) -> None:
        """Decode.

        Raises:
            FixRefused: its encoding is unknown, or does not give the same bytes back.
        """
        try:
            self._encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            self._text = data.decode(self._encoding)
            same = self._text.encode(self._encoding) == data
        except (SyntaxError, LookupError, UnicodeError) as error:
            raise FixRefused(f"{path} cannot be decoded: {error}") from error
        if not same:
            raise FixRefused(f"{path} would not be the same after decoding it as {self._encoding}")
        self._path = path
        ends = list(_LINE.finditer(self._text))
        self._starts = [0, *(end.end() for end in ends)]
        self._line_ends = [end[0] for end in ends]

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The bytes after the edits; all between them is untouched.

        Raises:
            FixRefused: they overlap, lie outside of the file, or hold what its encoding cannot.
        """
        parts, at = [], 0
        for edit in sorted(edits, key=lambda each: (start_of(each), end_of(each), each.text)):
            first, last = self._offset(*start_of(edit)), self._offset(*end_of(edit))
            if first < at or last < first:
                raise FixRefused(f"two edits of {self._path} overlap at line {edit.start_line}")
            parts += [self._text[at:first], edit.text.replace("\n", self._line_end(edit.start_line))]
            at = last
        parts.append(self._text[at:])
        try:
            return "".join(parts).encode(self._encoding)
        except UnicodeError as error:
            raise FixRefused(f"{self._path}: {self._encoding} has no such characters: {error}") from error

    def _offset(self, line: int, column: int) -> int:
        if not 1 <= line <= len(self._starts):
            raise FixRefused(f"{self._path} has no line {line}")
        offset = self._starts[line - 1] + column - 1
        if offset > len(self._text):
            raise FixRefused(f"line {line} of {self._path} has no column {column}")
        return offset

    def _line_end(self, line: int) -> str:
        """How the line ends, or the one before where it is the last."""
        if not self._line_ends:
            return "\n"
        return self._line_ends[min(line, len(self._line_ends)) - 1]
