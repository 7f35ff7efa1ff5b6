"""`airflow+https://` and `mwaa://`: the run history of an Airflow 2 or 3, read through its REST API."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from operator import attrgetter
from typing import TypeVar
from urllib.parse import quote

import httpx

from dagaudit.adapters import airflow_rows
from dagaudit.adapters.airflow_client import AirflowClient, Credentials, Row, check_options
from dagaudit.adapters.airflow_errors import CallsSpent, NotSignedIn, Unreachable
from dagaudit.adapters.airflow_rows import Rows
from dagaudit.address import Address
from dagaudit.errors import AccessRefused, DagAuditError, SourceUnreadable
from dagaudit.finding import Failure
from dagaudit.run_history import (
    BY_HAND,
    EventRecord,
    HealthRecord,
    History,
    RunRecord,
    TaskInstanceRecord,
)

Record = TypeVar("Record")

PART = "history"
MOST_TRIED = 500
"""Task instances whose tries are read one by one, each a request."""
MOST_RUNS = 1_000
"""Runs whose task instances are read one by one, where Airflow 2 leaves no other way."""
# What no other listing shows: faults of the infrastructure, and what people did.
EVENTS = ("heartbeat timeout", "state mismatch", *BY_HAND)
UNENDED = ("none", "scheduled", "queued", "running", "restarting", "deferred", "up_for_reschedule")

CHANGING = ("runs", "task instances", "tries", "event log", "rows")
"""Parts of which only what changed is read: what one of them lacks must be asked for again."""


class AirflowHistory:
    """The run history at an address; each read opens and closes its own connections.

    Raises:
        SpecInvalid: an option of the address has no such value.
    """

    def __init__(
        self,
        address: Address,
        credentials: Credentials | None = None,
        pause: Callable[[float], None] = time.sleep,
        transport: Callable[[], httpx.BaseTransport] | None = None,
    ) -> None:
        check_options(address)
        self._transport = transport
        self.address = str(address.with_options({}))
        self._place = address
        self._credentials = credentials or Credentials()
        self._pause = pause

    def read(self, since: datetime) -> History:
        """Every run and task instance that changed since then, and how Airflow is now.

        Raises:
            AccessRefused: the credentials are missing or wrong.
            SourceUnreadable: nothing at all could be read.
        """
        way = self._transport() if self._transport else None
        client = AirflowClient(self._place, self._credentials, self._pause, way)
        try:
            return Reading(client, since.astimezone(UTC)).all()
        finally:
            client.close()


class Reading:
    """One read; a part that fails costs the others nothing, unless the server is gone."""

    def __init__(self, client: AirflowClient, since: datetime) -> None:
        self.client = client
        self.since = since
        self.rows = Rows()
        self.failures: list[Failure] = []
        self.parts = 0
        self.complete = True
        self.gone: str | None = None
        self.api, self.version = client.connect()
        # The server's clock, before the first listing: what changes meanwhile comes with the next read.
        self.read_at = client.server_time or datetime.now(UTC)

    def all(self) -> History:
        """Everything, the parts that matter most first."""
        v2 = self.api == "v2"
        health = self.part("health", self._health())
        dags = self.part("dags", self.listed("dags", "dags", airflow_rows.dag))
        runs = self.part("runs", self._runs())
        instances = self.part("task instances", self._instances() if v2 else self._instances_by_run(runs))
        tries = self.part("tries", self._tries(instances))
        found = History(
            airflow_version=self.version,
            read_at=self.read_at,
            since=self.since,
            health=health,
            dags=_unique(dags, attrgetter("dag_id")),
            runs=_unique(runs, attrgetter("key")),
            task_instances=_unique(instances, attrgetter("key")),
            tries=_unique(tries, attrgetter("try_key")),
            pools=self.part("pools", self.listed("pools", "pools", airflow_rows.pool)),
            jobs=self.part("jobs", self.listed("jobs", "jobs", airflow_rows.job)) if v2 else (),
            import_errors=self.part(
                "import errors", self.listed("importErrors", "import_errors", airflow_rows.import_error)
            ),
            warnings=self.part(
                "DAG warnings", self.listed("dagWarnings", "dag_warnings", airflow_rows.warning)
            ),
            events=self.part("event log", self._events()),
        )
        return self._closed(found)

    def attempts(self) -> tuple[TaskInstanceRecord, ...]:
        """Task instances that changed since then, and their tries; those still running are among them.

        Raises:
            AccessRefused: the credentials are missing or wrong.
            SourceUnreadable: nothing at all could be read.
        """
        if self.api == "v2":
            listed = self._instances()
        else:
            runs = self.part("runs", self._runs())
            self._refuse_nothing()
            listed = self._instances_by_run(runs)
        instances = self.part("task instances", listed)
        self._refuse_nothing()
        return (*instances, *self.part("tries", self._tries(instances, even_running=True)))

    def part(self, name: str, records: Iterable[Record]) -> tuple[Record, ...]:
        """What came of a part before it ended or failed."""
        self.parts += 1
        found: list[Record] = []
        try:
            if self.gone is None:
                found.extend(records)
                return tuple(found)
        except (Unreachable, CallsSpent) as error:
            self.gone = str(error)
        except NotSignedIn:
            raise
        except AccessRefused as error:
            # A role without audit logs will lack them tomorrow too: no reason to read all else again.
            self._failed(name, str(error), len(found), again=name != "event log")
            return tuple(found)
        except DagAuditError as error:
            self._failed(name, str(error), len(found))
            return tuple(found)
        self._failed(name, self.gone or "", len(found))
        return tuple(found)

    def _failed(self, name: str, message: str, came: int, *, again: bool = True) -> None:
        self.complete = self.complete and not (again and name in CHANGING)
        some = f" ({came} were read before)" if came else ""
        self.failures.append(Failure(part=PART, path=self.client.address, message=f"{name}: {message}{some}"))

    def _closed(self, found: History) -> History:
        self._refuse_nothing()
        if self.rows.unreadable:
            self._failed("rows", f"{self.rows.unreadable} lack what every row has, and were left out", 0)
        return found.model_copy(
            update={
                "unknown_values": dict(sorted(self.rows.unknown.items())),
                "failures": tuple(self.failures),
                "complete": self.complete,
                "calls": self.client.calls,
            }
        )

    def _refuse_nothing(self) -> None:
        if len(self.failures) == self.parts:
            raise SourceUnreadable(self.failures[0].message)

    def listed(self, path: str, key: str, make: Callable[[Row], Record]) -> Iterator[Record]:
        """A listing that is read whole each time."""
        yield from self.rows.records(self.client.rows(path, key), make)

    def _health(self) -> Iterator[HealthRecord]:
        yield from airflow_rows.health(self.client.get("monitor/health" if self.api == "v2" else "health"))

    def _runs(self) -> Iterator[RunRecord]:
        rows = self.client.rows("dags/~/dagRuns", "dag_runs", self._changed(), cursor=True)
        yield from self.rows.records(rows, self.rows.run)

    def _instances(self) -> Iterator[TaskInstanceRecord]:
        # By cursor: these rows can be ordered by nothing that stays the same while they change.
        path = "dags/~/dagRuns/~/taskInstances"
        rows = self.client.rows(path, "task_instances", self._changed(), cursor=True)
        yield from self.rows.records(rows, self.rows.task_instance)

    def _instances_by_run(self, runs: Iterable[RunRecord]) -> Iterator[TaskInstanceRecord]:
        """Airflow 2 lists them in no order at all, so that only within a run all of them are sure to come."""
        newest = sorted(runs, key=lambda run: (run.state == "failed", _moment(run.run_after)), reverse=True)
        for run in newest[:MOST_RUNS]:
            path = f"dags/{_quoted(run.dag_id)}/dagRuns/{_quoted(run.run_id)}/taskInstances"
            yield from self.rows.records(self.client.rows(path, "task_instances"), self.rows.task_instance)
        if len(newest) > MOST_RUNS:
            raise SourceUnreadable(f"of {len(newest)} runs only those of {MOST_RUNS} were asked for")

    def _tries(
        self, instances: Iterable[TaskInstanceRecord], *, even_running: bool = False
    ) -> Iterator[TaskInstanceRecord]:
        """Of what was tried once the task instance itself tells all."""
        again = [
            one for one in instances if one.try_number > 1 and (even_running or one.state not in UNENDED)
        ]
        again.sort(key=lambda one: (_moment(one.ended_at), one.key), reverse=True)
        for one in again[:MOST_TRIED]:
            index = f"/{one.map_index}" if one.map_index >= 0 else ""
            rows = self.client.get(f"{instance_path(one)}{index}/tries").get("task_instances") or ()
            yield from self.rows.records(rows, self.rows.task_instance)
        if len(again) > MOST_TRIED:
            raise SourceUnreadable(f"of {len(again)} retried ones the newest {MOST_TRIED} were asked for")

    def _events(self) -> Iterator[EventRecord]:
        names: list[str] | str = list(EVENTS)
        if self.api == "v1":
            names = ",".join((*EVENTS, *(f"{way}{name}" for way in airflow_rows.WAYS for name in BY_HAND)))
        params = {"included_events": names, "after": self.since.isoformat()}
        rows = self.client.rows("eventLogs", "event_logs", params)
        yield from self.rows.records(rows, airflow_rows.event)

    def _changed(self) -> dict[str, str]:
        return {"updated_at_gte": self.since.isoformat()}


def _unique(records: Iterable[Record], key: Callable[[Record], tuple[object, ...]]) -> tuple[Record, ...]:
    """Sorted, each once: rows that move between pages come twice."""
    by_key = {key(one): one for one in records}
    return tuple(by_key[each] for each in sorted(by_key))


def instance_path(one: TaskInstanceRecord) -> str:
    """Where a task instance stands in the API; its map index comes behind."""
    run = f"dags/{_quoted(one.dag_id)}/dagRuns/{_quoted(one.run_id)}"
    return f"{run}/taskInstances/{_quoted(one.task_id)}"


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _moment(when: datetime | None) -> float:
    return when.timestamp() if when else 0.0
