"""What the sections of a report allow one to say: how fresh, how complete, and why a list is empty."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dagaudit.finding import Failure
from dagaudit.report import Report, SectionSummary
from dagaudit.section import SectionStatus
from dashboard.views import times
from dashboard.views.badges import REPORT, SECTION, Badge, Tone

STALE_AFTER = timedelta(hours=36)
TITLES = {"code": "Source", "stats": "Runs", "logs": "Logs", "drift": "Drift"}
ANALYSES = {
    "code": "source analysis",
    "stats": "run statistics",
    "logs": "log analysis",
    "drift": "drift check",
}
MAX_FAILURES = 20
ORDER: tuple[Literal["code", "logs", "stats", "drift"], ...] = ("code", "logs", "stats", "drift")


@dataclass(frozen=True, slots=True)
class SectionLine:
    """One section in the strip on top of every page."""

    name: str
    title: str
    badge: Badge
    coverage: str
    reason: str | None
    failures: tuple[str, ...]
    failures_total: int


@dataclass(frozen=True, slots=True)
class Strip:
    """How far the numbers below may be believed."""

    audit: str
    report_id: str
    age: str
    utc: str
    badge: Badge
    stale: str | None
    newer: bool
    sections: tuple[SectionLine, ...]
    failures: tuple[str, ...] = ()
    """Of the report as a whole."""

    @property
    def needs_a_look(self) -> bool:
        """Whether something was not looked at that should have been."""
        return bool(self.failures) or any(
            line.badge.tone in (Tone.BAD, Tone.WARNING) for line in self.sections
        )


def strip(report: Report, newest_id: str, now: datetime) -> Strip:
    """The strip of a report."""
    old = now - report.created_at > STALE_AFTER
    lines = (_line(name, report.sections[name]) for name in ORDER if name in report.sections)
    return Strip(
        audit=report.audit.name,
        report_id=report.report_id,
        age=times.age(report.created_at, now),
        utc=times.utc(report.created_at),
        badge=REPORT[report.status],
        stale="older than 36 hours: did the nightly audit run?" if old else None,
        newer=newest_id > report.report_id,
        sections=tuple(lines),
        failures=tuple(_words(failure) for failure in report.failures[:MAX_FAILURES]),
    )


def summary(report: Report, name: str) -> SectionSummary:
    """A section's summary; one that the report lacks was not looked at."""
    for key, found in report.sections.items():
        if key == name:
            return found
    return SectionSummary(status=SectionStatus.SKIPPED, reason="it is not part of this report")


def looked_at(report: Report, name: str) -> bool:
    """Whether the section says anything at all."""
    return summary(report, name).status in (SectionStatus.OK, SectionStatus.PARTIAL)


def why_empty(report: Report, name: str, what: str) -> str:
    """Why a list of `what` that comes from a section is empty."""
    section = summary(report, name)
    analysis = ANALYSES[name]
    reason = f": {section.reason}" if section.reason else ""
    seen = _coverage(section)
    if section.status is SectionStatus.SKIPPED:
        return f"No {what}, because the {analysis} {_was(name)} left out{reason}."
    if section.status is SectionStatus.FAILED:
        return f"It is not known whether there are {what}: the {analysis} failed{reason}."
    if section.status is SectionStatus.PARTIAL:
        return f"No {what} in what was looked at, but the {analysis} {_is(name)} partial ({seen})."
    if not section.coverage.seen:
        return f"No {what}: the {analysis} found nothing to look at ({seen})."
    return f"No {what}: the {analysis} looked at everything ({seen})."


def not_whole(report: Report) -> list[str]:
    """A phrase per section that keeps the report from being the whole truth."""
    phrases = []
    for name, section in report.sections.items():
        analysis = ANALYSES[name]
        if section.status is SectionStatus.FAILED:
            phrases.append(f"the {analysis} failed")
        elif section.status is SectionStatus.PARTIAL:
            phrases.append(f"the {analysis} {_is(name)} partial ({_coverage(section)})")
    if report.failures:
        phrases.append(f"{times.count(len(report.failures), 'part')} of the report could not be made")
    return phrases


def _is(name: str) -> str:
    return "are" if ANALYSES[name].endswith("statistics") else "is"


def _was(name: str) -> str:
    return "were" if _is(name) == "are" else "was"


def _line(name: str, section: SectionSummary) -> SectionLine:
    failures = tuple(_words(failure) for failure in section.failures[:MAX_FAILURES])
    return SectionLine(
        name=name,
        title=TITLES[name],
        badge=SECTION[section.status],
        coverage=_coverage(section) if section.status in (SectionStatus.OK, SectionStatus.PARTIAL) else "",
        reason=section.reason,
        failures=failures,
        failures_total=max(section.failures_total, len(section.failures)),
    )


def _words(failure: Failure) -> str:
    return f"{failure.part}{f' on {failure.path}' if failure.path else ''}: {failure.message}"


def _coverage(section: SectionSummary) -> str:
    seen, done = section.coverage.seen, section.coverage.analyzed + section.coverage.skipped
    unit = section.coverage.unit.removesuffix("s")
    unit = "DAG" if unit == "dag" else unit
    if done >= seen:
        return times.count(seen, unit)
    return f"{done:,} of {times.count(seen, unit)}"
