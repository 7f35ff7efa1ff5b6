"""Physical lines of a log of any size, in bounded memory; what could not be kept is told."""

import gzip
import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dagaudit.errors import SourceUnreadable

CHUNK_BYTES = 1 << 18
MAX_LINE_BYTES = 1 << 19
HEAD_BYTES = 2 << 20
TAIL_BYTES = 8 << 20
MAX_KEY_LINES = 4000
_GZIP = b"\x1f\x8b"
# Lines that decide an outcome are kept wherever they stand in a log that is too long to be kept whole.
_KEY_LINE = re.compile(
    rb"::group::P|Task failed with exc|Task exited|Process terminated|Process exited abn|Received SIG"
    rb"|shouldn't be running|Task killed|Top level error|Marking task as|externally set to|Pausing task as"
    rb"|UP_FOR_RESCHEDULE|return code|Skipping task|already exists, marking|finished with failed state"
    rb"|start up|Traceback \(most recent"
)


@dataclass(frozen=True, slots=True)
class PhysicalLine:
    """A line of the file as it stands there, without its line end."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class KeptLines:
    """All lines of a small log; of a large one its beginning, its end and the lines that decide."""

    lines: tuple[PhysicalLine, ...]
    total: int
    dropped: int = 0
    cut: tuple[int, ...] = ()
    """The numbers of lines that were longer than can be kept; their beginning is."""
    damage: str | None = None
    """Why the file could not be read to its end."""


def keep_lines(stream: IO[bytes], head_bytes: int = HEAD_BYTES, tail_bytes: int = TAIL_BYTES) -> KeptLines:
    """Read a log to its end, gzip or plain, and keep what a diagnosis needs."""
    head: list[PhysicalLine] = []
    middle: list[PhysicalLine] = []
    tail: deque[PhysicalLine] = deque()
    cut: list[int] = []
    room, held, dropped, number = head_bytes, 0, 0, 0
    damage = None
    lines = _lines(stream)
    try:
        for number, (data, whole) in enumerate(lines, start=1):
            line = PhysicalLine(number, data)
            if not whole:
                cut.append(number)
            if room >= 0:
                room -= len(data) + 1
                head.append(line)
                continue
            tail.append(line)
            held += len(data) + 1
            while held > tail_bytes:
                old = tail.popleft()
                held -= len(old.data) + 1
                if len(middle) < MAX_KEY_LINES and _KEY_LINE.search(old.data):
                    middle.append(old)
                else:
                    dropped += 1
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        damage = f"the gzip data breaks off or is damaged behind line {number} ({error})"
    return KeptLines((*head, *middle, *tail), number, dropped, tuple(cut), damage)


def _lines(stream: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each line, cut to MAX_LINE_BYTES, and whether it is whole."""
    pending = b""
    whole = True
    for chunk in _chunks(stream):
        parts = chunk.split(b"\n")
        for part in parts[:-1]:
            line, complete = _joined(pending, part, whole)
            yield line.removesuffix(b"\r"), complete
            pending, whole = b"", True
        pending, whole = _joined(pending, parts[-1], whole)
    if pending:
        yield pending.removesuffix(b"\r"), whole


def _joined(pending: bytes, part: bytes, whole: bool) -> tuple[bytes, bool]:
    room = MAX_LINE_BYTES - len(pending)
    return (pending + part, whole) if len(part) <= room else (pending + part[:room], False)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    try:
        first = stream.read(CHUNK_BYTES)
        if first[:2] == _GZIP:
            yield from _unzipped(first, stream)
            return
        while first:
            yield first
            first = stream.read(CHUNK_BYTES)
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise
        raise SourceUnreadable(f"reading broke off: {error}") from error


def _unzipped(chunk: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    """By hand and not by GzipFile: a log is written by appending members, and its last one may be open."""
    member = zlib.decompressobj(31)
    while chunk:
        data = member.decompress(chunk, CHUNK_BYTES)
        if data:
            yield data
        if member.eof:
            chunk = member.unused_data or stream.read(CHUNK_BYTES)
            if not chunk.strip(b"\0"):
                return
            member = zlib.decompressobj(31)
        else:
            chunk = member.unconsumed_tail or stream.read(CHUNK_BYTES)
            if not chunk:
                raise EOFError("no end mark")
