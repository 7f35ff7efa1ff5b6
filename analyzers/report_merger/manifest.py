"""Makes final_dashboard_data.json: small enough to be held in memory, complete enough for the first page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from analyzers.report_merger.fit import Shortener, fit, shortener
from analyzers.report_merger.fleet import all_findings, ranked_causes
from analyzers.report_merger.rows import by_attention
from analyzers.report_merger.sections import SectionName, Sections, looked
from analyzers.report_merger.short_cause import MAX_TEXT, short_cause
from analyzers.report_merger.since_last import Comparison
from analyzers.report_merger.text import clip
from dagaudit.dag import Tier
from dagaudit.finding import Failure, Severity
from dagaudit.report import (
    SECTION_FILES,
    AuditInfo,
    Cut,
    DagRow,
    Report,
    ReportStatus,
    SectionSummary,
    Totals,
)
from dagaudit.run_problem import ProblemKind
from dagaudit.section import Section, SectionStatus
from dagaudit.task_attempt import Outcome

MAX_BYTES = 1_000_000
MAX_ATTENTION = 200
MAX_CAUSES = 50
MAX_INLINE_DAGS = 500
MAX_FAILURES = 50
MAX_NAMES = 50
MAX_EVIDENCE = 20


def manifest(
    sections: Sections,
    rows: Sequence[DagRow],
    comparison: Comparison,
    head: tuple[AuditInfo, str, datetime],
) -> Report:
    """The document without its tables and its gate."""
    audit, report_id, created_at = head
    causes = ranked_causes(sections, comparison)
    noisy = sorted((row for row in rows if row.attention), key=by_attention)
    cut = []
    if len(noisy) > MAX_ATTENTION:
        cut.append(Cut(list="attention", kept=MAX_ATTENTION, total=len(noisy)))
    if len(causes) > MAX_CAUSES:
        cut.append(Cut(list="causes", kept=MAX_CAUSES, total=len(causes)))
    if len(rows) > MAX_INLINE_DAGS:
        cut.append(Cut(list="dags", kept=0, total=len(rows)))
    return Report(
        report_id=report_id,
        created_at=created_at,
        audit=audit,
        status=status_of_report(sections),
        sections={name: _summary(name, section) for name, section in sections.items()},
        totals=_totals(sections, rows),
        since_last=comparison.since_last,
        attention=tuple(noisy[:MAX_ATTENTION]),
        causes=tuple(short_cause(cause, MAX_NAMES, MAX_EVIDENCE) for cause in causes[:MAX_CAUSES]),
        dags=tuple(rows) if len(rows) <= MAX_INLINE_DAGS else (),
        cut=tuple(cut),
    )


def encode(report: Report) -> bytes:
    """The document as bytes, at most 1 MB."""
    return fit(report, MAX_BYTES, _SHORTENERS, _bytes)


def status_of_report(sections: Sections) -> ReportStatus:
    """ok only where everything that was asked for was looked at; failed where nothing was."""
    statuses = [section.status for _, section in sections.items()]
    if not any(looked(section) for _, section in sections.items()):
        return ReportStatus.FAILED
    if SectionStatus.PARTIAL in statuses or SectionStatus.FAILED in statuses:
        return ReportStatus.PARTIAL
    return ReportStatus.OK


def _bytes(report: Report) -> bytes:
    return report.model_dump_json().encode() + b"\n"


def _summary(name: SectionName, section: Section) -> SectionSummary:
    seconds = None
    if section.started_at and section.ended_at:
        seconds = round((section.ended_at - section.started_at).total_seconds(), 3)
    return SectionSummary(
        status=section.status,
        file=SECTION_FILES[name],
        reason=clip(section.reason, MAX_TEXT) if section.reason else None,
        coverage=section.coverage,
        findings=len(section.findings),
        failures=tuple(_short_failure(failure) for failure in section.failures[:MAX_FAILURES]),
        failures_total=len(section.failures),
        seconds=seconds,
        llm=getattr(section, "llm", None),
    )


def _short_failure(failure: Failure) -> Failure:
    return failure.model_copy(
        update={
            "part": clip(failure.part, MAX_TEXT),
            "path": clip(failure.path, MAX_TEXT) if failure.path else None,
            "message": clip(failure.message, MAX_TEXT),
        }
    )


def _totals(sections: Sections, rows: Sequence[DagRow]) -> Totals:
    findings = all_findings(sections)
    outcomes = Counter(attempt.outcome for attempt in sections.logs.attempts)
    fleet = sections.stats.fleet
    severities = Counter(finding.severity for finding in findings)
    return Totals(
        dags=len(rows),
        dags_exact=sum(row.tier == Tier.EXACT for row in rows),
        dags_by_health=_sorted(Counter(row.health.value for row in rows)),
        tasks=sum(row.tasks or 0 for row in rows),
        findings=len(findings),
        findings_by_severity={severity.value: severities[severity] for severity in Severity},
        findings_by_rule=_sorted(Counter(finding.rule for finding in findings)),
        causes=len(sections.logs.causes),
        attempts=len(sections.logs.attempts),
        failed_attempts=outcomes[Outcome.FAILED],
        runs=fleet.runs,
        failed_runs=fleet.failed_runs,
        success_rate=round(1 - fleet.failed_runs / fleet.runs, 6) if fleet.runs else None,
        drift={one.kind.value: one.state.value for one in sections.drift.inputs},
        run_problems={
            kind.value: number
            for kind in ProblemKind
            if (number := sum(kind.value in row.run_problems for row in rows))
        },
    )


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in sorted(counts)}


def _shorten_names(report: Report, keep: int) -> Report:
    causes = tuple(
        cause.model_copy(
            update={
                "dags": cause.dags[:keep],
                "dags_total": cause.dags_total or len(cause.dags),
                "tasks": cause.tasks[:keep],
                "tasks_total": cause.tasks_total or len(cause.tasks),
            }
        )
        for cause in report.causes
    )
    return report.model_copy(update={"causes": causes})


def _shorten_failures(report: Report, keep: int) -> Report:
    sections = {
        name: summary.model_copy(update={"failures": summary.failures[:keep]})
        for name, summary in report.sections.items()
    }
    return report.model_copy(update={"sections": sections})


def _longest(lists: Iterable[Sequence[object]]) -> int:
    return max(map(len, lists), default=0)


_SHORTENERS: tuple[Shortener[Report], ...] = (
    # A list that says "every DAG" is of no use with half of them: it goes as a whole.
    Shortener(
        "dags", lambda report: len(report.dags), lambda report, _: report.model_copy(update={"dags": ()})
    ),
    Shortener(
        "causes.dags",
        lambda report: _longest(
            [*(cause.dags for cause in report.causes), *(cause.tasks for cause in report.causes)]
        ),
        _shorten_names,
        least=3,
    ),
    Shortener(
        "sections.failures",
        lambda report: _longest(summary.failures for summary in report.sections.values()),
        _shorten_failures,
        least=5,
    ),
    shortener("attention", least=20),
    shortener("causes", least=5),
    shortener("attention"),
    shortener("causes"),
)
