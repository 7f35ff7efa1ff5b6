"""Which DAG needs somebody first: a score that is a sum of named parts, and one word of health."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from analyzers.report_merger.fleet import DagFacts, newest_run_failed
from analyzers.report_merger.sections import Sections, looked
from dagaudit.dag import Tier
from dagaudit.dag_stats import RunStats
from dagaudit.finding import Confidence, Severity
from dagaudit.report import AttentionPart, Health
from dagaudit.run_problem import ProblemKind
from dagaudit.section import SectionStatus
from dagaudit.task_attempt import CauseState

NEVER_SUCCEEDED = 50
NEWEST_RUN_FAILED = 40
FAILED_RUNS = 20
NEW_CAUSE = 10
LATE = 12
RETRIES = 8
DRIFT = 6
LATE_INTERVALS = 2
LATE_AT_LEAST = timedelta(hours=1)
GOOD_SUCCESS_RATE = 0.9
# Severity to (points each, most points).
FINDINGS = {
    Severity.CRITICAL: (12, 36),
    Severity.HIGH: (5, 20),
    Severity.MEDIUM: (1, 5),
}
NEW_FINDINGS = {
    Severity.CRITICAL: (10, 20),
    Severity.HIGH: (6, 18),
    Severity.MEDIUM: (2, 6),
}
PROBLEMS = {
    ProblemKind.IMPORT_ERROR: ("cannot be imported", 30, "Airflow cannot import its file"),
    ProblemKind.MISSED: ("missed run", 30, "its next run was due and was not started"),
    ProblemKind.OVERDUE: ("overdue", 20, "its next success is overdue by its usual interval"),
    ProblemKind.STUCK: ("stuck run", 20, "a run has been running for far longer than any before"),
    ProblemKind.FAILING_SINCE_CHANGE: ("failing since a change", 10, "its newest version fails more often"),
    ProblemKind.SLOWER: (
        "slower",
        8,
        "a task, or the whole run, has become slower; half where only logs tell",
    ),
    ProblemKind.FLAKY: ("flaky", 4, "successes of its newest version need retries"),
    ProblemKind.UNUSUALLY_LONG: (
        "unusually long",
        3,
        "a run of the last night took unusually long; half where only logs tell",
    ),
    ProblemKind.UNUSUALLY_SHORT: (
        "unusually short",
        3,
        "a run of the last night was done unusually soon; half where only logs tell",
    ),
}
"""What is wrong with runs: the part's name, its points, and why. Halved where it is only suspected."""
AT_RISK = frozenset(
    (
        ProblemKind.IMPORT_ERROR, ProblemKind.MISSED, ProblemKind.OVERDUE, ProblemKind.STUCK,
        ProblemKind.FAILING_SINCE_CHANGE, ProblemKind.LATE,
    )
)  # fmt: skip
CHANGED = (CauseState.NEW, CauseState.REGRESSED)
# The words of docs/contract.md; the names are those of attention_parts.
MEANING = {
    "never succeeded": f"{NEVER_SUCCEEDED}: runs are known, and none of them succeeded",
    "newest run failed": f"{NEWEST_RUN_FAILED}: the newest run failed (not added to `never succeeded`)",
    "failed runs": f"up to {FAILED_RUNS}: the share of failed runs × {FAILED_RUNS}, rounded up",
    "new cause": f"{NEW_CAUSE}: a cause that is new or back since the last report hit it",
    "late": f"{LATE}: its newest run is more than {LATE_INTERVALS} intervals (and an hour) older than the "
    "newest run of any DAG, or one of the last 24 hours started late or still waits in the queue",
    **{name: f"{points}: {why}" for name, points, why in PROBLEMS.values()},
    "retries": f"up to {RETRIES}: the share of attempts that were retries × {RETRIES}, rounded up",
    "drift": f"{DRIFT}: it is among what moved most where drift is confirmed",
    "critical findings": "12 each, at most 36",
    "high findings": "5 each, at most 20",
    "medium findings": "1 each, at most 5; low ones count nothing",
    "new critical findings": "10 each on top, at most 20, where new or regressed",
    "new high findings": "6 each on top, at most 18, where new or regressed",
    "new medium findings": "2 each on top, at most 6, where new or regressed",
}


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a DAG is measured against."""

    newest_run_at: datetime | None
    """Of any DAG. Not the clock: logs that end last week must not make every DAG late."""
    source_asked: bool
    source_seen: bool

    @classmethod
    def of(cls, sections: Sections, dags: list[DagFacts]) -> "Yardstick":
        """Taken from the whole fleet."""
        moments = [dag.runs.last_run_at for dag in dags if dag.runs and dag.runs.last_run_at]
        return cls(
            newest_run_at=max(moments, default=None),
            source_asked=sections.code.status is not SectionStatus.SKIPPED,
            source_seen=looked(sections.code),
        )


@dataclass(frozen=True, slots=True)
class Troubles:
    """What is wrong with a DAG's runs."""

    never_succeeded: bool
    newest_run_failed: bool
    late: bool
    failed_share: float
    retry_share: float
    known: bool
    problems: frozenset[ProblemKind] = frozenset()

    @classmethod
    def of(cls, dag: DagFacts, yardstick: Yardstick) -> "Troubles":
        """From statistics where there are any, else from the attempts."""
        runs = dag.runs
        newest = newest_run_failed(dag.attempts)
        if newest is None and runs is not None:
            newest = _ended_badly(runs)
        return cls(
            never_succeeded=bool(runs and runs.failed_runs and runs.success_rate == 0),
            newest_run_failed=bool(newest),
            late=_is_late(dag, yardstick) or any(one.kind is ProblemKind.LATE for one in dag.problems),
            problems=frozenset(one.kind for one in dag.problems),
            failed_share=_share(runs.failed_runs, runs.runs) if runs else 0.0,
            retry_share=_share(runs.retries, runs.attempts) if runs else 0.0,
            known=newest is not None or bool(runs and runs.runs),
        )


def parts(dag: DagFacts, troubles: Troubles) -> tuple[AttentionPart, ...]:
    """The summands, in the order of MEANING, none of them zero."""
    points: dict[str, int] = dict.fromkeys(MEANING, 0)
    if troubles.never_succeeded:
        points["never succeeded"] = NEVER_SUCCEEDED
    elif troubles.newest_run_failed:
        points["newest run failed"] = NEWEST_RUN_FAILED
    points["failed runs"] = ceil(FAILED_RUNS * troubles.failed_share)
    points["new cause"] = NEW_CAUSE if any(cause.state in CHANGED for cause in dag.causes) else 0
    points["late"] = LATE if troubles.late else 0
    for problem in dag.problems:
        if problem.kind in PROBLEMS:
            name, most, _ = PROBLEMS[problem.kind]
            worth = most // 2 if problem.confidence is Confidence.SUSPECTED else most
            points[name] = max(points[name], worth)
    points["retries"] = ceil(RETRIES * troubles.retry_share)
    points["drift"] = DRIFT if dag.drifted else 0
    every = Counter(finding.severity for finding in dag.findings)
    changed = Counter(
        finding.severity for finding in dag.findings if dag.states.get(finding.fingerprint) in CHANGED
    )
    for severity, weight in FINDINGS.items():
        points[f"{severity} findings"] = _capped(weight, every[severity])
        points[f"new {severity} findings"] = _capped(NEW_FINDINGS[severity], changed[severity])
    return tuple(AttentionPart(name=name, points=value) for name, value in points.items() if value)


def health(dag: DagFacts, troubles: Troubles, yardstick: Yardstick) -> Health:
    """The worst component's word; what was not asked for is no component."""
    words = [_health_of_source(dag, yardstick), _health_of_runs(troubles)]
    order = (Health.FAILING, Health.AT_RISK, Health.UNKNOWN, Health.HEALTHY)
    return min((word for word in words if word is not None), key=order.index, default=Health.UNKNOWN)


def _health_of_source(dag: DagFacts, yardstick: Yardstick) -> Health | None:
    if any(finding.severity.at_least(Severity.HIGH) for finding in dag.findings):
        return Health.AT_RISK
    if not yardstick.source_asked:
        return None
    if not yardstick.source_seen or dag.model is None or dag.model.tier is Tier.OPAQUE:
        return Health.UNKNOWN
    return Health.HEALTHY


def _health_of_runs(troubles: Troubles) -> Health | None:
    if troubles.never_succeeded or troubles.newest_run_failed:
        return Health.FAILING
    if troubles.problems & AT_RISK:
        return Health.AT_RISK
    if not troubles.known:
        return None
    if troubles.late or 1 - troubles.failed_share < GOOD_SUCCESS_RATE:
        return Health.AT_RISK
    return Health.HEALTHY


def _ended_badly(runs: RunStats) -> bool | None:
    if not runs.runs:
        return None
    if runs.last_run_at is None or runs.last_success_at is None:
        return bool(runs.failed_runs) and runs.last_success_at is None
    return bool(runs.failed_runs) and runs.last_success_at < runs.last_run_at


def _is_late(dag: DagFacts, yardstick: Yardstick) -> bool:
    structure = dag.stats.structure if dag.stats else None
    last = dag.runs.last_run_at if dag.runs else None
    if structure is None or structure.interval_seconds is None or last is None:
        return False
    if yardstick.newest_run_at is None:
        return False
    allowed = max(timedelta(seconds=LATE_INTERVALS * structure.interval_seconds), LATE_AT_LEAST)
    return yardstick.newest_run_at - last > allowed


def _share(some: int, every: int) -> float:
    return min(some / every, 1.0) if every else 0.0


def _capped(weight: tuple[int, int], number: int) -> int:
    each, most = weight
    return min(each * number, most)
