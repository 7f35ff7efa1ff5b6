"""`cloudwatch://`: task logs in CloudWatch Logs, as MWAA and Airflow's CloudWatch handler write them."""

import io
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from dagaudit.adapters.cloudwatch_calls import Calls
from dagaudit.adapters.cloudwatch_components import FILE, found_in
from dagaudit.adapters.cloudwatch_errors import LOGS_ERRORS, source_error
from dagaudit.adapters.cloudwatch_events import Lines, is_note
from dagaudit.adapters.cloudwatch_streams import (
    holds_attempts,
    path_of,
    tells_of_attempts,
)
from dagaudit.adapters.watermark import Watermark
from dagaudit.address import Address
from dagaudit.errors import SourceMissing, SourceUnreadable
from dagaudit.ports import SourceFile

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import LogStreamTypeDef

log = logging.getLogger(__name__)

DEFAULT_LOOKBACK_HOURS = 24
STREAM_SECONDS = 120.0
_HOUR = 3600.0
# CloudWatch tells of a stream's newest events up to an hour late, and seldom later than that: the window
# is longer by the one, and the listing, newest first, goes on for the other.
_LATE_SECONDS = _HOUR
_STALE_SECONDS = 24 * _HOUR
# Clocks of workers run ahead of ours.
_SKEW_SECONDS = 300.0
_OVERLAP_SECONDS = 15 * 60.0
_MOST_DAYS = 7
_BUFFER_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the source takes the time from."""

    now: Callable[[], float] = time.time
    """Seconds since the epoch."""
    elapsed: Callable[[], float] = time.monotonic


def connect(address: Address) -> "CloudWatchLogsClient":
    """A client; the endpoint and the credentials are boto3's own affair.

    boto3 wants AWS_ENDPOINT_URL_CLOUDWATCH_LOGS; the service's common name, AWS_ENDPOINT_URL_LOGS, does too.

    Raises:
        SourceUnreadable: a profile is named that does not exist, or the region cannot be one.
    """
    config = Config(
        # Throttling is the normal case: the quotas belong to the whole account.
        retries={"mode": "adaptive", "total_max_attempts": 8},
        connect_timeout=5,
        read_timeout=60,
        user_agent_extra="dagaudit",
    )
    try:
        session = boto3.session.Session(region_name=address.host)
        endpoint = os.environ.get("AWS_ENDPOINT_URL_LOGS") or None
        return session.client("logs", config=config, endpoint_url=endpoint)
    except LOGS_ERRORS as error:
        raise source_error(error, str(address), "logs:DescribeLogStreams") from error


class CloudWatchTree:
    """The streams of some log groups as files in Airflow's path layout.

    A file's content cannot be pinned: it is what the stream holds up to the time of the listing.
    """

    def __init__(
        self,
        address: Address,
        client: "CloudWatchLogsClient | None" = None,
        clocks: Clocks | None = None,
        marks: Watermark | None = None,
    ) -> None:
        self.address = str(address)
        self._names = tuple(address.path.split(","))
        self._calls = Calls(client or connect(address), f"cloudwatch://{address.host}")
        self._clocks = clocks or Clocks()
        self._lookback_hours = int(address.options.get("lookbackHours") or DEFAULT_LOOKBACK_HOURS)
        self._max_events = int(address.options.get("maxEvents") or 0)
        self._events_read = 0
        self._listed_at = self._clocks.now()
        self._places: dict[str, tuple[str, str]] = {}
        self._marks = marks
        self._has_listed = False

    def files(self) -> Iterator[SourceFile]:
        """Every stream that was written to within the lookback, sorted by path."""
        self._listed_at = self._clocks.now()
        self._has_listed = True
        self._places = {}
        holders: dict[str, str] = {}
        groups = list(self._matching_groups())
        tasks = [group for group in groups if holds_attempts(group)]
        found = [file for group in tasks for file in self._files_of(group, holders)]
        found += [self._component(group) for group in groups if tells_of_attempts(group)]
        if not found:
            raise SourceMissing(
                f"{self.address}: nothing was written there in the last {self._lookback_hours} hours; check "
                "that Airflow's remote logging is on (on MWAA: that task logs are enabled), or give a longer "
                "?lookbackHours="
            )
        log.info("%s: %d streams in the window", self.address, len(found))
        yield from sorted(found, key=lambda file: file.path)

    def read(self, file: SourceFile) -> bytes:
        """The whole stream as text."""
        return b"".join(self._content(file))

    @contextmanager
    def open(self, file: SourceFile) -> Iterator[IO[bytes]]:
        """The stream's text, holding one page of events at a time."""
        with io.BufferedReader(_Pages(self._content(file)), _BUFFER_BYTES) as stream:
            yield stream

    def _matching_groups(self) -> Iterator[str]:
        seen: set[str] = set()
        for name in self._names:
            # A group that is named needs no right to list the account's groups.
            matching = self._groups_below(name[:-1]) if name.endswith("*") else [name]
            for group in matching:
                if group not in seen:
                    seen.add(group)
                    yield group

    def _groups_below(self, prefix: str) -> list[str]:
        matching = sorted(self._calls.groups(prefix))
        if not matching:
            raise SourceMissing(
                f"{self.address}: no log group's name starts with {prefix}; "
                "check the prefix, the region and the account"
            )
        return [group for group in matching if holds_attempts(group) or tells_of_attempts(group)]

    def _component(self, group: str) -> SourceFile:
        path = f"{group.strip('/')}/{FILE}"
        self._places[path] = (group, "")
        return SourceFile(path, 0, str(int(self._listed_at)), self._listed_at)

    def commit(self) -> None:
        """The report is written: the next run need not look back further than to this listing."""
        if self._marks and self._has_listed:
            self._marks.put(self._listed_at)

    def _since(self) -> float:
        """The lookback; further, where the last report is older than that: nothing between may be lost."""
        since = self._listed_at - self._lookback_hours * _HOUR
        mark = self._marks.get() if self._marks else None
        if mark is not None:
            since = min(since, max(mark - _OVERLAP_SECONDS, self._listed_at - _MOST_DAYS * 24 * _HOUR))
        return since - _LATE_SECONDS

    def _files_of(self, group: str, holders: dict[str, str]) -> Iterator[SourceFile]:
        since = self._since()
        for stream in self._calls.streams(group):
            written_at = _written_at(stream)
            if written_at >= since:
                name = stream["logStreamName"]
                self._refuse_twins(name, holders.setdefault(name, group), group)
                path = self._path(group, name)
                if path in self._places:
                    # The order changes while streams are written to, and some come twice.
                    continue
                self._places[path] = (group, name)
                version = str(stream.get("lastIngestionTime") or stream.get("creationTime") or 0)
                yield SourceFile(path, stream.get("storedBytes", 0), version, written_at)
            elif stream.get("lastEventTimestamp") and written_at < since - _STALE_SECONDS:
                return

    def _path(self, group: str, stream: str) -> str:
        is_single = len(self._names) == 1 and not self._names[0].endswith("*")
        return path_of(stream) if is_single else f"{group.strip('/')}/{path_of(stream)}"

    def _refuse_twins(self, stream: str, holder: str, group: str) -> None:
        if holder != group and "attempt=" in stream:
            # Their attempts would be taken for one another's.
            raise SourceUnreadable(
                f"{self.address}: the groups {holder} and {group} both hold the stream {stream}, so they "
                "belong to different Airflows; audit each by an address of its own"
            )

    def _content(self, file: SourceFile) -> Iterator[bytes]:
        if file.path not in self._places:
            raise SourceMissing(f"{self.address}: {file.path} was not listed there")
        place = "/".join(self._places[file.path])
        if self._max_events and self._events_read == self._max_events:
            raise self._spent(place)
        if not self._places[file.path][1]:
            yield from self._component_content(file, place)
            return
        began = self._clocks.elapsed()
        text = Lines()
        events_read = notes = 0
        for events in self._calls.pages(*self._places[file.path], self._listed_at + _SKEW_SECONDS):
            self._count(len(events), place)
            told = [event for event in events if not is_note(event)]
            events_read += len(events)
            notes += len(events) - len(told)
            yield text.of(told)
            if self._clocks.elapsed() - began > STREAM_SECONDS:
                raise SourceUnreadable(
                    f"{place}: not read to its end within {STREAM_SECONDS:.0f} seconds, after {events_read} "
                    "events; its outcome is not known. Run when CloudWatch Logs is less busy"
                )
        if notes and notes == events_read:
            raise SourceMissing(f"{place}: holds no log, only Airflow's note that there was none")

    def _component_content(self, file: SourceFile, place: str) -> Iterator[bytes]:
        group = self._places[file.path][0]
        for text, events in found_in(self._calls, group, self._since(), self._listed_at + _SKEW_SECONDS):
            self._count(events, place)
            yield text

    def _count(self, events: int, place: str) -> None:
        self._events_read += events
        if self._max_events and self._events_read > self._max_events:
            self._events_read = self._max_events
            raise self._spent(place)

    def _spent(self, place: str) -> SourceUnreadable:
        return SourceUnreadable(
            f"{place}: not read to its end, maxEvents of {self._max_events} is used up; raise it"
        )


class _Pages(io.RawIOBase):
    """Pages of text as one stream."""

    def __init__(self, pages: Iterator[bytes]) -> None:
        self._pages = pages
        # Now, so that whoever opens a stream that has gone learns it at once.
        self._page = next(pages, b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401, the base class takes any buffer
        """The next bytes; 0 at the end."""
        while not self._page:
            page = next(self._pages, None)
            if page is None:
                return 0
            self._page = page
        part = self._page[: len(buffer)]
        buffer[: len(part)] = part
        self._page = self._page[len(part) :]
        return len(part)


def _written_at(stream: "LogStreamTypeDef") -> float:
    """When a stream was last written to, as far as CloudWatch tells; seconds since the epoch."""
    times = (stream.get("lastIngestionTime"), stream.get("lastEventTimestamp"), stream.get("creationTime"))
    return max(each or 0 for each in times) / 1000
