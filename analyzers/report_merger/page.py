"""What report.html shows, worked out before any markup: cut, counted, in order, in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from analyzers.report_merger import svg, verdict
from analyzers.report_merger.attention import MEANING
from analyzers.report_merger.coverage import SECTION_WORDS, coverage_words, not_seen
from analyzers.report_merger.detail import graph
from analyzers.report_merger.drift_lines import DriftLine, drift_lines
from analyzers.report_merger.fleet import all_findings, ranked_causes, worst_first
from analyzers.report_merger.known import Known
from analyzers.report_merger.rows import Judged, by_attention
from analyzers.report_merger.sections import Sections
from analyzers.report_merger.since_last import Comparison
from analyzers.report_merger.text import count, one_line
from dagaudit.finding import Failure, Finding, Severity
from dagaudit.report import DagRow, Health, Report, SectionSummary
from dagaudit.section import SectionStatus
from dagaudit.task_attempt import Cause, CauseOwner, CauseState

MAX_LINE = 300
MAX_EVIDENCE = 20
MAX_CAUSES = 50
OPEN_CAUSES = 8
MAX_NAMES = 12
MAX_CHANGED = 20
UNFOLDED = 3
OWNER_WORDS = {
    CauseOwner.DAG_AUTHOR: "the DAG's author",
    CauseOwner.PLATFORM: "the platform team",
    CauseOwner.UPSTREAM: "whoever runs the service",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of each list is shown; made smaller until the page has its size."""

    dags: int = 500
    opened: int = 60
    rules: int = 200
    places: int = MAX_EVIDENCE

    def smaller(self) -> "Limits":
        """Half of everything."""
        return Limits(self.dags // 2, self.opened // 2, max(self.rules // 2, 10), max(self.places // 2, 3))


@dataclass(frozen=True, slots=True)
class CauseCard:
    """One cause of failures."""

    cause: Cause
    hits: str
    dags: str
    owner: str
    seen: str
    evidence: tuple[tuple[str, str], ...]
    """(place, text)"""


@dataclass(frozen=True, slots=True)
class DagLine:
    """One DAG in the list."""

    row: DagRow
    verdict: str
    score: str
    runs: str
    spark: Markup
    picture: Markup
    findings: tuple[Finding, ...] | None
    """None where the DAG is not opened on this page."""
    more_findings: int


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """All findings of one rule."""

    rule: str
    name: str
    severity: str
    total: int
    dags: str
    suggestion: str | None
    """What all its findings suggest; None where each has its own."""
    unfolded: bool
    shown: tuple[Finding, ...]
    more: int


@dataclass(frozen=True, slots=True)
class SectionLine:
    """How far one analyzer came."""

    name: str
    summary: SectionSummary
    coverage: str
    failures: tuple[Failure, ...]
    more_failures: int


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page."""

    report: Report
    verdict: str
    tiles: tuple[tuple[str, str, str], ...]
    """(number, words, state)"""
    health: Markup
    not_seen: tuple[str, ...]
    """What could not be looked at, a sentence each: the banner."""
    causes: tuple[CauseCard, ...]
    open_causes: int
    """How many of them stand open; the others unfold."""
    more_causes: int
    changed: tuple[tuple[str, Finding], ...]
    """(state, finding)"""
    more_changed: int
    fixed: tuple[Known, ...]
    """Findings that are gone."""
    dags: tuple[DagLine, ...]
    more_dags: int
    rules: tuple[RuleGroup, ...]
    more_rules: int
    drift: tuple[DriftLine, ...]
    sections: tuple[SectionLine, ...]
    score: dict[str, str]


def page(
    report: Report, sections: Sections, judged: Sequence[Judged], comparison: Comparison, limits: Limits
) -> Page:
    """The page within the limits."""
    findings = all_findings(sections)
    causes = ranked_causes(sections, comparison)
    ranked = sorted(judged, key=lambda one: by_attention(one.row))
    groups = _rules(findings, limits)
    changed = _changed(findings, comparison)
    return Page(
        report=report,
        verdict=verdict.of_report(report),
        tiles=_tiles(report),
        health=svg.share_bar(
            [(word.value, report.totals.dags_by_health.get(word.value, 0)) for word in Health]
        ),
        not_seen=tuple(not_seen(report)),
        causes=tuple(_card(cause) for cause in causes[:MAX_CAUSES]),
        open_causes=OPEN_CAUSES,
        more_causes=max(len(causes) - MAX_CAUSES, 0),
        changed=tuple(changed[:MAX_CHANGED]),
        more_changed=max(len(changed) - MAX_CHANGED, 0),
        fixed=tuple(item for item in comparison.fixed if item.kind == "finding")[:MAX_CHANGED],
        dags=tuple(
            _dag(one, limits, opened=number < limits.opened)
            for number, one in enumerate(ranked[: limits.dags])
        ),
        more_dags=max(len(ranked) - limits.dags, 0),
        rules=tuple(groups[: limits.rules]),
        more_rules=max(len(groups) - limits.rules, 0),
        drift=drift_lines(sections.drift),
        sections=tuple(_section(name, summary) for name, summary in report.sections.items()),
        score=MEANING,
    )


def _tiles(report: Report) -> tuple[tuple[str, str, str], ...]:
    totals = report.totals
    failing = totals.dags_by_health.get(Health.FAILING, 0)
    at_risk = totals.dags_by_health.get(Health.AT_RISK, 0)
    loud = totals.findings_by_severity.get("critical", 0) + totals.findings_by_severity.get("high", 0)
    rate = "–" if totals.success_rate is None else f"{totals.success_rate:.1%}"
    runs = f"of {count(totals.runs, 'run')} succeeded" if totals.runs else "no runs known"
    return (
        (f"{totals.dags:,}", "DAG" if totals.dags == 1 else "DAGs", "plain"),
        (f"{failing:,}", "failing", "failing" if failing else "plain"),
        (f"{at_risk:,}", "at risk", "at_risk" if at_risk else "plain"),
        _causes_tile(report),
        (f"{loud:,}", f"critical or high of {count(totals.findings, 'finding')}", "plain"),
        (rate, runs, "plain"),
    )


def _causes_tile(report: Report) -> tuple[str, str, str]:
    # A zero that nobody has counted would read as good news.
    if report.sections["logs"].status in (SectionStatus.FAILED, SectionStatus.SKIPPED):
        return ("–", "causes: no logs looked at", "plain")
    number = report.totals.causes
    return (f"{number:,}", "cause of failures" if number == 1 else "causes of failures", "plain")


def _card(cause: Cause) -> CauseCard:
    shown = cause.dags[:MAX_NAMES]
    more = len(cause.dags) - len(shown)
    return CauseCard(
        cause=cause,
        hits=f"{count(cause.attempts, 'failed attempt')} in {count(len(cause.dags), 'DAG')}",
        dags=", ".join(one_line(dag, MAX_LINE) for dag in shown) + (f" and {more:,} more" if more else ""),
        owner=OWNER_WORDS[cause.owner],
        seen=_span(cause.first_seen, cause.last_seen),
        evidence=tuple(
            (f"{line.path or ''}:{line.line}".lstrip(":"), one_line(line.text, MAX_LINE))
            for line in cause.evidence[:MAX_EVIDENCE]
        ),
    )


def _span(first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return ""
    if first == last:
        return f"seen {first:%Y-%m-%d %H:%M} UTC"
    return f"first seen {first:%Y-%m-%d %H:%M}, last {last:%Y-%m-%d %H:%M} UTC"


def _dag(one: Judged, limits: Limits, *, opened: bool) -> DagLine:
    row, found = one.row, one.facts.findings
    drawn = graph(one.facts) if opened and one.facts.model else None
    runs = "" if row.runs is None else f"{row.failed_runs or 0:,} of {row.runs:,} failed"
    return DagLine(
        row=row,
        verdict=one.verdict,
        score=" + ".join(f"{part.name} {part.points}" for part in row.attention_parts),
        runs=runs,
        spark=svg.sparkline(row.run_history),
        picture=svg.picture(drawn) if drawn else Markup(""),
        findings=found[: limits.places] if opened else None,
        more_findings=max(len(found) - limits.places, 0),
    )


def _rules(findings: Iterable[Finding], limits: Limits) -> list[RuleGroup]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.rule].append(finding)
    made = []
    for found in groups.values():
        found.sort(key=worst_first)
        first = found[0]
        dags = {finding.dag_id for finding in found if finding.dag_id}
        made.append(
            RuleGroup(
                rule=first.rule,
                name=first.name,
                severity=first.severity,
                total=len(found),
                dags=f" in {count(len(dags), 'DAG')}" if dags else "",
                suggestion=first.suggestion
                if len({one.suggestion for one in found}) == 1 < len(found)
                else None,
                unfolded=len(found) <= UNFOLDED and first.severity.at_least(Severity.HIGH),
                shown=tuple(found[: limits.places]),
                more=max(len(found) - limits.places, 0),
            )
        )
    return sorted(made, key=lambda group: (Severity(group.severity).rank, -group.total, group.rule))


def _changed(findings: Iterable[Finding], comparison: Comparison) -> list[tuple[str, Finding]]:
    states = [
        (comparison.states.get(("finding", finding.fingerprint)), finding)
        for finding in sorted(findings, key=worst_first)
    ]
    wanted = (CauseState.REGRESSED, CauseState.NEW)
    return [(state.value, finding) for state, finding in states if state in wanted and state is not None]


def _section(name: str, summary: SectionSummary) -> SectionLine:
    shown = summary.failures[:MAX_EVIDENCE]
    return SectionLine(
        name=SECTION_WORDS[name],
        summary=summary,
        coverage=coverage_words(summary),
        failures=shown,
        more_failures=summary.failures_total - len(shown),
    )
