"""A small report made by the real merger, for the tests of the dashboard."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from analyzers.report_merger.merge import merge
from analyzers.report_merger.previous import read_previous
from analyzers.report_merger.publish import publish
from analyzers.report_merger.sections import Sections
from dagaudit.adapters import open_report_store
from dagaudit.dag import DagModel, TaskModel, Tier
from dagaudit.dag_detail import DagDetail, SourcePart, SourceText
from dagaudit.dag_stats import DagStats, DayStats, FleetStats, RunStats, StructureStats, TaskStats
from dagaudit.finding import Confidence, Failure, Finding, Severity
from dagaudit.report import FINAL, AuditInfo, Report, detail_path, folder_of
from dagaudit.section import CodeSection, Coverage, LlmUse, LogsSection, SectionStatus, StatsSection
from dagaudit.task_attempt import Attempt, Category, Cause, CauseOwner, EvidenceLine, Outcome

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
HOSTILE = (
    '<script>document.title="owned"</script> ![beacon](http://foreign.invalid/x.png) :red[red] $x^2$ **bold**'
)
SOURCE = """from airflow.sdk import DAG, Variable
from airflow.providers.standard.operators.bash import BashOperator

BUCKET = Variable.get("bucket")

with DAG("orders_etl", schedule="@daily", tags=["orders"]):
    extract = BashOperator(task_id="extract", bash_command=f"copy {BUCKET}")
    load = BashOperator(task_id="load", bash_command="load")
    extract >> load
"""


def finding(
    rule: str, line: int, severity: Severity, dag_id: str = "orders_etl", message: str = "It is wrong."
) -> Finding:
    return Finding(
        rule=rule,
        name="variable-at-top-level" if rule == "DGA401" else "no-retries",
        severity=severity,
        path=f"{dag_id}.py",
        line=line,
        dag_id=dag_id,
        message=message,
        evidence=SOURCE.splitlines()[line - 1],
        suggestion="Use a template: {{ var.value.bucket }}",
        fingerprint=f"{rule}-{dag_id}-{line}",
    )


def model(dag_id: str, tasks: int = 2) -> DagModel:
    names = ["extract", "load", *(f"step_{number}" for number in range(2, tasks))][:tasks]
    return DagModel(
        dag_id=dag_id,
        path=f"{dag_id}.py",
        line=6,
        tier=Tier.EXACT,
        schedule="@daily",
        tags=("orders",) if dag_id.startswith("orders") else ("misc",),
        owners=("team-orders",) if dag_id.startswith("orders") else ("team-other",),
        tasks=tuple(
            TaskModel(task_id=name, operator="BashOperator", line=7 + index)
            for index, name in enumerate(names)
        ),
        edges=tuple(sorted(pairwise(names))),
    )


def branching() -> DagModel:
    """A DAG with groups, a mapped task, and an id that tries to be HTML."""
    hostile = "<img src=http://foreign.invalid/x onerror=alert(1)>"
    names = ["start", "load.orders", "load.prices", "load.customers", "check", "publish", hostile]
    edges = [("start", name) for name in names[1:4]] + [(name, "check") for name in names[1:4]]
    return model("stock_sync").model_copy(
        update={
            "tasks": tuple(
                TaskModel(
                    task_id=name,
                    operator="PythonOperator",
                    line=7,
                    group="load" if name.startswith("load.") else None,
                    is_mapped=name == "load.prices",
                )
                for name in names
            ),
            "edges": tuple(sorted([*edges, ("check", "publish"), ("check", hostile)])),
        }
    )


def attempt(dag_id: str, outcome: Outcome, day: int, task: str = "load") -> Attempt:
    start = NOW - timedelta(days=day, hours=1)
    failed = outcome is Outcome.FAILED
    return Attempt(
        path=f"dag_id={dag_id}/run_id=scheduled__{day}/task_id={task}/attempt=1.log",
        dag_id=dag_id,
        run_id=f"scheduled__{day}",
        task_id=task,
        outcome=outcome,
        started_at=start,
        ended_at=start + timedelta(seconds=90),
        category=Category.UPSTREAM_SERVICE if failed else None,
        confidence=Confidence.CONFIRMED if failed else None,
        cause_id="cause-db" if failed else None,
    )


def stats(dag_id: str, failed: int) -> DagStats:
    days = tuple(
        DayStats(day=f"{NOW - timedelta(days=age):%Y-%m-%d}", runs=1, failed_runs=int(age < failed))
        for age in range(13, -1, -1)
    )
    return DagStats(
        dag_id=dag_id,
        path=f"{dag_id}.py",
        owner="team-orders" if dag_id.startswith("orders") else "team-other",
        schedule="@daily",
        structure=StructureStats(tasks=2, edges=1),
        runs=RunStats(
            source="logs", runs=14, failed_runs=failed, attempts=28, failed_attempts=failed,
            success_rate=1 - failed / 14, p50_seconds=80.0, p95_seconds=95.0,
            last_run_at=NOW - timedelta(hours=1), days=days,
            tasks=(
                TaskStats(
                    task_id="load", attempts=14, failed_attempts=failed, p50_seconds=60, p95_seconds=90
                ),
            ),
        ),
    )  # fmt: skip


def cause(title: str = "The database refuses connections") -> Cause:
    return Cause(
        cause_id="cause-db",
        category=Category.UPSTREAM_SERVICE,
        confidence=Confidence.CONFIRMED,
        title=title,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        advice="Ask the database team whether it was restarted.",
        attempts=2,
        dags=("orders_etl",),
        tasks=("orders_etl.load",),
        first_seen=NOW - timedelta(days=1, hours=1),
        last_seen=NOW - timedelta(hours=1),
        evidence=(
            EvidenceLine(line=12, text="psycopg2.OperationalError: connection refused", path="load.log"),
            EvidenceLine(line=13, text=HOSTILE, path="load.log"),
        ),
        explanation=f"The database was down. {HOSTILE}",
    )


def whole() -> Sections:
    """Three sections that went well, one that nobody asked for."""
    names = ("orders_etl", "stock_sync", "wide_dag")
    return Sections(
        code=CodeSection(
            status=SectionStatus.OK,
            coverage=Coverage(unit="files", seen=3, analyzed=3),
            dags=(model("orders_etl"), branching(), model("wide_dag", 400)),
            findings=(
                finding("DGA401", 4, Severity.HIGH, message=f"Variable.get runs at every parse. {HOSTILE}"),
                finding("DGA301", 7, Severity.MEDIUM),
                finding("DGA301", 7, Severity.LOW, "stock_sync"),
            ),
        ),
        stats=StatsSection(
            status=SectionStatus.OK,
            coverage=Coverage(unit="dags", seen=3, analyzed=3),
            dags=tuple(stats(name, 2 if name == "orders_etl" else 0) for name in names),
            fleet=FleetStats(dags=3, tasks=404, runs=42, failed_runs=2),
        ),
        logs=LogsSection(
            status=SectionStatus.OK,
            coverage=Coverage(unit="attempts", seen=4, analyzed=4),
            attempts=(
                attempt("orders_etl", Outcome.FAILED, 0),
                attempt("orders_etl", Outcome.FAILED, 1),
                attempt("orders_etl", Outcome.SUCCESS, 0, "extract"),
                attempt("stock_sync", Outcome.SUCCESS, 0, "start"),
            ),
            causes=(cause(),),
            llm=LlmUse(address="ollama://localhost/qwen", model="qwen3:4b"),
        ),
    )


def partial() -> Sections:
    """A file could not be read."""
    full = whole()
    failure = Failure(part="reader", path="broken.py", message="it cannot be read: Permission denied")
    code = full.code.model_copy(
        update={
            "status": SectionStatus.PARTIAL,
            "coverage": Coverage(unit="files", seen=4, analyzed=3),
            "failures": (failure,),
            "findings": (),
        }
    )
    return replace(full, code=code)


def failed() -> Sections:
    """The log analysis crashed."""
    reason = "KeyError: 'records'"
    logs = LogsSection(
        status=SectionStatus.FAILED, reason=reason, failures=(Failure(part="logs", message=reason),)
    )
    return replace(whole(), logs=logs)


def empty() -> Sections:
    """All went well and nothing was there."""
    return Sections(
        code=CodeSection(status=SectionStatus.OK, coverage=Coverage(unit="files")),
        stats=StatsSection(status=SectionStatus.OK, coverage=Coverage(unit="dags")),
        logs=LogsSection(status=SectionStatus.OK, coverage=Coverage(unit="attempts")),
    )


def many(number: int = 10_000) -> Sections:
    """So many DAGs that none of them is in the manifest."""
    full = whole()
    names = [f"dag_{index:05}" for index in range(number)]
    return replace(
        full,
        code=full.code.model_copy(update={"dags": (*full.code.dags, *(model(name) for name in names))}),
        stats=full.stats.model_copy(
            update={"dags": (*full.stats.dags, *(stats(name, index % 5) for index, name in enumerate(names)))}
        ),
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """A report on a disk."""

    root: Path
    report: Report
    folder: Path

    @property
    def final(self) -> Path:
        return self.folder / FINAL


def publish_sample(root: Path, sections: Sections, created_at: datetime = NOW, serial: int = 1) -> Sample:
    """A report on a disk."""
    report = publish_at(str(root), sections, created_at, serial)
    return Sample(root, report, root / folder_of(report.report_id, report.created_at))


def publish_at(address: str, sections: Sections, created_at: datetime = NOW, serial: int = 1) -> Report:
    """Merge and publish as an audit does."""
    store = open_report_store(address)
    report_id = f"{created_at:%Y%m%dT%H%M%SZ}-{serial:08x}"
    merged = merge(
        sections,
        read_previous(store),
        AuditInfo(name="nightly", dagaudit_version="1", reports_address=address),
        created_at,
        report_id,
    )
    files = dict(merged)
    with_source(files)
    report = Report.model_validate_json(files[FINAL])
    publish(files, report, store)
    return report


def with_source(files: dict[str, bytes]) -> None:
    """Put the source into the document of orders_etl."""
    key = detail_path("orders_etl")
    if key in files:
        detail = DagDetail.model_validate_json(files[key])
        source = SourceText(
            path="orders_etl.py",
            total_lines=len(SOURCE.split("\n")),
            parts=(SourcePart(first_line=1, text=SOURCE),),
        )
        files[key] = detail.model_copy(update={"source": source}).model_dump_json().encode()
