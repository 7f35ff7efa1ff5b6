"""Says in words what was looked at and what was not."""

from collections.abc import Iterable

from analyzers.report_merger.text import count, one_line
from dagaudit.report import Report, SectionSummary
from dagaudit.section import SectionStatus

MAX_LINE = 300
SECTION_WORDS = {"code": "Source", "stats": "Statistics", "logs": "Task logs", "drift": "Drift"}


def not_seen(report: Report) -> Iterable[str]:
    """A sentence for each thing that should have been looked at and was not."""
    for name, summary in report.sections.items():
        word = SECTION_WORDS[name]
        if summary.status is SectionStatus.FAILED:
            yield f"{word}: the analyzer failed. {one_line(summary.reason or '', MAX_LINE)}".strip()
        elif summary.status is SectionStatus.PARTIAL:
            parts = []
            if not summary.coverage.complete:
                parts.append(coverage_words(summary))
            if summary.failures_total:
                parts.append(f"{count(summary.failures_total, 'thing')} could not be looked at")
            yield f"{word}: {', '.join(parts) or summary.reason or 'incomplete'}."
    for failure in report.failures:
        yield f"{failure.part}: {one_line(failure.message, MAX_LINE)}"


def coverage_words(summary: SectionSummary) -> str:
    """As: 16 of 18 files looked at, 2 left out on purpose; empty where there is nothing to count."""
    if not summary.coverage.seen:
        return ""
    unit = summary.coverage.unit
    skipped = f", {summary.coverage.skipped:,} left out on purpose" if summary.coverage.skipped else ""
    return f"{summary.coverage.analyzed:,} of {summary.coverage.seen:,} {unit} looked at{skipped}"
