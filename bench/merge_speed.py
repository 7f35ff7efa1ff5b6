"""How long a report of 10,000 DAGs takes to merge and write, and how large its files are.

python bench/merge_speed.py [--dags 10000] [--rounds 3]
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Program, machine, megabytes, side_by_side, table

if TYPE_CHECKING:
    from analyzers.report_merger.sections import Sections
    from dagaudit.dag import DagModel
    from dagaudit.finding import Finding
    from dagaudit.section import LogsSection
    from dagaudit.task_attempt import Attempt

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TASKS, RUNS, EVERY_NTH_FAILS, FINDINGS = 8, 3, 25, 2
REPORT_ID = "20261121T000000Z-0badcafe"


def _dag(number: int) -> "DagModel":
    from dagaudit.dag import DagModel, TaskModel, Tier

    names = [f"step_{place}" for place in range(TASKS)]
    return DagModel(
        dag_id=f"team_{number % 97}_dag_{number:05}",
        path=f"team_{number % 97}/dag_{number:05}.py",
        line=10,
        tier=Tier.EXACT,
        schedule=("@daily", "@hourly", "0 2 * * 1-5", None)[number % 4],
        start_date="2026-01-01T00:00:00+00:00",
        tags=(f"team_{number % 97}",),
        owners=(f"team_{number % 97}",),
        tasks=tuple(
            TaskModel(task_id=name, operator="BashOperator", line=12 + place)
            for place, name in enumerate(names)
        ),
        edges=tuple(pairwise(names)),
    )


def _findings(dag: "DagModel", number: int) -> "list[Finding]":
    from dagaudit.finding import Finding, Severity

    return [
        Finding(
            rule=f"DGA{301 + (number + place) % 9}",
            name="no-retries",
            severity=list(Severity)[(number + place) % 4],
            path=dag.path,
            line=12 + place,
            dag_id=dag.dag_id,
            message="this task is never tried again, so any hiccup of the network fails the run",
            evidence='BashOperator(task_id="step", bash_command="make step")',
            suggestion="give it retries=2",
            fingerprint=hashlib.blake2b(f"{dag.dag_id} {place}".encode(), digest_size=8).hexdigest(),
        )
        for place in range(FINDINGS)
    ]


def _attempts(dag: "DagModel", number: int) -> "list[Attempt]":
    from dagaudit.task_attempt import Attempt, Category, Confidence, Outcome

    made = []
    for run in range(RUNS):
        for place in range(TASKS):
            failed = (number * RUNS + run) % EVERY_NTH_FAILS == 0 and place == TASKS - 1
            start = NOW - timedelta(days=run + 1) + timedelta(minutes=place)
            fields = {"category": Category.TIMEOUT, "confidence": Confidence.LIKELY} if failed else {}
            run_id = f"scheduled__{start.date()}T00:00:00+00:00"
            made.append(
                Attempt(
                    path=f"dag_id={dag.dag_id}/run_id={run_id}/task_id=step_{place}/attempt=1.log",
                    dag_id=dag.dag_id,
                    run_id=run_id,
                    task_id=f"step_{place}",
                    outcome=Outcome.FAILED if failed else Outcome.SUCCESS,
                    started_at=start,
                    ended_at=start + timedelta(seconds=30 + place),
                    cause_id=f"C{number % 40:016x}" if failed else None,
                    **fields,
                )
            )
    return made


def _logs(dags: "list[DagModel]") -> "LogsSection":
    from dagaudit.section import LogsSection, SectionStatus
    from dagaudit.task_attempt import Category, Cause, CauseOwner

    attempts = [one for number, dag in enumerate(dags) for one in _attempts(dag, number)]
    hit: dict[str, list[Attempt]] = {}
    for one in attempts:
        if one.cause_id:
            hit.setdefault(one.cause_id, []).append(one)
    causes = [
        Cause(
            cause_id=cause_id,
            category=Category.TIMEOUT,
            title="The task ran longer than its execution_timeout",
            owner=CauseOwner.DAG_AUTHOR,
            retryable=True,
            advice="Find out what became slower.",
            attempts=len(same),
            dags=tuple(sorted({one.dag_id for one in same})),
            first_seen=min(one.ended_at for one in same if one.ended_at),
            last_seen=max(one.ended_at for one in same if one.ended_at),
        )
        for cause_id, same in sorted(hit.items())
    ]
    return LogsSection(status=SectionStatus.OK, attempts=tuple(attempts), causes=tuple(causes))


def sections(count: int) -> "tuple[Sections, float]":
    """A fleet that nobody has, but many could; and the seconds its statistics took."""
    from analyzers.report_merger.sections import Sections
    from analyzers.stat_reporter.analyze import analyze
    from dagaudit.section import CodeSection, Coverage, SectionStatus

    dags = [_dag(number) for number in range(count)]
    code = CodeSection(
        status=SectionStatus.OK,
        coverage=Coverage(seen=count, analyzed=count),
        findings=tuple(one for number, dag in enumerate(dags) for one in _findings(dag, number)),
        dags=tuple(dags),
    )
    logs = _logs(dags)
    start = time.perf_counter()
    stats = analyze(code, logs, now=NOW)
    return Sections(code=code, stats=stats, logs=logs), time.perf_counter() - start


def once(count: int, root: str) -> None:
    """Merge and write one report, and say on stderr what it took."""
    from analyzers.report_merger.merge import merge
    from analyzers.report_merger.publish import publish
    from analyzers.report_merger.since_last import Previous
    from dagaudit.adapters import open_report_store
    from dagaudit.report import FINAL, AuditInfo, Report

    made, stats_seconds = sections(count)
    start = time.perf_counter()
    files = merge(made, Previous(), AuditInfo(dagaudit_version="0"), NOW, REPORT_ID)
    merged = time.perf_counter()
    published = publish(files, Report.model_validate_json(files[FINAL]), open_report_store(root))
    written = time.perf_counter()
    told = {
        "stats": stats_seconds,
        "merge": merged - start,
        "write": written - merged,
        "sizes": _sizes(Path(root, published.folder)),
    }
    Path(root, "told.json").write_text(json.dumps(told))


def _sizes(folder: Path) -> dict[str, int]:
    sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
    details = [path.stat().st_size for path in (folder / "dags").rglob("*.json")]
    return sizes | {f"dags/ ({len(details)} files)": sum(details), "largest of dags/": max(details)}


def main() -> None:
    """Measure and print Markdown tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--dags", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--once", metavar="ROOT", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.once:
        once(chosen.dags, chosen.once)
        return
    with tempfile.TemporaryDirectory(prefix="report-") as root:
        command = [sys.executable, __file__, "--dags", str(chosen.dags), "--once", root]
        timing = side_by_side([Program("report", command)], chosen.rounds)["report"]
        told = json.loads(Path(root, "told.json").read_text())
    attempts = chosen.dags * TASKS * RUNS
    print(
        f"{chosen.dags} DAGs of {TASKS} tasks, {chosen.dags * FINDINGS} findings, {attempts} attempts;"
        f" {chosen.rounds} rounds, the last one's parts. {machine()}.\n"
    )
    rows = [[part, f"{told[part]:.2f} s"] for part in ("stats", "merge", "write")]
    rows += [
        ["whole process, median", f"{timing.median:.2f} s ({timing.cpu:.2f} s CPU)"],
        ["peak RSS", megabytes(timing.peak_bytes)],
    ]
    rows += [[f"`{name}`", f"{size / 1e6:.2f} MB"] for name, size in sorted(told["sizes"].items())]
    print(table(["what", "figure"], rows))


if __name__ == "__main__":
    main()
