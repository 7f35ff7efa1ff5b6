"""Hand-made sections of every shape that the merger may meet."""

from datetime import UTC, datetime, timedelta

from analyzers.report_merger.merge import merge
from analyzers.report_merger.sections import Sections
from analyzers.report_merger.since_last import Previous
from dagaudit.dag import DagModel, TaskModel, Tier
from dagaudit.dag_stats import DagStats, DayStats, FleetStats, RunStats, StructureStats
from dagaudit.finding import Finding, FingerprintParts, Severity
from dagaudit.report import AuditInfo
from dagaudit.section import CodeSection, Coverage, LogsSection, SectionStatus, StatsSection
from dagaudit.task_attempt import Attempt, Category, Cause, CauseOwner, EvidenceLine, Outcome

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
REPORT_ID = "20261121T080000Z-0123abcd"
AUDIT = AuditInfo(name="night", dagaudit_version="0.1.0", dags_address="file:///dags")
COMPLETE = Coverage(seen=3, analyzed=3)


def finding(rule="DGA301", path="etl.py", **fields):
    defaults = {
        "name": "no-retries",
        "severity": Severity.MEDIUM,
        "line": 12,
        "message": f"{rule} is broken",
        "evidence": "BashOperator(task_id='load')",
        "suggestion": "Give it retries.",
        "fingerprint": FingerprintParts(rule=rule, owner=path, code=fields.get("code", "x")).fingerprint,
    }
    fields.pop("code", None)
    return Finding(rule=rule, path=path, **{**defaults, **fields})


def dag(dag_id="etl", path="etl.py", edges=(("extract", "load"),), **fields):
    ids = sorted({task for edge in edges for task in edge}) or ["only"]
    tasks = tuple(TaskModel(task_id=task, operator="BashOperator", line=5) for task in ids)
    return DagModel(
        **{
            "dag_id": dag_id,
            "path": path,
            "line": 3,
            "tier": Tier.EXACT,
            "tasks": tasks,
            "edges": edges,
            **fields,
        }
    )


def attempt(dag_id="etl", task_id="load", run="2026-11-20", outcome=Outcome.FAILED, **fields):
    started = datetime.fromisoformat(run).replace(tzinfo=UTC) + timedelta(hours=2)
    defaults = {
        "path": f"dag_id={dag_id}/run_id={run}/task_id={task_id}/attempt=1.log",
        "run_id": run,
        "started_at": started,
        "ended_at": started + timedelta(minutes=3),
    }
    return Attempt(dag_id=dag_id, task_id=task_id, outcome=outcome, **{**defaults, **fields})


def cause(cause_id="c1", dags=("etl",), **fields):
    defaults = {
        "category": Category.UPSTREAM_SERVICE,
        "title": "ConnectionError: api.example.com refused the connection",
        "owner": CauseOwner.UPSTREAM,
        "retryable": True,
        "advice": "Retry later.",
        "attempts": 3,
        "first_seen": NOW - timedelta(days=1),
        "last_seen": NOW - timedelta(hours=1),
        "evidence": (
            EvidenceLine(line=7, text="requests.exceptions.ConnectionError: refused", path="a.log"),
        ),
    }
    return Cause(cause_id=cause_id, dags=dags, **{**defaults, **fields})


def dag_stats(dag_id="etl", failed=1, runs=4, **fields):
    days = tuple(
        DayStats(day=f"2026-11-{17 + number}", runs=1, failed_runs=int(number < failed), attempts=2)
        for number in range(runs)
    )
    run_stats = RunStats(
        source="logs",
        runs=runs,
        failed_runs=failed,
        attempts=2 * runs,
        failed_attempts=failed,
        success_rate=(runs - failed) / runs if runs else None,
        last_run_at=NOW - timedelta(hours=6),
        last_success_at=NOW - timedelta(hours=6),
        days=days,
    )
    defaults = {
        "owner": "data",
        "schedule": "@daily",
        "structure": StructureStats(tasks=2),
        "runs": run_stats,
    }
    return DagStats(dag_id=dag_id, **{**defaults, **fields})


def code(*findings, dags=None, **fields):
    return CodeSection(
        **{
            "status": SectionStatus.OK,
            "coverage": COMPLETE,
            "findings": findings,
            "dags": (dag(),) if dags is None else dags,
            **fields,
        }
    )


def logs(*causes, attempts=(), **fields):
    return LogsSection(
        **{
            "status": SectionStatus.OK,
            "coverage": Coverage(unit="attempts", seen=len(attempts), analyzed=len(attempts)),
            "causes": causes,
            "attempts": attempts,
            **fields,
        }
    )


def stats(*dags):
    runs = sum(one.runs.runs for one in dags if one.runs)
    failed = sum(one.runs.failed_runs for one in dags if one.runs)
    return StatsSection(
        status=SectionStatus.OK,
        coverage=Coverage(unit="dags", seen=len(dags), analyzed=len(dags)),
        dags=dags,
        fleet=FleetStats(dags=len(dags), runs=runs, failed_runs=failed),
    )


def night():
    """An ordinary bad morning: three DAGs, one failing, one with flaws, one well."""
    return Sections(
        code=code(
            finding("DGA301", dag_id="etl", task_id="load"),
            finding("DGA502", name="secret-in-source", severity=Severity.CRITICAL, dag_id="ml", path="ml.py"),
            finding("DGA406", severity=Severity.LOW, path="etl.py", line=1),
            dags=(
                dag(edges=(("extract", "check"), ("check", "load"), ("extract", "load"))),
                dag("ml", "ml.py"),
                dag("well", "well.py"),
            ),
        ),
        logs=logs(
            cause(dags=("etl", "ml")),
            attempts=(
                attempt(run="2026-11-20"),
                attempt(run="2026-11-19", outcome=Outcome.SUCCESS),
                attempt("well", "only", outcome=Outcome.SUCCESS),
            ),
        ),
        stats=stats(dag_stats(), dag_stats("ml", failed=0), dag_stats("well", failed=0)),
    )


def merged(sections=None, previous=None, **changes):
    """The report's files."""
    arguments = {"audit": AUDIT, "now": NOW, "report_id": REPORT_ID, **changes}
    return merge(sections or night(), previous or Previous(), **arguments)
