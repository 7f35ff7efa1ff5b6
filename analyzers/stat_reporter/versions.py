"""How runs first ended, and how they went under each version of the code.

A clear overwrites what was; how a run first ended is known of runs that were never cleared, and of those
that own history had seen before. A run that needed a retry to succeed is rescued: a flake where the same
version mostly needs none.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from analyzers.stat_reporter.history import DagRuns
from analyzers.stat_reporter.numbers import wilson
from dagaudit.dag_stats import VersionStats
from dagaudit.run_history import RunRecord
from dagaudit.task_attempt import Outcome

MOST_VERSIONS = 10
NEWEST_RUNS = 30
FEWEST_FOR_FLAKINESS = 5


def first_ends(dag: DagRuns) -> list[str]:
    """How each counted run first ended, where that is known."""
    found = []
    for run in dag.counted:
        earlier = dag.earlier.get(run.key)
        if earlier:
            found.append(earlier[0].state)
        elif run.has_ended and run.key not in dag.cleared:
            found.append(run.state)
    return found


def first_time_of(dag: DagRuns) -> dict[str, float | int | None]:
    """The fields of HistoryStats that tell of first ends."""
    ends = first_ends(dag)
    good = ends.count("success")
    low, high = wilson(good, len(ends)) or (None, None)
    return {
        "first_time_runs": len(ends),
        "first_time_successes": good,
        "first_time_success_rate": good / len(ends) if ends else None,
        "first_time_success_rate_low": low,
        "first_time_success_rate_high": high,
        "overwritten_failures": sum(
            run.state == "success" and any(one.state == "failed" for one in dag.earlier.get(run.key, ()))
            for run in dag.counted
        ),
    }


def versions_of(dag: DagRuns) -> tuple[VersionStats, ...]:
    """Each version's runs, oldest first."""
    by_version: dict[str, list[RunRecord]] = defaultdict(list)
    for run in sorted(dag.counted, key=lambda run: (str(run.run_after), run.run_id)):
        if run.version is not None and run.has_ended and run.key not in dag.cleared:
            by_version[run.version].append(run)
    rescued = rescued_tasks(dag)
    ordered = sorted(by_version.items(), key=lambda item: str(item[1][0].run_after))
    return tuple(_version(version, runs, rescued) for version, runs in ordered[-MOST_VERSIONS:])


def rescued_tasks(dag: DagRuns) -> dict[str, set[str]]:
    """Run id to the tasks that a retry saved; runs that were cleared are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for (run_id, task_id, _), tries in dag.uncleared.instances.items():
        failed_before = any(one.outcome is Outcome.FAILED for one in tries[:-1])
        if failed_before and tries[-1].outcome is Outcome.SUCCESS:
            found[run_id].add(task_id)
    return dict(found)


def _version(version: str, runs: Sequence[RunRecord], rescued: dict[str, set[str]]) -> VersionStats:
    good = [run for run in runs if run.state == "success"]
    saved = sum(run.run_id in rescued for run in good)
    newest = runs[-NEWEST_RUNS:]
    return VersionStats(
        version=version,
        first_run_at=runs[0].run_after,
        runs=len(runs),
        failed_runs=len(runs) - len(good),
        rescued_runs=saved,
        flips=sum(before.state != after.state for before, after in pairwise(newest)),
        flakiness=saved / len(good) if len(good) >= FEWEST_FOR_FLAKINESS else None,
    )
