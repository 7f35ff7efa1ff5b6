"""Makes the section of the compared kinds: status, metrics, and a finding where drift is confirmed."""

from collections.abc import Iterator, Sequence

from dagaudit.drift import DriftInput, DriftKind, DriftMemory, DriftState, TrendNight
from dagaudit.finding import Confidence, Failure, Finding, FingerprintParts, Metric, Severity
from dagaudit.section import Coverage, DriftSection, SectionStatus, status_of

MOST_NIGHTS = 90
NOT_LOOKED = {
    DriftKind.NUMBERS: "neither source nor runs were looked at",
    DriftKind.SOURCE: "no DAG source was looked at",
    DriftKind.INCIDENTS: "no logs were looked at",
    DriftKind.MODEL: "no model was asked",
}
RULES = {
    DriftKind.NUMBERS: ("DGD001", "numbers-drift", Severity.MEDIUM),
    DriftKind.SOURCE: ("DGD002", "source-drift", Severity.LOW),
    DriftKind.INCIDENTS: ("DGD003", "incidents-drift", Severity.MEDIUM),
    DriftKind.MODEL: ("DGD004", "model-drift", Severity.MEDIUM),
}
CONFIRMED = (DriftState.DRIFT, DriftState.RECOVERING)
DECIDED = (*CONFIRMED, DriftState.SUSPECTED, DriftState.STEADY)
PATH = "drift_report.json"
NAMED = 5


def section_of(
    inputs: Sequence[DriftInput], failures: Sequence[Failure], over: tuple[DriftMemory, TrendNight]
) -> DriftSection:
    """The section; `skipped` where there was nothing to watch at all."""
    memory, tonight = over
    watched = [one for one in inputs if one.state is not DriftState.NOT_WATCHED]
    trend = [one.trend for one in memory.nights if one.trend and one.day < tonight.day]
    if not watched and not failures:
        reason = "neither source, runs, logs nor a model's answers were looked at"
        return DriftSection(status=SectionStatus.SKIPPED, reason=reason, inputs=tuple(inputs))
    decided = [one for one in watched if one.state in DECIDED]
    coverage = Coverage(
        unit="kinds", seen=len(watched), analyzed=len(decided), skipped=len(watched) - len(decided)
    )
    silent = [one.kind.value for one in watched if one not in decided]
    return DriftSection(
        status=status_of(tuple(failures), coverage),
        coverage=coverage,
        reason=f"no verdict yet on {', '.join(silent)}" if silent else None,
        findings=tuple(_finding(one) for one in inputs if one.state in CONFIRMED),
        metrics=tuple(metric for one in decided for metric in _metrics(one)),
        failures=tuple(failures),
        inputs=tuple(inputs),
        trend=(*trend[1 - MOST_NIGHTS :], tonight),
    )


def _finding(one: DriftInput) -> Finding:
    rule, name, severity = RULES[one.kind]
    names = ", ".join(item.label or item.item for item in one.moved_items[:NAMED])
    parts = FingerprintParts(rule=rule, owner=PATH, code=one.reference.digest if one.reference else "")
    return Finding(
        rule=rule,
        name=name,
        severity=severity,
        confidence=Confidence.LIKELY,
        path=PATH,
        line=1,
        message=one.reason.partition(";")[0],
        evidence=f"moved most: {names}"[:500] if names else None,
        suggestion=one.reason.partition("; ")[2] or None,
        fingerprint=parts.fingerprint,
    )


def _metrics(one: DriftInput) -> Iterator[Metric]:
    labels = {"kind": one.kind.value}
    values = {
        "drift": float(one.state in CONFIRMED),
        "drift_p_value": one.p_value,
        "drift_effect": one.effect,
        "drift_distance": one.distance,
        "drift_moved_share": one.moved_share,
        "drift_centroid_cosine": one.centroid_cosine,
        "drift_mean_shift": one.mean_shift,
        "drift_std_ratio": one.std_ratio,
        "drift_ks_rejected": float(one.ks_rejected),
    }
    for name, value in values.items():
        if value is not None:
            yield Metric(name=name, value=value, labels=labels)
