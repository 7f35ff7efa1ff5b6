"""One DAG's page: how it is, why, and what to do."""

from dataclasses import dataclass
from datetime import datetime

from dagaudit.dag_detail import DagDetail
from dagaudit.finding import Finding
from dagaudit.report import Report
from dagaudit.task_attempt import Attempt, Course
from dashboard.views import links, overview, sections, times
from dashboard.views.badges import HEALTH, OUTCOME, SEVERITY, STATE, Badge, words
from dashboard.views.links import Link

MAX_FINDINGS = 100
_COURSES = {
    Course.RECOVERED: "a later one succeeded",
    Course.PERSISTENT: "all failed the same way",
    Course.CHANGING: "failed in several ways",
    Course.SINGLE: "only one",
}


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding with its advice and the way to its line."""

    badge: Badge
    title: str
    message: str
    suggestion: str | None
    evidence: str | None
    place: str
    state: str | None
    link: Link | None
    """To its line, where a DAG's page shows it."""


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """An attempt at a task, as a row."""

    task: str
    outcome: str
    started_at: datetime | None
    seconds: float | None
    attempt: int
    tries: str
    run_id: str
    cause: str


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day in the history."""

    day: str
    succeeded: int
    failed: int


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task over the window."""

    task: str
    attempts: int
    failed: int
    retries: int
    p50_seconds: float | None
    p95_seconds: float | None


@dataclass(frozen=True, slots=True)
class DagPage:
    """The head of the page; tabs make their own part when they are opened."""

    dag_id: str
    badge: Badge
    verdict: str
    score: str
    facts: tuple[tuple[str, str], ...]
    trust: str | None
    """Why the model of the DAG may not be exact."""
    cut: tuple[str, ...]


def page(detail: DagDetail, now: datetime) -> DagPage:
    """The head of a DAG's page."""
    row = detail.row
    runs = (
        f"{row.failed_runs or 0:,} of {times.count(row.runs, 'run')} failed" if row.runs is not None else None
    )
    facts = (
        ("Owner", row.owner or "nobody is named"),
        ("Schedule", row.schedule or ("not known" if detail.model is None else "none")),
        ("Last run", f"{times.age(row.last_run_at, now)}" if row.last_run_at else "not known"),
        ("Runs", runs or "not known"),
        (
            "95 % of runs take up to",
            times.duration(row.p95_seconds) if row.p95_seconds is not None else "not known",
        ),
        ("Tasks", f"{row.tasks:,}" if row.tasks is not None else "not known"),
        ("File", row.path or "not known"),
    )
    return DagPage(
        dag_id=detail.dag_id,
        badge=HEALTH[row.health],
        verdict=detail.verdict,
        score=f"attention {overview.score(row)}" if row.attention else "",
        facts=facts,
        trust=_trust(detail),
        cut=tuple(f"{words(one.list)}: {one.kept:,} of {one.total:,} shown" for one in detail.cut),
    )


def findings(detail: DagDetail) -> tuple[FindingCard, ...]:
    """The findings, worst first."""
    return tuple(_finding(one, detail) for one in detail.findings[:MAX_FINDINGS])


def findings_heading(detail: DagDetail) -> str:
    """How many there are, and how many are shown."""
    total = max([len(detail.findings), *(one.total for one in detail.cut if one.list == "findings")])
    shown = min(len(detail.findings), MAX_FINDINGS)
    return (
        times.count(total, "finding") if shown == total else f"{shown:,} of {times.count(total, 'finding')}"
    )


def no_causes(report: Report, detail: DagDetail) -> str:
    """Why no cause of failure is named."""
    failed = detail.stats.runs.failed_attempts if detail.stats and detail.stats.runs else 0
    if failed:
        return f"{times.count(failed, 'failed attempt')}, but no cause is known for them."
    return sections.why_empty(report, "logs", "failed task attempts")


def no_findings(report: Report, detail: DagDetail) -> str:
    """Why no finding is listed."""
    if detail.model is None and sections.looked_at(report, "code"):
        return "No findings: the source of this DAG was not among the files that were audited."
    return sections.why_empty(report, "code", "findings")


def no_graph(report: Report, detail: DagDetail) -> str:
    """Why there is no picture."""
    if detail.model is not None:
        return "The source names no task of this DAG."
    if not sections.looked_at(report, "code"):
        return sections.why_empty(report, "code", "graph")
    return "The DAG is known from its logs only: its source was not among the files that were audited."


def no_code(report: Report, detail: DagDetail) -> str:
    """Why there is no source."""
    if detail.model is not None:
        return "The report does not hold the source of this DAG, and there is no finding that quotes it."
    return no_graph(report, detail).replace("graph", "source")


def no_runs(report: Report) -> str:
    """Why there is no history."""
    return sections.why_empty(report, "stats", "runs")


def no_attempts(report: Report) -> str:
    """Why no attempt is listed."""
    return sections.why_empty(report, "logs", "attempts at its tasks")


def days(detail: DagDetail) -> tuple[DayLine, ...]:
    """Runs per day, oldest first."""
    runs = detail.stats.runs if detail.stats else None
    return (
        tuple(DayLine(day.day[5:], day.runs - day.failed_runs, day.failed_runs) for day in runs.days)
        if runs
        else ()
    )


def attempts(detail: DagDetail) -> tuple[AttemptLine, ...]:
    """The attempts, newest first."""
    titles = {cause.cause_id: cause.title for cause in detail.causes}
    return tuple(_attempt(one, titles) for one in detail.attempts)


def tasks(detail: DagDetail) -> tuple[TaskLine, ...]:
    """The tasks in numbers, those that fail first."""
    runs = detail.stats.runs if detail.stats else None
    rows = sorted(runs.tasks, key=lambda task: (-task.failed_attempts, task.task_id)) if runs else []
    return tuple(
        TaskLine(
            task.task_id,
            task.attempts,
            task.failed_attempts,
            task.retries,
            task.p50_seconds,
            task.p95_seconds,
        )
        for task in rows
    )


def _finding(one: Finding, detail: DagDetail) -> FindingCard:
    state = detail.finding_states.get(one.fingerprint)
    return FindingCard(
        badge=SEVERITY[one.severity],
        title=f"{one.rule} {one.name}",
        message=one.message,
        suggestion=one.suggestion,
        evidence=one.evidence,
        place=f"{one.path}:{one.line}" + (f", task {one.task_id}" if one.task_id else ""),
        state=STATE[state].word if state else None,
        link=links.code(detail.dag_id, one.line, f"line {one.line}"),
    )


def _attempt(one: Attempt, titles: dict[str, str]) -> AttemptLine:
    index = f"[{one.map_index}]" if one.map_index is not None else ""
    cause = titles.get(one.cause_id or "", words(one.category) if one.category else "")
    return AttemptLine(
        task=f"{one.task_id}{index}",
        outcome=OUTCOME[one.outcome].word,
        started_at=one.started_at,
        seconds=one.duration_seconds,
        attempt=one.try_number,
        tries=_COURSES[one.course] if one.course else "",
        run_id=one.run_id,
        cause=cause,
    )


def _trust(detail: DagDetail) -> str | None:
    model = detail.model
    if model is None or model.tier.value == "exact":
        return None
    why = "; ".join(model.reasons[:3]) or "the source does not tell everything"
    return f"The picture of this DAG is {model.tier.value}, as {why}."
