"""`airflow+https://` as a log source: logs of failed attempts, read through Airflow's REST API.

The fallback where the logs themselves cannot be read: every line passes through somebody's API server, so
that only attempts that failed are asked for, with those by which they recovered, and only so many of them.
"""

import io
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO

from dagaudit.adapters.airflow import Reading, instance_path
from dagaudit.adapters.airflow_client import AirflowClient, Credentials, check_options
from dagaudit.adapters.airflow_errors import AnswerTooLarge
from dagaudit.adapters.airflow_log_text import Content, text_log
from dagaudit.adapters.watermark import Watermark
from dagaudit.address import Address
from dagaudit.errors import SourceMissing, SourceUnreadable
from dagaudit.ports import SourceFile
from dagaudit.run_history import TaskInstanceRecord

DEFAULT_LOOKBACK_HOURS = 24
MOST_LOGS = 1_000
"""Read at one time, the newest."""
MOST_ANSWERS = 50
"""That one log may come in."""
FAILED, ENDED = ("failed", "up_for_retry"), ("failed", "up_for_retry", "success")
_SECONDS_BETWEEN = 0.1
_OVERLAP = timedelta(minutes=15)
_LONGEST = timedelta(days=7)
_GONE_AFTER = 5
"""Logs in vain, one after the other: each has been asked for several times."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the source takes the time from, and waits by."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    elapsed: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


class AirflowLogs:
    """Failed attempts of the window as files in Airflow's path layout.

    Raises:
        SpecInvalid: an option of the address has no such value.
    """

    lists_failures_alone = True

    def __init__(
        self,
        address: Address,
        credentials: Credentials | None = None,
        clocks: Clocks | None = None,
        marks: Watermark | None = None,
    ) -> None:
        check_options(address)
        self.address = str(address.with_options({}))
        self._hours = int(address.options.get("lookbackHours") or DEFAULT_LOOKBACK_HOURS)
        self._clocks = clocks or Clocks()
        self._marks = marks
        self._listed_until: float | None = None
        self._attempts: dict[str, TaskInstanceRecord] = {}
        self._left_out: dict[str, str] = {}
        self._in_vain = 0
        self._last_at = float("-inf")
        self._client = AirflowClient(address, credentials or Credentials(), self._clocks.pause)
        self._api = ""
        weakref.finalize(self, self._client.close)

    def files(self) -> Iterator[SourceFile]:
        """Failed attempts that ended within the look-back, sorted by path.

        Raises:
            AccessRefused: the credentials are missing or wrong.
            SourceUnreadable: the attempts cannot be listed.
        """
        since = self._since()
        reading = Reading(self._client, since)
        self._api = reading.api
        records = _wanted(reading.attempts(), since)
        newest = sorted(records, key=lambda one: (_ended(one), one.try_key), reverse=True)
        self._attempts = {_path(one): one for one in newest[:MOST_LOGS]}
        self._left_out = {
            f"not listed {place}/": failure.message for place, failure in enumerate(reading.failures, 1)
        }
        if reading.rows.unreadable:
            self._left_out["unreadable rows/"] = (
                f"{reading.rows.unreadable} task instances lack what every row has, and were left out"
            )
        if len(newest) > MOST_LOGS:
            self._left_out["older attempts/"] = (
                f"{self.address}: of {len(newest)} logs the newest {MOST_LOGS} are read; give a shorter "
                "?lookbackHours=, or the place where Airflow keeps the logs"
            )
        # What failed to be listed is looked for again.
        self._listed_until = None if self._left_out else reading.read_at.timestamp()
        files = [SourceFile(path, 0, "") for path in self._left_out]
        files += [SourceFile(path, 0, str(_ended(one)), _ended(one)) for path, one in self._attempts.items()]
        yield from sorted(files, key=lambda file: file.path)

    def read(self, file: SourceFile) -> bytes:
        """The whole log, as the lines of its file.

        Raises:
            SourceMissing: Airflow has no such log.
            SourceUnreadable: it cannot be read.
        """
        if file.path in self._left_out:
            raise SourceUnreadable(self._left_out[file.path])
        if file.path not in self._attempts:
            raise SourceMissing(f"{self.address}: {file.path} was not listed there")
        if self._in_vain >= _GONE_AFTER:
            raise SourceUnreadable(
                f"{self.address}: not asked for this log, since it failed to give {_GONE_AFTER} in a row"
            )
        try:
            log = self._log(self._attempts[file.path], f"{self.address}: {file.path}")
        except (SourceMissing, AnswerTooLarge):
            raise
        except SourceUnreadable:
            self._in_vain += 1
            raise
        self._in_vain = 0
        return log

    @contextmanager
    def open(self, file: SourceFile) -> Iterator[IO[bytes]]:
        """The log as a stream; it is held whole."""
        yield io.BytesIO(self.read(file))

    def commit(self) -> None:
        """The report is written: the next run need not look back further than to this listing."""
        if self._marks and self._listed_until is not None:
            self._marks.put(self._listed_until)

    def _since(self) -> datetime:
        """The look-back; further, where the last report is older than that."""
        now = self._clocks.now()
        since = now - timedelta(hours=self._hours)
        mark = self._marks.get() if self._marks else None
        if mark is not None:
            since = min(since, max(datetime.fromtimestamp(mark, UTC) - _OVERLAP, now - _LONGEST))
        return since

    def _log(self, one: TaskInstanceRecord, place: str) -> bytes:
        path = f"{instance_path(one)}/logs/{one.try_number}"
        params: dict[str, object] = {"full_content": "true", "map_index": one.map_index}
        if self._api == "v1":
            self._wait()
            return text_log(place, self._client.text(path, params))
        content = Content(place)
        for _ in range(MOST_ANSWERS):
            self._wait()
            answer = self._client.get(path, params)
            content.add(answer.get("content"))
            token = answer.get("continuation_token")
            if not token:
                return content.log()
            params["token"] = token
        raise SourceUnreadable(
            f"{place}: does not end within {MOST_ANSWERS} answers, so it is not known whole"
        )

    def _wait(self) -> None:
        """At most ten requests a second: the API server has users."""
        rest = _SECONDS_BETWEEN - (self._clocks.elapsed() - self._last_at)
        if rest > 0:
            self._clocks.pause(rest)
        self._last_at = self._clocks.elapsed()


def _wanted(records: Iterable[TaskInstanceRecord], since: datetime) -> list[TaskInstanceRecord]:
    """Attempts that failed in the window, and how their task instances went on; each once."""
    ended = {
        one.try_key: one
        for one in records
        if one.try_number and one.state in ENDED and (one.ended_at is None or one.ended_at >= since)
    }
    failed = {one.key for one in ended.values() if one.state in FAILED}
    return [one for one in ended.values() if one.key in failed]


def _ended(one: TaskInstanceRecord) -> float:
    return one.ended_at.timestamp() if one.ended_at else 0.0


def _path(one: TaskInstanceRecord) -> str:
    index = f"map_index={one.map_index}/" if one.map_index >= 0 else ""
    return (
        f"dag_id={_quoted(one.dag_id)}/run_id={_quoted(one.run_id)}/task_id={_quoted(one.task_id)}/"
        f"{index}attempt={one.try_number}.log"
    )


def _quoted(name: str) -> str:
    """As Airflow names the folder, but for what would make it another path."""
    return name.replace("%", "%25").replace("/", "%2F")
