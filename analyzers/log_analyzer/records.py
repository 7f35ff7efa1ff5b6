"""Records from lines: Airflow 3's JSON, Airflow 2's text, and what collectors wrap around them.

The order is Airflow's own: JSON first, then a timestamp prefix, else a continuation of the record above.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import orjson

from analyzers.log_analyzer.physical_lines import PhysicalLine
from analyzers.log_analyzer.record import Record, TextLine
from analyzers.log_analyzer.timestamps import seconds

MAX_CONTINUATION_LINES = 2000
MAX_CONSOLE = 2000
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[A-Za-z]|\][^\x07\x1b]{0,200}\x07)")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_STAMP = r"\d{4}-\d\d-\d\d(?:, |[T ])\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\s?(?:Z|[+-]\d\d:?\d\d|[A-Z]{2,5})?"
_PREFIX = re.compile(
    rf"\[?(?P<stamp>{_STAMP})\]?\s+(?:\{{{{1,2}}(?P<filename>[^{{}}:]{{1,120}}):(?P<lineno>\d+)\}}{{1,2}}\s+)?"
    r"(?:\[?(?P<level>DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)\]?\s*)?(?:-\s|:\s|\s)?\s?(?P<event>.*)$",
    re.DOTALL,
)
_CONSOLE = re.compile(
    rf"(?P<stamp>{_STAMP})\s+\[(?P<level>[a-z]+) {{0,12}}\]\s(?P<event>.*?)\s"
    r"\[(?P<logger>[\w.]+)\]\s*(?P<rest>.*)$"
)
_CRI = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) (?P<flag>[FP]) (?P<text>.*)$", re.DOTALL
)
_WRAPPER_KEYS = ("log", "message", "@message", "body")
_NOT_FIELDS = frozenset({"timestamp", "level", "event", "logger", "filename"})


def records(lines: Iterable[PhysicalLine], file: int = 0) -> list[Record]:
    """The records of one file, in the order of the file."""
    found: list[Record] = []
    extra: list[TextLine] = []
    for number, text in _texts(lines):
        record = _record(text, file, number)
        if record is None:
            if not text.strip():
                continue
            if not found:
                found.append(Record(file, number, text))
            elif len(extra) < MAX_CONTINUATION_LINES:
                extra.append(TextLine(file, number, text))
            continue
        if extra and found:
            found[-1] = replace(found[-1], continuation=tuple(extra))
        extra = []
        found.append(record)
    if extra and found:
        found[-1] = replace(found[-1], continuation=tuple(extra))
    return found


def in_order_of_time(found: list[Record]) -> list[Record]:
    """Sorted by timestamp; a record without one stays behind the one it follows."""
    keyed = []
    last = float("-inf")
    for position, record in enumerate(found):
        last = record.timestamp if record.timestamp is not None else last
        keyed.append((last, position, record))
    keyed.sort(key=lambda item: item[:2])
    return [record for _, _, record in keyed]


def _texts(lines: Iterable[PhysicalLine]) -> Iterator[tuple[int, str]]:
    """Each line as clean text, out of the wrappings of container run-times."""
    partial = ""
    for line in lines:
        text = line.data.decode("utf-8", "backslashreplace")
        wrapped = _CRI.match(text) if text[:2].isdigit() else None
        if wrapped:
            if wrapped["flag"] == "P":
                partial += wrapped["text"]
                continue
            text = partial + wrapped["text"]
            partial = ""
        yield line.number, _clean(text)
    if partial:
        yield line.number, _clean(partial)


def _clean(text: str) -> str:
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "\r" in text:
        # A progress bar redraws its line; only what it showed last is worth reading.
        text = next((part for part in reversed(text.split("\r")) if part.strip()), "")
    return text if text.isprintable() else _UNPRINTABLE.sub(" ", text)


def _record(text: str, file: int, number: int) -> Record | None:
    stripped = text.lstrip()
    if stripped.startswith("{"):
        return _json_record(stripped, file, number)
    if stripped[:1] in {"[", "1", "2"}:
        return _text_record(stripped, file, number)
    return None


def _json_record(text: str, file: int, number: int) -> Record | None:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _broken_json_record(text, file, number)
    if not isinstance(document, dict):
        return None
    event = document.get("event")
    if event is None:
        return _unwrapped(document, file, number)
    fields = {key: value for key, value in document.items() if key not in _NOT_FIELDS}
    return Record(
        file=file,
        line=number,
        event=_clean(event) if isinstance(event, str) else str(event),
        timestamp=_timestamp(document.get("timestamp")),
        level=str(document.get("level") or "").lower(),
        logger=str(document.get("logger") or ""),
        filename=str(document.get("filename") or ""),
        fields=fields,
    )


def _unwrapped(document: dict[str, object], file: int, number: int) -> Record | None:
    """What fluent-bit, Docker or CloudWatch wrapped: the line is one of the values."""
    for key in _WRAPPER_KEYS:
        inner = document.get(key)
        if isinstance(inner, dict):
            inner = orjson.dumps(inner).decode()
        if isinstance(inner, str):
            inner = _clean(inner.rstrip("\n"))
            record = _record(inner, file, number) or Record(file, number, inner)
            if record.timestamp is None:
                stamp = document.get("time") or document.get("timestamp") or document.get("@timestamp")
                record = replace(record, timestamp=_timestamp(stamp))
            return record
    return None


_BROKEN_EVENT = re.compile(r'"event"\s*:\s*"((?:[^"\\]|\\.){0,4000})')
_BROKEN_VALUE = re.compile(r'"(timestamp|level|logger|filename)"\s*:\s*"([^"\\]{0,200})"')


def _broken_json_record(text: str, file: int, number: int) -> Record | None:
    """A JSON line that was cut off: what stands before the cut still counts."""
    event = _BROKEN_EVENT.search(text[:20000])
    if not event:
        return None
    values = dict(_BROKEN_VALUE.findall(text[:20000]))
    return Record(
        file=file,
        line=number,
        event=event[1].replace('\\"', '"').replace("\\n", "\n"),
        timestamp=_timestamp(values.get("timestamp")),
        level=values.get("level", "").lower(),
        logger=values.get("logger", ""),
        filename=values.get("filename", ""),
        fields={"broken_json": True},
    )


def _timestamp(value: object) -> float | None:
    if isinstance(value, str):
        return seconds(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        # CloudWatch counts milliseconds.
        return value / 1000 if value > 1e11 else float(value)
    return None


def _text_record(text: str, file: int, number: int) -> Record | None:
    match = _PREFIX.match(text)
    if not match or not (match["level"] or match["filename"] or text.startswith("[")):
        console = _CONSOLE.match(text[:MAX_CONSOLE]) if match else None
        if not console:
            return None
        match = console
    parts = match.groupdict()
    record = Record(
        file=file,
        line=number,
        event=parts["event"].strip() if match.re is _CONSOLE else parts["event"],
        timestamp=seconds(parts["stamp"]),
        level=(parts.get("level") or "").lower(),
        logger=parts.get("logger") or "",
        filename=parts.get("filename") or "",
    )
    inner = _PREFIX.match(record.event) if record.filename.startswith("logging_mixin") else None
    if inner and inner["filename"]:
        # Output of the task that was itself a log line: the inner prefix tells more.
        record = replace(
            record, event=inner["event"], level=(inner["level"] or "").lower(), filename=inner["filename"]
        )
    return record
