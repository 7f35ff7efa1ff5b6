"""Log events as the lines that Airflow would have written to a file.

Airflow 3 sends a JSON object whose timestamp became the event's own; it is put back. Airflow 2 sends the
text of a record with its traceback, which becomes several lines; where the log format leaves the time to
CloudWatch, it is put before the text.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import OutputLogEventTypeDef

_TIME_KEYS = ("timestamp", "time", "@timestamp")
_WRAPPER_KEYS = ("log", "message", "@message", "body")
# The beginning of a line that has a time, and of one that goes on with the record above.
_OWN_TIME = re.compile(r"(?:\x1b\[[0-9;]{0,20}m)?\[?\d{4}-\d\d-\d\d[T ,]|\{\"")
_CONTINUATION = re.compile(r"\s|$|Traceback \(most recent call last\)")
# What Airflow's own reader shows in place of a log; copied into a stream it still is no log.
_NOTE = re.compile(
    r"(?:\*{3} )?(?:No log stream found in cloudwatch|Could not read remote logs from log_group)",
    re.IGNORECASE,
)


class Lines:
    """One stream's events as physical lines, page by page."""

    def __init__(self) -> None:
        self._is_within = False

    def of(self, events: Iterable["OutputLogEventTypeDef"]) -> bytes:
        """A page's lines, in the page's order."""
        lines: list[str] = []
        for event in events:
            lines += self._lines(event.get("message", ""), event.get("timestamp"))
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")

    def _lines(self, message: str, milliseconds: int | None) -> list[str]:
        text = message.rstrip("\r\n")
        document = _object(text)
        if document is not None:
            self._is_within = False
            if _lacks_time(document, ("event",)):
                return [_record(document, milliseconds)]
            if _lacks_time(document, _WRAPPER_KEYS):
                text = _stamped(text, milliseconds)
            # Line ends outside of strings are only there to please the eye.
            return [text.replace("\r", "").replace("\n", " ")]
        lines = [_line(line, milliseconds) for line in text.split("\n")]
        is_rest = _CONTINUATION.match(lines[0]) is not None
        if not is_rest and not self._is_within and not _OWN_TIME.match(lines[0]):
            lines[0] = _prefixed(lines[0], milliseconds)
        # A traceback that was sent line by line: what follows an indented line belongs to it.
        self._is_within = is_rest and len(lines) == 1
        return lines


def is_note(event: "OutputLogEventTypeDef") -> bool:
    """Whether an event only says that there is no log: the absence of evidence is none."""
    message = event.get("message", "")
    if not _NOTE.search(message):
        return False
    document = _object(message)
    if document is not None and not str(document.get("logger", "")).startswith("task"):
        message = str(document.get("event", ""))
    return _NOTE.match(message) is not None


def _line(line: str, milliseconds: int | None) -> str:
    document = _object(line)
    if document is not None:
        return _record(document, milliseconds) if _lacks_time(document, ("event",)) else line
    # An object that was cut off at the size limit of an event.
    is_cut = line.startswith('{"') and '"event"' in line and '"timestamp"' not in line
    return _stamped(line, milliseconds) if is_cut else line


def _object(text: str) -> dict[str, object] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


def _lacks_time(document: dict[str, object], keys: Iterable[str]) -> bool:
    return any(key in document for key in keys) and not any(key in document for key in _TIME_KEYS)


def _record(document: dict[str, object], milliseconds: int | None) -> str:
    """A record as Airflow writes it to a file, so that evidence reads the same from either place."""
    first: dict[str, object] = {}
    if milliseconds is not None:
        first["timestamp"] = f"{_moment(milliseconds)}Z"
    first |= {key: document[key] for key in ("level", "event") if key in document}
    return orjson.dumps(first | document).decode()


def _stamped(text: str, milliseconds: int | None) -> str:
    """The object with the event's time in front; the text itself stays, since it may be cut off."""
    if milliseconds is None:
        return text
    return f'{{"timestamp":"{_moment(milliseconds)}Z",{text.lstrip()[1:].lstrip()}'


def _prefixed(line: str, milliseconds: int | None) -> str:
    """The line as Airflow's own reader shows it where the log format has no time."""
    return line if milliseconds is None else f"[{_moment(milliseconds)}+0000] {line}"


def _moment(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
