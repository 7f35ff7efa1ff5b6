"""The causes of failures: what broke, since when, for whom, and how one knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dagaudit.report import Report
from dagaudit.task_attempt import Category, Cause, CauseOwner, CauseState
from dashboard.views import links, sections, times
from dashboard.views.badges import OWNER, STATE, Badge, Tone, words
from dashboard.views.links import Link

PAGE_CAUSES = 25
MAX_DAGS = 30
STATES = tuple(state.value for state in CauseState)
OWNERS = tuple(owner.value for owner in CauseOwner)
CATEGORIES = tuple(category.value for category in Category)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader wants to see; empty means all."""

    states: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    dag_id: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return self != Wanted()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line of a log that shows why."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class CauseCard:
    """A cause with all that a reader needs to act."""

    cause_id: str
    title: str
    badges: tuple[Badge, ...]
    facts: str
    seen: str
    seen_utc: str
    advice: str
    explanation: str | None
    explained_by: str
    evidence: tuple[Evidence, ...]
    evidence_empty: str
    dags: tuple[Link, ...]
    dags_more: int
    tasks: tuple[str, ...]
    tasks_more: int


def wanted_causes(causes: Sequence[Cause], wanted: Wanted) -> list[Cause]:
    """Those that match all filters, in the order of the report."""
    return [
        cause
        for cause in causes
        if (not wanted.states or (cause.state and cause.state.value in wanted.states))
        and (not wanted.owners or cause.owner.value in wanted.owners)
        and (not wanted.categories or cause.category.value in wanted.categories)
    ]


def card(cause: Cause, report: Report, now: datetime) -> CauseCard:
    """Everything about one cause."""
    dags, tasks = cause.dags_total or len(cause.dags), cause.tasks_total or len(cause.tasks)
    badges = [Badge(words(cause.category), Tone.NEUTRAL), Badge(cause.confidence.value, Tone.NEUTRAL)]
    if cause.state is not None:
        badges.insert(0, STATE[cause.state])
    facts = (
        times.count(dags, "DAG"),
        times.count(tasks, "task"),
        times.count(cause.attempts, "failed attempt"),
        f"for {OWNER[cause.owner]}",
        "another try may help" if cause.retryable else "another try will not help",
    )
    shown = cause.dags[:MAX_DAGS]
    return CauseCard(
        cause_id=cause.cause_id,
        title=cause.title,
        badges=tuple(badges),
        facts=" · ".join(facts),
        seen=_seen(cause, now),
        seen_utc=f"first {times.utc(cause.first_seen)}, last {times.utc(cause.last_seen)}",
        advice=cause.advice,
        explanation=cause.explanation,
        explained_by=_explained_by(report, cause),
        evidence=tuple(Evidence(f"{line.path or 'log'}:{line.line}", line.text) for line in cause.evidence),
        evidence_empty="Its log lines stand on the pages of its DAGs.",
        dags=tuple(links.dag(dag_id) for dag_id in shown),
        dags_more=dags - len(shown),
        tasks=cause.tasks,
        tasks_more=tasks - len(cause.tasks),
    )


def why_empty(report: Report, wanted: Wanted, total: int) -> str:
    """Why no cause is listed."""
    if total and wanted.any:
        if wanted.states and report.since_last.previous is None:
            reason = report.since_last.reason or "this is the first report"
            return f"No cause has a state, as there is nothing to compare with: {reason}."
        return f"None of the {times.count(total, 'cause')} matches these filters. Remove one to see more."
    return sections.why_empty(report, "logs", "failed task attempts")


def heading(shown: int, total: int) -> str:
    """How many of how many."""
    return (
        times.count(total, "cause") if shown == total else f"{shown:,} of {times.count(total, 'cause')} match"
    )


def _seen(cause: Cause, now: datetime) -> str:
    if cause.last_seen is None:
        return "its logs do not tell when"
    if cause.first_seen is None or cause.first_seen == cause.last_seen:
        return f"seen {times.age(cause.last_seen, now)}"
    return f"first {times.age(cause.first_seen, now)}, last {times.age(cause.last_seen, now)}"


def _explained_by(report: Report, cause: Cause) -> str:
    llm = sections.summary(report, "logs").llm
    model = llm.model if llm and llm.model else "a language model"
    return f"Worded by {model}; the cause is {cause.confidence.value}"
