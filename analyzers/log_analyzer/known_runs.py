"""What Airflow's own history knows of attempts: how they ended, and what was done to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from analyzers.log_analyzer.layout import AttemptKey
from dagaudit.run_history import BY_HAND, EventRecord, History, TaskInstanceRecord
from dagaudit.task_attempt import Outcome

_Key = tuple[str, str, str, int]
_FAILED = frozenset({"failed", "up_for_retry", "restarting"})
HEARTBEAT, MISMATCH = "heartbeat timeout", "state mismatch"


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended by Airflow's word."""

    outcome: Outcome
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownRuns:
    """Look-ups over a history; empty where there is none."""

    _ends: dict[tuple[_Key, int], Ended] = field(default_factory=dict)
    _events: dict[_Key, tuple[EventRecord, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, history: History | None) -> "KnownRuns":
        """The look-ups for a history."""
        if history is None:
            return cls()
        # A task instance tells of its last try; tries tell of those before it.
        rows = (*history.task_instances, *history.tries)
        ends = {(row.key, row.try_number): _ended(row) for row in rows}
        events: dict[_Key, list[EventRecord]] = {}
        for event in history.events:
            if event.dag_id and event.run_id:
                index = event.map_index if event.map_index is not None else -1
                key = (event.dag_id, event.run_id, event.task_id or "", index)
                events.setdefault(key, []).append(event)
        return cls(ends, {key: tuple(found) for key, found in events.items()})

    def end_of(self, key: AttemptKey) -> Ended | None:
        """How the attempt ended; None where history does not know, or it still runs."""
        found = self._ends.get((_plain(key), key.try_number))
        return found if found and found.outcome is not Outcome.UNKNOWN else None

    def fault_of(self, key: AttemptKey) -> str | None:
        """The event that says that Airflow lost the attempt, the plainer of the two first."""
        names = {event.event for event in self._about(key)}
        return next((name for name in (HEARTBEAT, MISMATCH) if name in names), None)

    def hand_on(self, key: AttemptKey) -> EventRecord | None:
        """What a person did to the attempt's task, or to its whole run."""
        by_hand = [event for event in self._about(key, whole_run=True) if event.event in BY_HAND]
        return by_hand[-1] if by_hand else None

    def _about(self, key: AttemptKey, *, whole_run: bool = False) -> Iterable[EventRecord]:
        dag_id, run_id, task_id, index = _plain(key)
        keys = [(dag_id, run_id, task_id, index)] + ([(dag_id, run_id, "", -1)] if whole_run else [])
        for each in keys:
            for event in self._events.get(each, ()):
                if event.try_number in (None, key.try_number):
                    yield event


def _plain(key: AttemptKey) -> _Key:
    return key.instance[0], key.instance[1], key.instance[2], key.instance[3]


def _ended(row: TaskInstanceRecord) -> Ended:
    outcome = (
        Outcome.FAILED
        if row.state in _FAILED
        else Outcome.SUCCESS
        if row.state == "success"
        else Outcome.UNKNOWN
    )
    return Ended(outcome, row.started_at, row.ended_at)
