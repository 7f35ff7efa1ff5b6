"""Holds the findings against the audit's thresholds."""

from collections import Counter
from collections.abc import Iterable

from analyzers.report_merger.attention import CHANGED
from analyzers.report_merger.since_last import Comparison
from dagaudit.finding import Finding, Origin, Severity
from dagaudit.report import GateResult, Health, Report
from dagaudit.section import SectionStatus

GATED = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)


def gate(report: Report, findings: Iterable[Finding], comparison: Comparison) -> GateResult:
    """Failed where more is found than allowed, or where nobody could look."""
    thresholds = report.audit.thresholds
    allowed = {severity: thresholds[severity] for severity in GATED if severity in thresholds}
    least = thresholds.get("min_health_score")
    if not allowed and least is None:
        return GateResult.NOT_SET
    if report.sections["code"].status is SectionStatus.FAILED:
        return GateResult.FAILED
    counted = Counter(
        finding.severity
        for finding in findings
        # What a model alone says never gates.
        if finding.origin is not Origin.LLM
        and (not thresholds.get("new_findings_only") or _is_new(finding, comparison))
    )
    if any(counted[severity] > most for severity, most in allowed.items()):
        return GateResult.FAILED
    if least is not None and health_score(report) < least:
        return GateResult.FAILED
    return GateResult.PASSED


def health_score(report: Report) -> int:
    """The share of DAGs that are healthy, 0 to 100; 100 where there is none."""
    dags = report.totals.dags
    return 100 * report.totals.dags_by_health.get(Health.HEALTHY, 0) // dags if dags else 100


def _is_new(finding: Finding, comparison: Comparison) -> bool:
    return comparison.states.get(("finding", finding.fingerprint)) in CHANGED
