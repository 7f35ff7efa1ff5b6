"""Exception chains, from Airflow 3's `error_detail` and from tracebacks in text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzers.log_analyzer.record import Record, TextLine

MAX_LINKS = 30
# Operators raise these to steer the task runner; as context of a true error they explain nothing.
_CONTROL_FLOW = frozenset(
    {
        "DagRunTriggerException", "TaskDeferred", "TaskAwaitingInput", "AirflowRescheduleException",
        "DownstreamTasksSkipped", "CancelledError",
    }
)  # fmt: skip
MAX_FRAMES = 120
_HEADER = re.compile(r"(?:^|\s|[-|:>] ?)(?:Exception Group )?Traceback \(most recent call last\):\s*$")
_FRAME = re.compile(r'^\s*(?:\|\s*)*File "(?P<filename>[^"]{0,400})", line \d+(?:, in (?P<name>\S.{0,200}))?')
_RAISED = re.compile(r"^(?P<type>[A-Za-z_][\w.]{0,200}[A-Za-z0-9_])(?:: (?P<message>.*)|:?\s*)$", re.DOTALL)
_JOINED = re.compile(
    r"direct cause of the following exception"
    r"|During handling of the above exception, another exception occurred"
)
_GROUP_MARK = re.compile(r"^[ |]{0,40}\| ?")
_SOUNDS_LIKE_ONE = re.compile(
    r"(?:Error|Exception|Warning|Exit|Interrupt|Timeout|Iteration|Fault|Failure|Group)$|\."
)


@dataclass(frozen=True, slots=True)
class Link:
    """One exception of a chain."""

    type: str
    """The dotted type as far as the log tells it: Airflow 3 writes the bare name."""
    message: str
    frames: tuple[tuple[str, str], ...] = ()
    """File name and function, outermost first."""
    file: int = 0
    line: int = 0
    """The physical line that says it."""

    @property
    def name(self) -> str:
        """The bare class name."""
        return self.type.rpartition(".")[2]

    @property
    def text(self) -> str:
        """As the last line of a traceback says it."""
        return f"{self.type}: {self.message}" if self.message else self.type


def chain_of(record: Record) -> tuple[Link, ...]:
    """The record's exception chain, root first, the last raised last."""
    detail = record.error_detail
    if detail:
        links = tuple(_links(detail, record))[:MAX_LINKS]
        return tuple(link for link in links if link.name not in _CONTROL_FLOW) or links
    for chain in reversed(tracebacks(record.lines())):
        return chain
    return ()


def _links(detail: Sequence[object], record: Record) -> Iterable[Link]:
    """Root first. A group's root is that of its first member, and the group itself is a wrapper."""
    for raised in reversed(detail[-MAX_LINKS:]):
        if not isinstance(raised, dict):
            continue
        members = raised.get("exceptions")
        if raised.get("is_group") and isinstance(members, list):
            for member in members[:1]:
                if isinstance(member, list):
                    yield from _links(member, record)
        yield _link(raised, record)


def _link(raised: dict[str, object], record: Record) -> Link:
    frames = raised.get("frames")
    message = str(raised.get("exc_value") or "")
    notes = raised.get("exc_notes")
    if isinstance(notes, list) and notes:
        message = "\n".join([message, *map(str, notes)])
    syntax = raised.get("syntax_error")
    if isinstance(syntax, dict) and not message:
        message = str(syntax.get("msg") or "")
    pairs = [
        (str(frame.get("filename") or ""), str(frame.get("name") or ""))
        for frame in (frames if isinstance(frames, list) else [])[-MAX_FRAMES:]
        if isinstance(frame, dict) and frame.get("filename")
    ]
    if isinstance(syntax, dict) and syntax.get("filename"):
        pairs.append((str(syntax["filename"]), "<module>"))
    return Link(str(raised.get("exc_type") or "Exception"), message, tuple(pairs), record.file, record.line)


def tracebacks(lines: Sequence[TextLine]) -> list[tuple[Link, ...]]:
    """Every traceback in a run of text lines, each a chain with its root first."""
    found: list[tuple[Link, ...]] = []
    chain: list[Link] = []
    position = 0
    while position < len(lines):
        if not _HEADER.search(lines[position].text):
            if chain and lines[position].text.strip() and not _JOINED.search(lines[position].text):
                found.append(tuple(chain[:MAX_LINKS]))
                chain = []
            position += 1
            continue
        link, position = _traceback(lines, position + 1)
        if link:
            chain.append(link)
    if chain:
        found.append(tuple(chain[:MAX_LINKS]))
    return found


def _traceback(lines: Sequence[TextLine], position: int) -> tuple[Link | None, int]:
    """The exception whose header stands just above, and where to go on reading."""
    frames: list[tuple[str, str]] = []
    while position < len(lines):
        text = (
            _GROUP_MARK.sub("", lines[position].text) if "|" in lines[position].text else lines[position].text
        )
        frame = _FRAME.match(text)
        if frame:
            frames.append((frame["filename"], frame["name"] or "<module>"))
        elif text[:1] not in {" ", "\t", ""} or (text.strip() and not frames):
            raised = _RAISED.match(text.strip())
            if not raised or not (frames or _SOUNDS_LIKE_ONE.search(raised["type"])):
                return None, position
            where = lines[position]
            message = (raised["message"] or "").strip()
            more, position = _message_lines(lines, position + 1)
            message = "\n".join([message, *more]).strip()
            kept = tuple(frames[-MAX_FRAMES:])
            return Link(raised["type"], message, kept, where.file, where.line), position
        position += 1
    return None, position


def _message_lines(lines: Sequence[TextLine], position: int) -> tuple[list[str], int]:
    """The further lines of a message that has several, as database drivers write them."""
    more: list[str] = []
    while position < len(lines) and len(more) < 8:
        text = lines[position].text
        if (
            not text.strip()
            or _JOINED.search(text)
            or _HEADER.search(text)
            or (not text[0].isspace() and not _is_detail(text))
        ):
            break
        more.append(text.strip())
        position += 1
    return more, position


def _is_detail(text: str) -> bool:
    return text.startswith(
        ("DETAIL:", "HINT:", "LINE ", "[SQL", "[parameters", "(Background on", "\tIs the server")
    )
