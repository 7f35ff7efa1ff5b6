"""The numbers on top of one night's report, for the curves over many nights."""

from collections import Counter
from datetime import datetime
from typing import Protocol

from dagaudit.drift import TrendNight
from dagaudit.finding import Severity
from dagaudit.section import CodeSection, LogsSection, SectionStatus, StatsSection
from dagaudit.task_attempt import Outcome

LOOKED = (SectionStatus.OK, SectionStatus.PARTIAL)


class Sections(Protocol):
    """What tonight's other analyzers found."""

    @property
    def code(self) -> CodeSection:
        """The source."""
        ...

    @property
    def stats(self) -> StatsSection:
        """The runs."""
        ...

    @property
    def logs(self) -> LogsSection:
        """The logs."""
        ...


def trend_night(seen: Sections, now: datetime) -> TrendNight:
    """Tonight in a few numbers; null where a section was not looked at. The report's id comes later."""
    code = seen.code if seen.code.status in LOOKED else None
    logs = seen.logs if seen.logs.status in LOOKED else None
    stats = seen.stats if seen.stats.status in LOOKED else None
    severities = Counter(finding.severity for finding in code.findings) if code else None
    fleet = stats.fleet if stats else None
    wasted = [dag.runs.wasted_seconds for dag in stats.dags if dag.runs] if stats else []
    runs = fleet.runs if fleet and fleet.runs else None
    return TrendNight(
        day=f"{now:%Y-%m-%d}",
        report_id="",
        dags=fleet.dags if fleet else len(code.dags) if code else None,
        critical=severities[Severity.CRITICAL] if severities is not None else None,
        high=severities[Severity.HIGH] if severities is not None else None,
        medium=severities[Severity.MEDIUM] if severities is not None else None,
        low=severities[Severity.LOW] if severities is not None else None,
        causes=len(logs.causes) if logs else None,
        failed_attempts=sum(one.outcome is Outcome.FAILED for one in logs.attempts) if logs else None,
        runs=runs,
        failed_runs=fleet.failed_runs if fleet and runs else None,
        success_rate=round(1 - fleet.failed_runs / runs, 6) if fleet and runs else None,
        wasted_seconds=round(sum(wasted), 3) if wasted else None,
    )
