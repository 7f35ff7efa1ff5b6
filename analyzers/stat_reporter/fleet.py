"""All DAGs together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from analyzers.stat_reporter.numbers import wilson
from dagaudit.dag_stats import DagStats, DayStats, FleetStats
from dagaudit.finding import Metric
from dagaudit.run_problem import ProblemKind

UNKNOWN = "unknown"
NOT_SCHEDULED = ("manual", "@once")


def fleet_of(dags: Sequence[DagStats]) -> FleetStats:
    """The fleet in numbers."""
    with_source = [dag for dag in dags if dag.structure]
    operators: Counter[str] = Counter()
    for dag in with_source:
        operators.update(dag.structure.operators if dag.structure else {})
    histories = [dag.runs for dag in dags if dag.runs]
    return FleetStats(
        dags=len(dags),
        tasks=sum(dag.structure.tasks for dag in with_source if dag.structure),
        scheduled_dags=sum(dag.schedule is not None and dag.schedule not in NOT_SCHEDULED for dag in dags),
        operators=_counted(operators),
        owners=_counted(Counter(dag.owner or UNKNOWN for dag in dags)),
        schedules=_counted(Counter(dag.schedule or UNKNOWN for dag in dags)),
        runs=sum(runs.runs for runs in histories),
        failed_runs=sum(runs.failed_runs for runs in histories),
        attempts=sum(runs.attempts for runs in histories),
        failed_attempts=sum(runs.failed_attempts for runs in histories),
        days=_days(day for runs in histories for day in runs.days),
    )


def metrics_of(dags: Sequence[DagStats], fleet: FleetStats, now: datetime) -> tuple[Metric, ...]:
    """The numbers worth a time series: a few of the fleet, and the age of every DAG's last success."""
    histories = [dag.runs for dag in dags if dag.runs]
    totals = [
        ("dags", fleet.dags),
        ("tasks", fleet.tasks),
        ("scheduled_dags", fleet.scheduled_dags),
    ]
    seconds: list[tuple[str, float]] = []
    if histories:
        totals += [
            ("runs", fleet.runs),
            ("failed_runs", fleet.failed_runs),
            ("attempts", fleet.attempts),
            ("failed_attempts", fleet.failed_attempts),
            ("unknown_attempts", sum(runs.unknown_attempts for runs in histories)),
            ("retries", sum(runs.retries for runs in histories)),
            ("recovered_by_retry", sum(runs.recovered_by_retry for runs in histories)),
        ]
        seconds.append(("wasted_seconds", round(sum(runs.wasted_seconds for runs in histories), 6)))
    return (
        *(Metric(name=name, value=value) for name, value in totals),
        *(Metric(name=name, value=value, unit="seconds") for name, value in seconds),
        *_success_rate(known_runs(dags)),
        *_ages(dags, now),
    )


def problem_metrics(dags: Sequence[DagStats]) -> tuple[Metric, ...]:
    """How many problems of each kind there are, where any runs are known."""
    if not any(dag.runs for dag in dags):
        return ()
    counts = Counter(problem.kind for dag in dags for problem in dag.problems)
    return tuple(
        Metric(name="run_problems", value=counts[kind], labels={"kind": kind.value}) for kind in ProblemKind
    )


def known_runs(dags: Sequence[DagStats]) -> tuple[int, int]:
    """How many runs succeeded, and how many have a known outcome."""
    succeeded = known = 0
    for dag in dags:
        if dag.runs:
            succeeded += dag.runs.successful_runs
            known += dag.runs.successful_runs + dag.runs.failed_runs
    return succeeded, known


def _success_rate(counts: tuple[int, int]) -> list[Metric]:
    succeeded, known = counts
    interval = wilson(succeeded, known)
    if interval is None:
        return []
    values = (
        ("success_rate", succeeded / known),
        ("success_rate_low", interval[0]),
        ("success_rate_high", interval[1]),
    )
    return [Metric(name=name, value=value) for name, value in values]


def _ages(dags: Sequence[DagStats], now: datetime) -> list[Metric]:
    return [
        Metric(
            name="last_success_age",
            value=max(0.0, round((now - dag.runs.last_success_at).total_seconds(), 3)),
            unit="seconds",
            labels={"dag_id": dag.dag_id},
        )
        for dag in dags
        if dag.runs and dag.runs.last_success_at
    ]


def _days(days: Iterable[DayStats]) -> tuple[DayStats, ...]:
    by_day: dict[str, list[DayStats]] = defaultdict(list)
    for day in days:
        by_day[day.day].append(day)
    return tuple(
        DayStats(
            day=day,
            runs=sum(one.runs for one in same),
            failed_runs=sum(one.failed_runs for one in same),
            attempts=sum(one.attempts for one in same),
            failed_attempts=sum(one.failed_attempts for one in same),
            seconds=round(sum(one.seconds for one in same), 6),
        )
        for day, same in sorted(by_day.items())
    )


def _counted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
