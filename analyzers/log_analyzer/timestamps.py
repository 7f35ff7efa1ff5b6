"""Timestamps of log lines, in all the shapes that Airflow's versions and collectors write."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_SHAPE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:, |[T ])(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    r"\s?(Z|[+-]\d\d:?\d\d|[A-Z]{2,5})?$"
)
# Only names that mean one thing everywhere in practice of servers; an unknown name counts as UTC.
# fmt: off
_ZONES = {"UTC": 0, "GMT": 0, "IST": 330, "CET": 60, "CEST": 120, "EST": -300, "EDT": -240, "CST": -360,
          "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "BST": 60, "JST": 540, "KST": 540}
# fmt: on


def seconds(text: str) -> float | None:
    """Seconds since the epoch, or None where the text is no timestamp."""
    match = _SHAPE.match(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    start = _minute((year, month, day, hour, minute), zone or "Z")
    if start is None or int(second) > 60:
        return None
    return start + int(second) + (float(f"0.{fraction}") if fraction else 0.0)


@lru_cache(maxsize=4096)
def _minute(parts: tuple[str, ...], zone: str) -> float | None:
    try:
        return datetime(*map(int, parts), tzinfo=_offset(zone)).timestamp()  # type: ignore[arg-type,misc]
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timezone:
    if zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        return timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])))
    return timezone(timedelta(minutes=_ZONES.get(zone, 0)))


def moment(value: float | None) -> datetime | None:
    """Seconds since the epoch as a UTC datetime, or None where nothing sensible."""
    try:
        return None if value is None else datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
