"""Makes the row that stands for a DAG in every list."""

from collections import Counter
from dataclasses import dataclass

from analyzers.report_merger import attention, verdict
from analyzers.report_merger.fleet import DagFacts
from analyzers.report_merger.text import one_line
from dagaudit.dag import Schedule
from dagaudit.finding import Severity
from dagaudit.report import DagRow, detail_path

DAYS = 14
MAX_CAUSES = 20
MAX_TAGS = 20
MAX_PROBLEM = 300


@dataclass(frozen=True, slots=True)
class Judged:
    """A DAG with its row and its sentence."""

    facts: DagFacts
    row: DagRow
    verdict: str


def judged(dag: DagFacts, yardstick: attention.Yardstick) -> Judged:
    """The DAG as the lists show it."""
    troubles = attention.Troubles.of(dag, yardstick)
    health = attention.health(dag, troubles, yardstick)
    parts = attention.parts(dag, troubles)
    every = Counter(finding.severity for finding in dag.findings)
    model, stats, runs = dag.model, dag.stats, dag.runs
    row = DagRow(
        dag_id=dag.dag_id,
        path=model.path if model else stats.path if stats else None,
        owner=_owner(dag),
        tags=(model.tags if model else stats.tags if stats else ())[:MAX_TAGS],
        schedule=stats.schedule if stats and stats.schedule else _schedule(model.schedule if model else None),
        tier=model.tier.value if model else None,
        health=health,
        attention=sum(part.points for part in parts),
        attention_parts=parts,
        tasks=_tasks(dag),
        critical=every[Severity.CRITICAL],
        high=every[Severity.HIGH],
        medium=every[Severity.MEDIUM],
        low=every[Severity.LOW],
        new_findings=sum(state in attention.CHANGED for state in dag.states.values()),
        runs=runs.runs if runs else None,
        failed_runs=runs.failed_runs if runs else None,
        success_rate=runs.success_rate if runs else None,
        p95_seconds=runs.p95_seconds if runs else None,
        last_run_at=runs.last_run_at if runs else None,
        causes=tuple(cause.cause_id for cause in dag.causes[:MAX_CAUSES]),
        run_problems=tuple(dict.fromkeys(problem.kind.value for problem in dag.problems)),
        run_problem=one_line(dag.problems[0].message, MAX_PROBLEM) if dag.problems else None,
        run_history=tuple(day.failed_runs for day in sorted(runs.days, key=lambda day: day.day)[-DAYS:])
        if runs
        else (),
        detail=detail_path(dag.dag_id),
    )
    return Judged(dag, row, verdict.of_dag(dag, troubles, health))


def by_attention(row: DagRow) -> tuple[int, str]:
    """Who needs somebody first comes first."""
    return (-row.attention, row.dag_id)


def _owner(dag: DagFacts) -> str | None:
    if dag.stats and dag.stats.owner:
        return dag.stats.owner
    return ", ".join(dag.model.owners) or None if dag.model else None


def _tasks(dag: DagFacts) -> int | None:
    if dag.model:
        return len(dag.model.tasks)
    return dag.stats.structure.tasks if dag.stats and dag.stats.structure else None


def _schedule(schedule: Schedule) -> str | None:
    if schedule is None or isinstance(schedule, str):
        return schedule
    return next(str(value) for value in schedule.model_dump().values())
