"""What Airflow's log endpoint says, as the lines of the log file; its own remarks are no log."""

import re
from typing import Any

import orjson

from dagaudit.errors import SourceMissing, SourceUnreadable

_HEADER, _HEADER_END = "::group::Log message source details", "::endgroup::"
# What stands in place of a log that Airflow cannot get, by the versions that say so.
_NO_LOG = re.compile(
    r"Could not read (?:served|remote) logs|Log file (?:not found|does not exist)|Failed to fetch log file"
    r"|No logs? (?:found|available)|no logs available|Error fetching the logs|does not have logs"
    r"|Task was skipped|Task did not run|\*\*\* (?:!! )?(?:Log|Could not|Failed|Unable|Unsupported)",
    re.IGNORECASE,
)
_TIME_KEYS = ("timestamp", "logger", "level")
_SAID_CHARACTERS = 300


class Content:
    """A log of Airflow 3, put together from the answers that it came in."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._lines: list[bytes] = []
        self._remarks: list[str] = []
        self._is_header = False
        self._logged = 0

    def add(self, content: object) -> None:
        """The records of one answer.

        Raises:
            SourceUnreadable: it holds no records.
        """
        if not isinstance(content, list):
            raise SourceUnreadable(f"{self._place}: the answer holds no list of records; is this Airflow 3?")
        for record in content:
            self._add(record if isinstance(record, dict) else {"event": str(record)})

    def _add(self, record: dict[str, Any]) -> None:
        event = str(record.get("event") or "")
        is_remark = not any(record.get(key) for key in _TIME_KEYS)
        if is_remark and event == _HEADER:
            self._is_header = True
        elif self._is_header:
            self._is_header = event != _HEADER_END
            self._remarks += [event] if self._is_header else []
        else:
            # Where Airflow could not parse a line, the event is the line.
            is_bare = set(record) <= {"event", "timestamp"}
            self._lines.append(event.encode() if is_bare else orjson.dumps(record))
            if set(record) <= {"event", "timestamp", "level"} and _NO_LOG.search(event):
                self._remarks.append(event)
            else:
                self._logged += 1

    def log(self) -> bytes:
        """The lines.

        Raises:
            SourceMissing: there are none, only Airflow's word on why.
        """
        if not self._logged:
            raise _no_log(self._place, self._remarks)
        return b"\n".join(self._lines) + b"\n"


def text_log(place: str, text: str) -> bytes:
    """A log of Airflow 2: a line with the worker's name comes first, then remarks, then the log.

    Raises:
        SourceMissing: there is no log, only Airflow's word on why.
    """
    lines = text.split("\n")[1:]
    start = 0
    while start < len(lines) and _is_remark(lines[start]):
        start += 1
    kept = lines[start:]
    if not any(line.strip() and not _NO_LOG.search(line) for line in kept):
        raise _no_log(place, lines)
    return "\n".join(kept).encode()


def _is_remark(line: str) -> bool:
    bare = line.removeprefix(" INFO - ").strip()
    return not bare or bare.startswith("***") or bare in (_HEADER, _HEADER_END)


def _no_log(place: str, remarks: list[str]) -> SourceMissing:
    said = " ".join(
        bare for line in remarks if (bare := line.strip(" *\n")) and not bare.endswith((_HEADER, _HEADER_END))
    )
    told = f" It says: {' '.join(said.split())[:_SAID_CHARACTERS]}" if said else ""
    return SourceMissing(
        f"{place}: Airflow has no log of it, so why it failed is not known; keep the workers' logs "
        f"(remote logging), or give their own place.{told}"
    )
