"""A report in which one DAG's runs have problems, for the tests of the dashboard."""

from dataclasses import replace
from datetime import timedelta

from dagaudit.dag_stats import CriticalPath, HistoryStats, PathTask, VersionStats
from dagaudit.finding import Confidence
from dagaudit.run_problem import Intervention, ProblemKind, RunProblem
from tests.dashboard import sample

SLOWER = RunProblem(
    kind=ProblemKind.SLOWER,
    confidence=Confidence.LIKELY,
    task_id="load",
    since=sample.NOW - timedelta(days=7),
    message=f"p50 of load rose from 12 min to 31 min since 2026-11-14 {sample.HOSTILE}",
)
MISSED = RunProblem(
    kind=ProblemKind.MISSED,
    confidence=Confidence.CONFIRMED,
    message="its run was due at 02:00, 3 h ago, and none was started",
)
HISTORY = HistoryStats(
    first_time_runs=14,
    first_time_successes=11,
    overwritten_failures=1,
    late_runs=2,
    left_out_runs={"backfill": 3},
    schedule_delay_p50_seconds=4.0,
    schedule_delay_p95_seconds=95.0,
    versions=(
        VersionStats(version="3", runs=10),
        VersionStats(version="4", runs=4, failed_runs=1, rescued_runs=2, flips=2),
    ),
    critical_path=CriticalPath(
        runs=12,
        version="4",
        usual=("extract", "load"),
        usual_runs=9,
        tasks=(
            PathTask(
                task_id="load", runs=12, share=0.8, p50_seconds=1860, wait_p50_seconds=40, slack_p50_seconds=0
            ),
        ),
    ),
    by_hand=(
        Intervention(
            when=sample.NOW, who="anna", did="marked", run_id="r1", task_id="load", new_state="success"
        ),
    ),
)


def troubled(problems=(MISSED, SLOWER)):
    """A report in which one DAG's runs have problems, though none of them failed."""
    full = sample.whole()
    orders, stock, *others = full.stats.dags
    stock = stock.model_copy(
        update={"problems": problems, "runs": stock.runs.model_copy(update={"history": HISTORY})}
    )
    return replace(full, stats=full.stats.model_copy(update={"dags": (orders, stock, *others)}))
