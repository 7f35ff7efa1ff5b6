"""What `dagaudit audit` says at its end: the night in ten seconds."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from analyzers.report_merger.coverage import not_seen
from analyzers.report_merger.text import count, one_line
from analyzers.report_merger.verdict import of_report
from dagaudit.drift import DriftState
from dagaudit.report import FINAL, GateResult, Health, Report, ReportStatus
from dagaudit.section import SectionStatus

if TYPE_CHECKING:
    from analyzers.run_all.audit import Outcome

CONFIRMED = (DriftState.DRIFT, DriftState.RECOVERING)
MAX_CAUSES = 5
MAX_DAGS = 5
MAX_UNSEEN = 8
MAX_LINE = 160
# The remedy stands at the end.
MAX_FAILURE = 400
COLOURS = {"failing": "red", "at_risk": "yellow", "healthy": "green", "unknown": "dim"}


def summary(outcome: "Outcome", reports: str) -> Text:
    """The words on the terminal, without the last line."""
    report = outcome.report
    text = Text()
    for part in (_head, _unseen, _causes, _dags, _findings, _drift, _since, _gate):
        for line, style in part(report):
            text.append(f"{line}\n", style=style)
    text.append("\n")
    if outcome.published.newer:
        text.append(f"A newer report, {outcome.published.newer}, stays the latest one.\n", style="yellow")
    if outcome.summary.stopped:
        text.append("The run was told to end: what was done by then is in the report.\n", style="yellow")
    root = _shown(reports)
    text.append(f"Report  {root}/{outcome.published.folder}/report.html\n")
    text.append(f"Next    dagaudit dashboard {root}\n")
    return text


def last_line(outcome: "Outcome", reports: str) -> str:
    """Where final_dashboard_data.json is."""
    return f"{_shown(reports)}/{outcome.published.folder}/{FINAL}"


def _shown(address: str) -> str:
    """A plain path for a file, as the user would type it."""
    return (address.removeprefix("file://") if address.startswith("file://") else address).rstrip("/")


Line = tuple[str, str]


def _head(report: Report) -> Iterator[Line]:
    bad = report.totals.dags_by_health.get(Health.FAILING, 0)
    partial = report.status is not ReportStatus.OK
    yield of_report(report), "bold red" if bad else "bold yellow" if partial else "bold"


def _drift(report: Report) -> Iterator[Line]:
    drifting = [kind for kind, state in report.totals.drift.items() if state in CONFIRMED]
    if drifting:
        yield "", ""
        kinds = " and ".join(drifting)
        yield f"Drift of {kinds}: `dagaudit drift` on these reports tells what moved", "yellow"


def _unseen(report: Report) -> Iterator[Line]:
    unseen = list(not_seen(report))
    if not unseen:
        return
    yield "", ""
    yield f"Not everything was looked at ({report.status.value} report)", "bold yellow"
    for sentence in unseen[:MAX_UNSEEN]:
        yield f"  {one_line(sentence, MAX_FAILURE)}", ""
    first = [
        failure
        for section in report.sections.values()
        if section.status is not SectionStatus.FAILED
        for failure in section.failures
    ]
    for failure in first[:MAX_UNSEEN]:
        place = f"{failure.path}: " if failure.path else ""
        yield f"    {one_line(f'{place}{failure.message}', MAX_FAILURE)}", "dim"
    total = sum(
        section.failures_total
        for section in report.sections.values()
        if section.status is not SectionStatus.FAILED
    )
    if total > MAX_UNSEEN:
        yield f"    … and {total - MAX_UNSEEN:,} more, all in the report", "dim"


def _causes(report: Report) -> Iterator[Line]:
    if not report.causes:
        return
    yield "", ""
    yield "What broke", "bold"
    for number, cause in enumerate(report.causes[:MAX_CAUSES], 1):
        state = f" [{cause.state.value}]" if cause.state and cause.state != "ongoing" else ""
        yield f"  {number}. {one_line(cause.title, MAX_LINE)}{state}", "red"
        dags = cause.dags_total or len(cause.dags)
        names = ", ".join(cause.dags[:4]) + (f" and {dags - 4:,} more" if dags > 4 else "")
        kind = cause.category.value.replace("_", " ")
        where = f"{count(cause.attempts, 'attempt')} in {one_line(names, MAX_LINE)}"
        yield f"     {where} · {kind}, {cause.confidence.value}", "dim"
        yield f"     {one_line(cause.advice, MAX_LINE)}", ""
    if report.totals.causes > MAX_CAUSES:
        yield f"  … and {count(report.totals.causes - MAX_CAUSES, 'more cause')}", "dim"


def _dags(report: Report) -> Iterator[Line]:
    if not report.attention:
        return
    yield "", ""
    yield "DAGs that need somebody first", "bold"
    shown = report.attention[:MAX_DAGS]
    width = min(max(len(row.dag_id) for row in shown), 40)
    for row in shown:
        word = row.health.value.replace("_", " ")
        parts = " + ".join(f"{part.name} {part.points}" for part in row.attention_parts)
        name = one_line(row.dag_id, 40).ljust(width)
        yield f"  {word:<8} {row.attention:>3}  {name}  {parts}", COLOURS[row.health.value]
    more = sum(report.totals.dags_by_health.get(word, 0) for word in (Health.FAILING, Health.AT_RISK))
    seen = sum(row.health in (Health.FAILING, Health.AT_RISK) for row in shown)
    if more > seen:
        yield f"  … and {count(more - seen, 'more DAG')} failing or at risk", "dim"


def _findings(report: Report) -> Iterator[Line]:
    yield "", ""
    code = report.sections["code"]
    if code.status is SectionStatus.FAILED:
        yield "Findings    none, for the source could not be looked at: see above", ""
        return
    if code.status is SectionStatus.SKIPPED:
        yield f"Findings    source skipped: {one_line(code.reason or 'not looked at', MAX_LINE)}", ""
        return
    counts = report.totals.findings_by_severity
    yield "Findings    " + " · ".join(f"{number:,} {word}" for word, number in counts.items()), ""


def _since(report: Report) -> Iterator[Line]:
    since = report.since_last
    if since.reason:
        yield f"Since last  nothing to compare with: {one_line(since.reason, MAX_LINE)}", ""
        return
    parts = []
    for word, changes in (("finding", since.findings), ("cause", since.causes)):
        numbers = {"new": changes.new, "back": changes.regressed, "fixed": changes.fixed}
        said = ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number)
        parts.append(f"{word}s: {said or 'nothing new, nothing fixed'}")
    yield f"Since last  {' · '.join(parts)}", ""


def _gate(report: Report) -> Iterator[Line]:
    if report.gate is GateResult.NOT_SET:
        return
    asked = ", ".join(f"{name.replace('_', ' ')} {limit}" for name, limit in report.audit.thresholds.items())
    failed = report.gate is GateResult.FAILED
    yield f"Gate        {report.gate.value} ({asked})", "bold red" if failed else "green"
