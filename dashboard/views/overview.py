"""The first page: is anything burning, is it one cause or many?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dagaudit.report import Changes, DagRow, Health, Report, SinceLast
from dagaudit.section import SectionStatus
from dagaudit.task_attempt import Cause
from dashboard import state
from dashboard.state import Key
from dashboard.views import links, sections, times
from dashboard.views.badges import HEALTH, OWNER, STATE, Badge, Tone, words
from dashboard.views.links import Link, Page

TOP = 10
NAMES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence for somebody who has two minutes."""

    tone: Tone
    text: str
    not_whole: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with the list behind it."""

    label: str
    value: str
    note: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class Change:
    """What changed of one kind: 3 new."""

    text: str
    link: Link


@dataclass(frozen=True, slots=True)
class CauseLine:
    """A cause on one line."""

    link: Link
    badge: Badge | None
    facts: str


@dataclass(frozen=True, slots=True)
class DagLine:
    """A DAG that needs somebody."""

    link: Link
    badge: Badge
    score: str
    facts: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page."""

    verdict: Verdict
    tiles: tuple[Tile, ...]
    since: str
    changes: tuple[Change, ...]
    fixed: int
    causes: tuple[CauseLine, ...]
    causes_empty: str
    dags: tuple[DagLine, ...]
    dags_empty: str


def overview(report: Report, now: datetime) -> Overview:
    """The page of a report."""
    return Overview(
        verdict=verdict(report),
        tiles=_tiles(report),
        since=_since(report.since_last, now),
        changes=_changes(report.since_last),
        fixed=report.since_last.causes.fixed + report.since_last.findings.fixed,
        causes=tuple(cause_line(cause, now) for cause in report.causes[:TOP]),
        causes_empty=sections.why_empty(report, "logs", "failed task attempts"),
        dags=tuple(_dag_line(row, now) for row in report.attention[:TOP]),
        dags_empty=_no_dag_needs_attention(report),
    )


def verdict(report: Report) -> Verdict:
    """The sentence on top; "all clear" is said only where every section is ok."""
    totals = report.totals
    not_whole = tuple(sections.not_whole(report))
    failing = totals.dags_by_health.get(Health.FAILING, 0)
    serious = totals.findings_by_severity.get("critical", 0) + totals.findings_by_severity.get("high", 0)
    parts = []
    if failing:
        parts.append(f"{failing:,} of {times.count(totals.dags, 'DAG')} failing")
    if totals.causes:
        attempts = times.count(totals.failed_attempts, "failed attempt")
        parts.append(f"{times.count(totals.causes, 'cause')} behind {attempts}")
    if serious:
        parts.append(times.count(serious, "critical or high finding"))
    if parts:
        return Verdict(Tone.BAD if failing or serious else Tone.WARNING, f"{', '.join(parts)}.", not_whole)
    if not totals.dags:
        place = f" in {report.audit.dags_address}" if report.audit.dags_address else ""
        return Verdict(Tone.WARNING, f"No DAG was found{place}: is that the right place?", not_whole)
    if not_whole:
        return Verdict(
            Tone.WARNING, "Nothing found in what was looked at, but not everything was.", not_whole
        )
    left_out = [
        sections.TITLES[name].lower()
        for name, section in report.sections.items()
        if section.status is SectionStatus.SKIPPED
    ]
    minor = (
        f" {times.count(totals.findings, 'finding')} of medium or low severity." if totals.findings else ""
    )
    if left_out:
        return Verdict(Tone.NEUTRAL, f"Nothing serious found.{minor} Not looked at: {', '.join(left_out)}.")
    return Verdict(Tone.GOOD, f"All clear: {times.count(totals.dags, 'DAG')} looked at.{minor}")


def fixed_lines(causes: Sequence[Cause], findings: Sequence[Mapping[str, Any]], total: int) -> list[str]:
    """What is gone since the report before, in words."""
    lines = [f"{cause.title} ({_names(cause)})" for cause in causes]
    lines += [f"{row['rule']} {row['name']} in {row['path']}: {row['message']}" for row in findings]
    if total > len(lines):
        lines.append(f"and {total - len(lines):,} more, which older reports name")
    return lines


def cause_line(cause: Cause, now: datetime) -> CauseLine:
    """A cause as lists show it."""
    facts = (
        words(cause.category),
        _names(cause),
        times.count(cause.attempts, "failed attempt"),
        f"last {times.age(cause.last_seen, now)}" if cause.last_seen else "time not known",
        f"for {OWNER[cause.owner]}",
        f"{cause.confidence.value}",
    )
    return CauseLine(
        links.cause(cause.cause_id, cause.title),
        STATE[cause.state] if cause.state else None,
        " · ".join(facts),
    )


def _names(cause: Cause) -> str:
    """Whom it hits: a, b and 3 more DAGs."""
    more = (cause.dags_total or len(cause.dags)) - NAMES
    if more <= 0:
        return ", ".join(cause.dags)
    return f"{', '.join(cause.dags[:NAMES])} and {times.count(more, 'more DAG')}"


def score(row: DagRow) -> str:
    """An attention score with its parts: 72 = failures 40 + new high 20 + late 12."""
    parts = " + ".join(f"{words(part.name)} {part.points}" for part in row.attention_parts)
    return f"{row.attention} = {parts}" if parts else f"{row.attention}"


def _dag_line(row: DagRow, now: datetime) -> DagLine:
    facts: list[str] = [row.owner or "no owner"]
    if row.runs is not None:
        facts.append(f"{row.failed_runs or 0:,} of {times.count(row.runs, 'run')} failed")
    if row.run_problem:
        facts.append(row.run_problem)
    serious = row.critical + row.high
    if serious:
        facts.append(times.count(serious, "critical or high finding"))
    if row.last_run_at:
        facts.append(f"last run {times.age(row.last_run_at, now)}")
    return DagLine(links.dag(row.dag_id), HEALTH[row.health], score(row), " · ".join(facts))


def _tiles(report: Report) -> tuple[Tile, ...]:
    totals = report.totals
    health, severity = totals.dags_by_health, totals.findings_by_severity
    failing, at_risk = health.get(Health.FAILING, 0), health.get(Health.AT_RISK, 0)
    serious = ["critical", "high"]
    runs = (
        f"{totals.failed_runs:,} of {times.count(totals.runs, 'run')} failed"
        if totals.runs
        else "none is known"
    )
    problems = ", ".join(f"{number:,} {words(kind)}" for kind, number in totals.run_problems.items())
    runs = f"{runs}; {problems}" if problems else runs
    tasks = times.count(totals.tasks, "task") if totals.tasks else "their tasks are not known"
    tiles = (
        (None, "DAGs", f"{totals.dags:,}", tasks, Link(Page.DAGS, "All DAGs")),
        (
            None, "Failing DAGs", f"{failing:,}", f"{at_risk:,} more at risk",
            Link(Page.DAGS, "Failing DAGs", {Key.HEALTH: [Health.FAILING.value]}),
        ),
        (
            "stats", "Runs that succeeded", times.percent(totals.success_rate),
            runs,
            Link(Page.DAGS, "With a failed run", {Key.FAILED: "true"}),
        ),
        (
            "logs", "Causes of failure", f"{totals.causes:,}",
            f"behind {times.count(totals.failed_attempts, 'failed attempt')}",
            Link(Page.FAILURES, "All causes"),
        ),
        (
            "code", "Serious findings", f"{sum(severity.get(name, 0) for name in serious):,}",
            f"critical or high; {totals.findings:,} in all",
            Link(Page.FINDINGS, "Serious findings", {Key.FINDING_SEVERITY: serious}),
        ),
    )  # fmt: skip
    return tuple(
        Tile(label, value, note, link)
        if section is None or sections.looked_at(report, section)
        else Tile(label, "not known", _not_looked(report, section), None)
        for section, label, value, note, link in tiles
    )


def _not_looked(report: Report, name: str) -> str:
    section = sections.summary(report, name)
    reason = f": {section.reason}" if section.reason else ""
    return f"{sections.ANALYSES[name]} {section.status.value}{reason}"


def _since(since: SinceLast, now: datetime) -> str:
    if since.reason is not None or since.previous is None:
        return f"Nothing to compare with: {since.reason or 'this is the first report'}."
    try:
        when = f"the report of {times.age(state.moment(since.previous), now)}"
    except ValueError:
        when = f"report {since.previous}"
    kinds = (since.causes, since.findings)
    quiet = "" if any(kind.new or kind.regressed for kind in kinds) else "Nothing new. "
    return f"{quiet}Compared with {when}."


def _changes(since: SinceLast) -> tuple[Change, ...]:
    if since.reason is not None or since.previous is None:
        return ()
    kinds: Sequence[tuple[str, Changes, Page, Key]] = (
        ("cause", since.causes, Page.FAILURES, Key.CAUSE_STATE),
        ("finding", since.findings, Page.FINDINGS, Key.FINDING_STATE),
    )
    changes = []
    for noun, found, page, key in kinds:
        for number, label, value in (
            (found.new, times.count(found.new, f"new {noun}"), "new"),
            (found.regressed, f"{times.count(found.regressed, noun)} back again", "regressed"),
        ):
            if number:
                changes.append(Change(label, Link(page, label, {key: [value]})))
    return tuple(changes)


def _no_dag_needs_attention(report: Report) -> str:
    if not report.totals.dags:
        return sections.why_empty(report, "code", "DAGs")
    not_whole = sections.not_whole(report)
    if not_whole:
        return f"No DAG stands out, but {' and '.join(not_whole)}."
    return f"None of the {times.count(report.totals.dags, 'DAG')} needs attention."
