"""The four calls to CloudWatch Logs, each at its own pace and with its own end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from dagaudit.adapters.cloudwatch_errors import LOGS_ERRORS, source_error

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import (
        FilteredLogEventTypeDef,
        LogStreamTypeDef,
        OutputLogEventTypeDef,
    )

# Below an account's quotas, which the audit shares with dashboards and with Airflow's own UI.
GROUPS_PER_SECOND = 5.0
STREAMS_PER_SECOND = 10.0
EVENTS_PER_SECOND = 20.0
FILTERED_PER_SECOND = 4.0


class Bucket:
    """A token bucket: lets so many calls through per second, and as many at once after a rest."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._per_second = per_second
        self._clock = clock
        self._sleep = sleep
        self._tokens = per_second
        self._filled_at = clock()
        self._lock = Lock()

    def take(self) -> None:
        """Wait for the next token."""
        with self._lock:
            now = self._clock()
            gained = (now - self._filled_at) * self._per_second
            self._tokens = min(self._per_second, self._tokens + gained) - 1
            self._filled_at = now
            wait = -self._tokens / self._per_second
        if wait > 0:
            self._sleep(wait)


class Calls:
    """Groups, streams and events page by page; boto3's errors end here."""

    def __init__(self, client: "CloudWatchLogsClient", place: str) -> None:
        self._client = client
        self.place = place
        self._groups = Bucket(GROUPS_PER_SECOND)
        self._streams = Bucket(STREAMS_PER_SECOND)
        self._events = Bucket(EVENTS_PER_SECOND)
        self._filtered = Bucket(FILTERED_PER_SECOND)

    def groups(self, prefix: str) -> Iterator[str]:
        """The name of every group that starts so."""
        wanted: dict[str, Any] = {"logGroupNamePrefix": prefix}
        while True:
            self._groups.take()
            with self._explained(f"{prefix}*", "logs:DescribeLogGroups"):
                page = self._client.describe_log_groups(**wanted)
            for group in page.get("logGroups", ()):
                yield group["logGroupName"]
            if not page.get("nextToken"):
                return
            wanted["nextToken"] = page["nextToken"]

    def streams(self, group: str) -> Iterator["LogStreamTypeDef"]:
        """The streams of a group, those with the newest events first."""
        wanted: dict[str, Any] = {"logGroupName": group, "orderBy": "LastEventTime", "descending": True}
        while True:
            self._streams.take()
            with self._explained(group, "logs:DescribeLogStreams"):
                page = self._client.describe_log_streams(**wanted)
            yield from page.get("logStreams", ())
            if not page.get("nextToken"):
                return
            wanted["nextToken"] = page["nextToken"]

    def pages(self, group: str, stream: str, until: float) -> Iterator[list["OutputLogEventTypeDef"]]:
        """A stream's events from its head on, up to a time; a page may be empty and more may follow."""
        wanted: dict[str, Any] = {
            "logGroupName": group,
            "logStreamName": stream,
            "startFromHead": True,
            # Without it, a stream that is still being written might never end.
            "endTime": int(until * 1000),
        }
        while True:
            self._events.take()
            with self._explained(f"{group}/{stream}", "logs:GetLogEvents"):
                page = self._client.get_log_events(**wanted)
            yield page.get("events", [])
            token = page.get("nextForwardToken")
            # Only the token that was sent, coming back, is the end.
            if not token or token == wanted.get("nextToken"):
                return
            wanted["nextToken"] = token

    def matching(
        self, group: str, pattern: str, since: float, until: float
    ) -> Iterator[list["FilteredLogEventTypeDef"]]:
        """Events of a whole group that match, between two times; an empty page is not the end."""
        wanted: dict[str, Any] = {
            "logGroupName": group,
            "filterPattern": pattern,
            "startTime": int(since * 1000),
            "endTime": int(until * 1000),
        }
        while True:
            self._filtered.take()
            with self._explained(group, "logs:FilterLogEvents"):
                page = self._client.filter_log_events(**wanted)
            yield page.get("events", [])
            token = page.get("nextToken")
            # Only its absence is the end; the same token again would never end.
            if not token or token == wanted.get("nextToken"):
                return
            wanted["nextToken"] = token

    @contextmanager
    def _explained(self, what: str, action: str) -> Iterator[None]:
        try:
            yield
        except LOGS_ERRORS as error:
            raise source_error(error, f"{self.place}/{what}", action) from error
