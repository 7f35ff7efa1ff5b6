"""An audit from its plan to its published report, on ports that somebody opened."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from pydantic import ValidationError

from analyzers.code_analyzer.llm_judge.judge import PART as JUDGE
from analyzers.drift_checker.keep import keep, remove_old_nights
from analyzers.report_merger.merge import merge
from analyzers.report_merger.previous import read_previous
from analyzers.report_merger.publish import Published, publish
from analyzers.report_merger.retention import remove_old_runs
from analyzers.report_merger.sections import SectionName, Sections
from analyzers.run_all.commit import commit
from analyzers.run_all.plan import Plan
from analyzers.run_all.run import Inputs, Surroundings, check, run_all
from analyzers.run_all.source_texts import read_texts
from dagaudit import __version__
from dagaudit.errors import DagAuditError, LlmUnavailable, ReportMissing, ReportUnreadable
from dagaudit.finding import Failure
from dagaudit.ports import (
    AnswerCache,
    AuditCache,
    DagSource,
    Llm,
    LogSource,
    ReportStore,
    RunHistory,
)
from dagaudit.report import FINAL, SECTION_FILES, AuditInfo, Latest, Report, ReportStatus
from dagaudit.run_summary import RunSummary
from dagaudit.section import (
    CodeSection,
    DriftSection,
    LogsSection,
    Section,
    SectionStatus,
    StatsSection,
)
from dagaudit.spec import AnalyzerName, LlmMode, OnExceeded

log = logging.getLogger(__name__)

Step = Literal["code", "stats", "logs", "drift", "merge", "all"]
EXIT_RETRY = 1
EXIT_BUDGET = 79
SAME_NIGHT = timedelta(hours=24)
STAGED_NIGHT = "drift_night.parquet"
SECTION_MODELS: Mapping[SectionName, type[Section]] = {
    "code": CodeSection,
    "stats": StatsSection,
    "logs": LogsSection,
    "drift": DriftSection,
}


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world, opened."""

    llm: Llm
    cache: AnswerCache
    reports: ReportStore
    dags: tuple[DagSource, ...] = ()
    logs: LogSource | None = None
    history: RunHistory | None = None
    copy_folder: ReportStore | None = None
    copy_name: str = ""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Section to the reason why this version cannot open its input."""
    audits: AuditCache | None = None
    """What earlier runs, or the shards of this one, found in DAG files."""
    lost: tuple[Failure, ...] = ()
    """Shards that did not end, and how many files that cost."""
    lost_files: int = 0
    day: date | None = None
    """The day that rules go by; None is today."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished audit."""

    report: Report
    published: Published
    summary: RunSummary


def run_step(step: Step, plan: Plan, ports: Ports, around: Surroundings) -> RunSummary:
    """One step of an audit, or all of it, and what to tell of it."""
    check(plan)
    if step == "all":
        return audit(plan, ports, around).summary
    staged = _staged(ports.reports)
    started = around.clock()
    if step == "merge":
        sections = Sections(**_with_age(staged))
        texts = read_texts(ports.dags, sections.code)
        sections = replace(sections, texts=texts, night=_staged_night(ports.reports, sections, staged))
        return _finish(plan, ports, sections, around.clock()).summary
    others: dict[str, Section] = {name: section for name, section in staged.items() if name != step}
    sections, stopped = run_all(plan, _inputs(ports, others), around, only=step)
    section: Section = getattr(sections, step)
    ports.reports.write(SECTION_FILES[step], section.model_dump_json().encode() + b"\n")
    if step == "drift" and sections.night:
        ports.reports.write(STAGED_NIGHT, sections.night)
    failed = section.status is SectionStatus.FAILED
    return RunSummary(
        exit_code=EXIT_RETRY if failed or stopped else 0,
        error=section.reason if failed else None,
        stopped=stopped,
        sections={step: section.status.value},
        seconds=_seconds(started, around),
    )


def audit(plan: Plan, ports: Ports, around: Surroundings) -> Outcome:
    """All analyzers, the report, and the pointer to it.

    Raises:
        SpecInvalid: the plan names what does not exist.
        LlmUnavailable: the spec requires the model and it does not answer.
        StoreUnwritable: the report could not be written; latest.json is as it was.
    """
    check(plan)
    started = around.clock()
    if plan.llm_mode is LlmMode.REQUIRED and ports.llm.model() is None:
        raise LlmUnavailable(f"{plan.llm}: the spec requires a model, and there is none")
    sections, stopped = run_all(plan, _inputs(ports, {}), around)
    outcome = _finish(plan, ports, sections, around.clock())
    changes = {"seconds": _seconds(started, around), "stopped": stopped}
    if stopped:
        changes["exit_code"] = EXIT_RETRY
    return replace(outcome, summary=outcome.summary.model_copy(update=changes))


def new_report_id(now: datetime, plan: Plan) -> str:
    """UTC, and eight digits that another audit or another moment of the same second does not share."""
    said = hashlib.sha256(repr((plan.name, plan.namespace, plan.dags, now.isoformat())).encode())
    return f"{now:%Y%m%dT%H%M%SZ}-{said.hexdigest()[:8]}"


def _finish(plan: Plan, ports: Ports, sections: Sections, now: datetime) -> Outcome:
    previous = read_previous(ports.reports)
    report_id = new_report_id(now, plan)
    sections = replace(sections, drift=keep(sections.drift, sections.night, ports.reports, (report_id, now)))
    info = _info(plan, ports, sections.code.target_version)
    files = merge(sections, previous, info, now, report_id, forms=plan.forms)
    report = Report.model_validate_json(files[FINAL])
    published = publish(files, report, ports.reports)
    if published.newer is None:
        if ports.copy_folder is not None:
            ports.copy_folder.write(ports.copy_name, files[FINAL])
        commit(ports.logs, sections.logs, ports.reports)
        _retain(plan, ports, report, published)
    return Outcome(report, published, _summary(_exit_code(plan, report), ports, report, published))


def _exit_code(plan: Plan, report: Report) -> int:
    if _has_failed(plan, report):
        return EXIT_RETRY
    spent = any(
        failure.part == JUDGE and "budget" in failure.message for failure in report.sections["code"].failures
    )
    return EXIT_BUDGET if spent and plan.budget.on_exceeded is OnExceeded.FAIL else 0


def _seconds(started: datetime, around: Surroundings) -> float:
    return round((around.clock() - started).total_seconds(), 3)


def _retain(plan: Plan, ports: Ports, report: Report, published: Published) -> None:
    latest = Latest(
        report_id=report.report_id,
        path=published.folder,
        created_at=report.created_at,
        previous=report.since_last.previous,
    )
    try:
        remove_old_runs(ports.reports, latest, plan.keep, report.created_at)
        remove_old_nights(ports.reports, report.created_at, plan.keep.days)
    except DagAuditError as error:
        # The report stands; the next run tries again.
        log.warning("old runs could not be removed: %s", error)


def _has_failed(plan: Plan, report: Report) -> bool:
    """Whether the run has failed: nothing could be looked at, or an analyzer that is required failed."""
    if report.status is ReportStatus.FAILED:
        return True
    return any(
        report.sections[name].status is SectionStatus.FAILED  # type: ignore[index]
        and (asked := plan.asked(AnalyzerName(name.capitalize()))) is not None
        and asked.required
        for name in SECTION_FILES
    )


def _info(plan: Plan, ports: Ports, target: str | None) -> AuditInfo:
    limits = plan.thresholds.model_dump(exclude_none=True) if plan.thresholds else {}
    thresholds = {name: limit for name, limit in limits.items() if limit is not False}
    return AuditInfo(
        name=plan.name,
        namespace=plan.namespace,
        dagaudit_version=__version__,
        target_version=target,
        dags_address=", ".join(plan.dags) or None,
        logs_address=plan.logs,
        history_address=plan.history,
        llm_address=plan.llm,
        reports_address=ports.reports.address,
        thresholds=thresholds,
    )


def _inputs(ports: Ports, prepared: Mapping[str, Section]) -> Inputs:
    return Inputs(
        llm=ports.llm,
        cache=ports.cache,
        dags=ports.dags,
        logs=ports.logs,
        history=ports.history,
        reports=ports.reports,
        absent=dict(ports.absent),
        prepared=dict(prepared),
        audits=ports.audits,
        lost=ports.lost,
        lost_files=ports.lost_files,
        day=ports.day,
    )


def _staged(store: ReportStore) -> dict[SectionName, Any]:
    """The sections that steps before this one left below the root."""
    found: dict[SectionName, Any] = {}
    for name, model in SECTION_MODELS.items():
        key = SECTION_FILES[name]
        try:
            found[name] = model.model_validate_json(store.read(key).data)
        except ReportMissing:
            continue
        except ValidationError as error:
            raise ReportUnreadable(
                f"{key} is no section that this version reads; run its analyzer again"
            ) from error
    return found


def _staged_night(store: ReportStore, sections: Sections, staged: dict[SectionName, Any]) -> bytes:
    """Tonight's features, where the drift step left them; those of another night are not tonight's."""
    if "drift" not in staged or sections.drift is not staged["drift"]:
        return b""
    try:
        return store.read(STAGED_NIGHT).data
    except ReportMissing:
        return b""


def _with_age(staged: dict[SectionName, Any]) -> dict[SectionName, Any]:
    """The sections, those marked that are of an earlier night than the newest: their analyzer did not run."""
    newest = max((section.ended_at for section in staged.values() if section.ended_at), default=None)
    marked = dict(staged)
    for name, section in staged.items():
        if newest is None or section.ended_at is None or newest - section.ended_at <= SAME_NIGHT:
            continue
        words = f"made {section.ended_at:%Y-%m-%d %H:%M} UTC, long before the others; run its analyzer again"
        failures = (*section.failures, Failure(part=name, message=words))
        marked[name] = section.model_copy(update={"failures": failures, "status": SectionStatus.PARTIAL})
    return marked


def _summary(exit_code: int, ports: Ports, report: Report, published: Published) -> RunSummary:
    used = [summary.llm for summary in report.sections.values() if summary.llm]
    return RunSummary(
        exit_code=exit_code,
        report_id=report.report_id,
        report=f"{ports.reports.address.rstrip('/')}/{published.folder}",
        status=report.status,
        gate=report.gate,
        newer=published.newer,
        sections={name: summary.status.value for name, summary in report.sections.items()},
        dags=report.totals.dags,
        causes=report.totals.causes,
        findings=report.totals.findings_by_severity,
        new_findings=report.since_last.findings.new,
        fixed_findings=report.since_last.findings.fixed,
        tokens=sum(each.prompt_tokens + each.answer_tokens for each in used),
    )
