"""How the runs of a DAG went, from Airflow's own run history.

What makes naive numbers wrong, and how that is dealt with:

- A clear overwrites a run's times and state: a cleared run counts with its outcome, never with a duration,
  a delay or a retry. It is known by a row of the event log, or by a try older than the run's start.
- Backfills and runs by hand say nothing of reliability: they are counted apart, unless a DAG has no others.
- With catchup a scheduler starts runs that were due long ago: they are not late.
- Skipped and upstream-failed task instances that never started were not executed.
- A try that will be retried has failed, though the task instance is not.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from analyzers.stat_reporter.runs import DagHistory
from dagaudit.run_history import BY_HAND, DagRecord, EventRecord, History, RunRecord, TaskInstanceRecord
from dagaudit.task_attempt import Attempt, Outcome

RunKey = tuple[str, str]

LEFT_OUT = ("backfill", "manual")
UNENDED = ("queued", "running")
CLEARS = frozenset(event for event, done in BY_HAND.items() if done == "cleared")
FAILED_STATES = ("failed", "up_for_retry")


@dataclass(frozen=True)
class DagRuns:
    """What one read brought of one DAG."""

    dag: DagRecord | None
    runs: tuple[RunRecord, ...]
    tries: tuple[TaskInstanceRecord, ...]
    """Every try that is known, those of task instances tried once among them."""
    cleared: frozenset[RunKey]
    """Runs that were cleared or marked, so that their times are no longer their own."""
    read_at: datetime
    since: datetime
    earlier: Mapping[RunKey, tuple[RunRecord, ...]] = field(default_factory=dict)
    """How cleared and marked runs had ended before, in that order."""
    by_hand: tuple[EventRecord, ...] = ()

    @cached_property
    def counted(self) -> tuple[RunRecord, ...]:
        """The runs that tell of reliability."""
        regular = tuple(run for run in self.runs if run.run_type not in LEFT_OUT)
        by_hand = tuple(run for run in self.runs if run.run_type != "backfill")
        return regular or by_hand

    @cached_property
    def attempts(self) -> DagHistory:
        """The tries of the counted runs, as attempts."""
        counted = {run.key for run in self.counted}
        return DagHistory(_attempt(one) for one in self.tries if (one.dag_id, one.run_id) in counted)

    @cached_property
    def uncleared(self) -> DagHistory:
        """Those of runs that were never cleared."""
        if not self.cleared:
            return self.attempts
        return DagHistory(
            one for one in self.attempts.attempts if (one.dag_id, one.run_id) not in self.cleared
        )


def runs_by_dag(history: History, known_since: datetime | None = None) -> dict[str, DagRuns]:
    """What each DAG's runs were; DAGs that are gone and ran nothing are left out.

    `known_since` is from when on all runs are known, where the history is only a part of them.
    """
    runs: dict[str, list[RunRecord]] = defaultdict(list)
    for run in history.runs:
        runs[run.dag_id].append(run)
    tries: dict[str, list[TaskInstanceRecord]] = defaultdict(list)
    for one in every_try(history):
        tries[one.dag_id].append(one)
    dags = {dag.dag_id: dag for dag in history.dags}
    cleared, earlier, by_hand = _cleared(history), _earlier(history), _by_hand(history)
    present = {dag.dag_id for dag in history.dags if not dag.is_stale}
    return {
        dag_id: DagRuns(
            dag=dags.get(dag_id),
            runs=tuple(runs[dag_id]),
            tries=tuple(tries[dag_id]),
            cleared=cleared,
            read_at=history.read_at,
            since=known_since or history.since,
            earlier=earlier.get(dag_id, {}),
            by_hand=tuple(by_hand.get(dag_id, ())),
        )
        for dag_id in sorted({*runs, *present})
    }


def every_try(history: History) -> list[TaskInstanceRecord]:
    """Every known try; the task instance itself is its last one."""
    listed = {one.try_key: one for one in history.tries}
    lasts = {one.try_key: one for one in history.task_instances if _executed(one)}
    every = lasts | {key: one for key, one in listed.items() if _executed(one)}
    return [every[key] for key in sorted(every)]


def _executed(one: TaskInstanceRecord) -> bool:
    if one.try_number < 1:
        return False
    return one.started_at is not None or one.state in FAILED_STATES


def _cleared(history: History) -> frozenset[RunKey]:
    by_event = {
        (event.dag_id, event.run_id)
        for event in history.events
        if event.event in CLEARS and event.dag_id and event.run_id
    }
    starts = {run.key: run.started_at for run in history.runs}
    by_time = set()
    for one in every_try(history):
        start = starts.get((one.dag_id, one.run_id))
        if start and one.started_at and one.started_at < start:
            by_time.add((one.dag_id, one.run_id))
    return frozenset(by_event | by_time | {run.key for run in history.earlier_runs})


def _earlier(history: History) -> dict[str, dict[RunKey, tuple[RunRecord, ...]]]:
    found: dict[str, dict[RunKey, tuple[RunRecord, ...]]] = defaultdict(dict)
    for run in history.earlier_runs:
        found[run.dag_id][run.key] = (*found[run.dag_id].get(run.key, ()), run)
    return found


def _by_hand(history: History) -> dict[str, list[EventRecord]]:
    found: dict[str, list[EventRecord]] = defaultdict(list)
    for event in sorted(history.events, key=lambda one: one.event_id, reverse=True):
        if event.event in BY_HAND and event.dag_id:
            found[event.dag_id].append(event)
    return found


def _attempt(one: TaskInstanceRecord) -> Attempt:
    if one.state == "success":
        outcome = Outcome.SUCCESS
    else:
        outcome = Outcome.FAILED if one.state in FAILED_STATES else Outcome.UNKNOWN
    return Attempt(
        path="",
        dag_id=one.dag_id,
        run_id=one.run_id,
        task_id=one.task_id,
        map_index=None if one.map_index < 0 else one.map_index,
        try_number=one.try_number,
        outcome=outcome,
        started_at=one.started_at,
        ended_at=one.ended_at,
    )
