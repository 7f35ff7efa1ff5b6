"""Log events as the lines that Airflow would have written to a file.

Airflow 3 sends a JSON object whose timestamp became the event's own; it is put back. Airflow 2 sends the
text of a record with its traceback, which becomes several lines.
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
# What Airflow's own reader shows in place of a log; copied into a stream it still is no log.
_NOTE = re.compile(
    r"(?:\*{3} )?(?:No log stream found in cloudwatch|Could not read remote logs from log_group)",
    re.IGNORECASE,
)


def lines_of(events: Iterable["OutputLogEventTypeDef"]) -> bytes:
    """A page of events as physical lines, in the page's order."""
    lines: list[str] = []
    for event in events:
        lines += _lines(event.get("message", ""), event.get("timestamp"))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def is_note(event: "OutputLogEventTypeDef") -> bool:
    """Whether an event only says that there is no log: the absence of evidence is none."""
    message = event.get("message", "")
    document = _object(message)
    if document is not None and not str(document.get("logger", "")).startswith("task"):
        message = str(document.get("event", ""))
    return _NOTE.match(message) is not None


def _lines(message: str, milliseconds: int | None) -> list[str]:
    text = message.rstrip("\r\n")
    document = _object(text)
    if document is not None:
        if _lacks_time(document, ("event", *_WRAPPER_KEYS)):
            text = _stamped(text, milliseconds)
        # Line ends outside of strings are only there to please the eye.
        return [text.replace("\r", "").replace("\n", " ")]
    return [_line(line, milliseconds) for line in text.split("\n")]


def _line(line: str, milliseconds: int | None) -> str:
    document = _object(line)
    if document is not None:
        return _stamped(line, milliseconds) if _lacks_time(document, ("event",)) else line
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


def _stamped(text: str, milliseconds: int | None) -> str:
    """The object with the event's time in front; the text itself stays, since it may be cut off."""
    if milliseconds is None:
        return text
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
    return f'{{"timestamp":"{moment.removesuffix("+00:00")}Z",{text.lstrip()[1:].lstrip()}'
