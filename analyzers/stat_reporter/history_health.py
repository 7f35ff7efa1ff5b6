"""How Airflow itself is, from what its history says beside the runs."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from analyzers.masking import mask
from analyzers.stat_reporter.history import UNENDED
from dagaudit.dag_stats import DagStats
from dagaudit.finding import Failure, Metric
from dagaudit.run_history import History, JobRecord

PART = "airflow"
ALIVE = timedelta(seconds=60)
"""Heartbeats come every few seconds; Airflow itself calls 30 without one unhealthy."""
COMPONENTS = {"SchedulerJob": "scheduler", "TriggererJob": "triggerer", "DagProcessorJob": "dag_processor"}
HEALTHY = "healthy"
STATE_OF_AFFAIRS = {
    "scheduler": "no run is started and no task is queued until it is restarted",
    "triggerer": "deferred tasks wait until it is restarted",
    "dag_processor": "changes of DAG files are not seen until it is restarted",
    "metadatabase": "Airflow can do nothing until its database answers",
}
MOST_NAMED = 5


def health_failures(history: History, address: str) -> tuple[Failure, ...]:
    """What is wrong with Airflow, one sentence each."""
    said = [
        *_unhealthy(history),
        *_import_errors(history),
        *_missing_pools(history),
        *_unknown_words(history),
    ]
    return tuple(Failure(part=PART, path=address, message=mask(each)) for each in said)


def health_metrics(history: History, dags: Iterable[DagStats]) -> tuple[Metric, ...]:
    """The numbers worth a time series."""
    every = [dag.runs.history for dag in dags if dag.runs and dag.runs.history]
    alive = Counter(job.job_type for job in history.jobs if _is_alive(job, history))
    dead = dead_components(history)
    known = {one.component for one in history.health if one.status} | set(dead)
    events = Counter(event.event for event in history.events)
    return (
        *(
            Metric(name="component_healthy", value=float(each not in dead), labels={"component": each})
            for each in sorted(known)
        ),
        *(
            Metric(name="jobs_alive", value=alive[kind], labels={"type": kind})
            for kind in sorted({job.job_type for job in history.jobs})
        ),
        *(
            Metric(
                name="pool_occupied_ratio",
                value=round(one.occupied / one.slots, 6),
                labels={"pool": one.name},
            )
            for one in history.pools
            if one.slots > 0
        ),
        *(
            Metric(name="pool_waiting", value=one.queued + one.scheduled, labels={"pool": one.name})
            for one in history.pools
        ),
        *(
            Metric(name="airflow_events", value=count, labels={"event": name})
            for name, count in sorted(events.items())
        ),
        Metric(name="missed_runs", value=sum(one.missed_since is not None for one in every)),
        Metric(name="late_runs", value=sum(one.late_runs for one in every)),
        Metric(name="stuck_runs", value=sum(len(one.stuck_runs) for one in every)),
        Metric(name="cleared_runs", value=sum(one.cleared_runs for one in every)),
        Metric(name="import_errors", value=len(history.import_errors)),
        Metric(name="dag_warnings", value=len(history.warnings)),
        Metric(name="history_requests", value=history.calls),
    )


def dead_components(history: History) -> dict[str, str]:
    """Component to when it was last heard of.

    The health page looks at the newest daemon of a kind only, and a killed one stays `running` in the list
    of jobs: a component is dead where the page says so, or where no job of its kind has a fresh heartbeat.
    """
    dead = {}
    for one in history.health:
        if one.status not in (None, HEALTHY):
            dead[one.component] = _since(one.latest_heartbeat)
    for kind, component in COMPONENTS.items():
        jobs = [job for job in history.jobs if job.job_type == kind and job.state == "running"]
        if jobs and not any(_is_alive(job, history) for job in jobs):
            newest = max((job.latest_heartbeat for job in jobs if job.latest_heartbeat), default=None)
            dead.setdefault(component, _since(newest))
    return dict(sorted(dead.items()))


def _unhealthy(history: History) -> list[str]:
    return [
        f"Airflow's {component.replace('_', ' ')} is unhealthy: {heard};"
        f" {STATE_OF_AFFAIRS.get(component, 'look at its log')}"
        for component, heard in dead_components(history).items()
    ]


def _import_errors(history: History) -> list[str]:
    return [
        f"Airflow cannot import {one.path}: {_last_line(one.stack_trace)}; its DAGs do not run as they stand"
        for one in sorted(history.import_errors, key=lambda one: one.path)
    ]


def _missing_pools(history: History) -> list[str]:
    """Airflow says this in its scheduler's log only; the run waits for ever."""
    pools = {one.name for one in history.pools}
    if not pools:
        return []
    running = {run.key for run in history.runs if run.state in UNENDED}
    waiting: dict[str, set[str]] = {}
    for one in history.task_instances:
        waits = one.state == "scheduled" and (one.dag_id, one.run_id) in running
        if waits and one.pool and one.pool not in pools:
            waiting.setdefault(one.pool, set()).add(f"{one.dag_id}.{one.task_id}")
    return [
        f"the pool {pool} does not exist, and {_named(tasks)} wait for it for ever; create it in Airflow"
        for pool, tasks in sorted(waiting.items())
    ]


def _unknown_words(history: History) -> list[str]:
    if not history.unknown_values:
        return []
    words = ", ".join(f"{word} ({count})" for word, count in sorted(history.unknown_values.items()))
    return [f"Airflow uses words that this version does not know, counted as neither good nor bad: {words}"]


def _is_alive(job: JobRecord, history: History) -> bool:
    heard = job.latest_heartbeat
    return job.state == "running" and heard is not None and history.read_at - heard < ALIVE


def _since(heard: datetime | None) -> str:
    return f"last heartbeat {heard:%Y-%m-%d %H:%M:%S} UTC" if heard else "it was never heard of"


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip()[:200] if lines else "no reason is given"


def _named(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = len(ordered) - MOST_NAMED
    return ", ".join(ordered[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
