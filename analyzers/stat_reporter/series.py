"""How long each task of a DAG, and the DAG itself, took from run to run.

- Only successes: a failed attempt ends when Airflow notices, and early. Only runs never cleared.
- A mapped task counts with its slowest index, as what follows waits for that one.
- A run's own duration holds its queueing; so a run that got slower while no task did has waited.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from analyzers.stat_reporter.history import DagRuns
from analyzers.stat_reporter.runs import DagHistory, seconds_of
from analyzers.stat_reporter.seasons import Timed
from dagaudit.task_attempt import Outcome

WHOLE_RUN = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Of one run: when it was due or started, its version, its seconds."""

    at: datetime
    version: str | None
    seconds: float | None


def series_from_history(dag: DagRuns) -> dict[str | None, list[Timed]]:
    """By task id, and under None the whole run; in order of time."""
    facts = {}
    for run in dag.counted:
        at = run.run_after or run.started_at
        if run.state != "success" or run.key in dag.cleared or at is None:
            continue
        both = run.started_at and run.ended_at
        seconds = (run.ended_at - run.started_at).total_seconds() if both else None  # type: ignore[operator]
        facts[run.run_id] = RunFacts(at, run.version, seconds)
    return _series(facts, dag.attempts)


def series_from_logs(history: DagHistory) -> dict[str | None, list[Timed]]:
    """The same from attempts alone: backfills and clears are not known there."""
    facts = {
        run.run_id: RunFacts(run.started_at, None, run.seconds)
        for run in history.runs
        if run.outcome is Outcome.SUCCESS and run.started_at
    }
    return _series(facts, history)


def _series(facts: dict[str, RunFacts], history: DagHistory) -> dict[str | None, list[Timed]]:
    slowest: dict[tuple[str, str], float] = {}
    for one in history.attempts:
        seconds = seconds_of(one)
        if one.run_id in facts and one.outcome is Outcome.SUCCESS and seconds is not None:
            key = (one.task_id, one.run_id)
            slowest[key] = max(seconds, slowest.get(key, 0.0))
    found: dict[str | None, list[Timed]] = defaultdict(list)
    for (task_id, run_id), seconds in slowest.items():
        found[task_id].append(_timed(run_id, facts[run_id], seconds))
    found[WHOLE_RUN] = [
        _timed(run_id, fact, fact.seconds) for run_id, fact in facts.items() if fact.seconds is not None
    ]
    return {name: _in_order(points) for name, points in sorted(found.items(), key=lambda item: item[0] or "")}


def _timed(run_id: str, fact: RunFacts, seconds: float) -> Timed:
    return Timed(fact.at, seconds, run_id, fact.version)


def _in_order(points: Iterable[Timed]) -> list[Timed]:
    return sorted(points, key=lambda point: (point.at, point.run_id))
