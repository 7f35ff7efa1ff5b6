"""Runs the analyzers one by one, each kept apart from the others, and hands their sections to the merger.

A crash of one analyzer becomes a `failed` section. A run that is told to end keeps what it has.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from analyzers.analyzer import NoProgress, Progress
from analyzers.attempt import attempt
from analyzers.code_analyzer.options import CodeOptions, version_of
from analyzers.code_analyzer.rule import Profile
from analyzers.report_merger.sections import NOT_ASKED_FOR, Sections, looked
from analyzers.report_merger.since_last import JUDGE
from analyzers.run_all.history import ReadOnce
from analyzers.run_all.plan import Plan
from analyzers.run_all.rule_choice import with_rules
from analyzers.run_all.source_texts import Remembering, read_texts, texts_of
from dagaudit.finding import Failure, Severity
from dagaudit.ports import AnswerCache, AuditCache, DagSource, Llm, LogSource, ReportStore, RunHistory
from dagaudit.report import SECTION_FILES
from dagaudit.run_history import History
from dagaudit.section import (
    CodeSection,
    DriftSection,
    LogsSection,
    Section,
    SectionStatus,
    StatsSection,
    status_of,
)
from dagaudit.spec import Analyzer, AnalyzerName, RedactionMode, RuleProfile

AnySection = TypeVar("AnySection", bound=Section)

STOPPED = "the run was told to end before this was done"
# What `python -m analyzers.<one>` has to run where the sections that it reads are not there.
NEEDS = {
    "code": ("code",),
    "logs": ("logs",),
    "stats": ("code", "logs", "stats"),
    "drift": ("code", "logs", "stats", "drift"),
}


class Stopped(BaseException):
    """The run is to end now; no part may swallow it, so it is no Exception."""


class TooSlow(BaseException):
    """The analyzer's time is over; no part of it may swallow that either."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the analyzers read, opened."""

    llm: Llm
    cache: AnswerCache
    dags: tuple[DagSource, ...] = ()
    logs: LogSource | None = None
    history: RunHistory | None = None
    reports: ReportStore | None = None
    """Where earlier nights lie, which drift compares with."""
    absent: dict[str, str] = field(default_factory=dict)
    """Section to the reason why its input cannot be opened by this version."""
    prepared: dict[str, Section] = field(default_factory=dict)
    """Sections that another process made."""
    audits: AuditCache | None = None
    """What other processes found in DAG files."""
    lost: tuple[Failure, ...] = ()
    """What became of those that found nothing, and how many files that cost."""
    lost_files: int = 0
    day: date | None = None
    """The day that rules go by; None is today."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What belongs to the process and is handed in."""

    clock: Callable[[], datetime]
    progress: Progress = field(default_factory=NoProgress)
    interruptible: Callable[[float], AbstractContextManager[None]] = lambda _seconds: nullcontext()
    """Within it the process may raise Stopped, and TooSlow after so many seconds."""
    jobs: int = 1
    """At most so many processes look at DAG files."""


def run_all(
    plan: Plan, inputs: Inputs, around: Surroundings, only: str | None = None
) -> tuple[Sections, bool]:
    """The four sections, and whether the run was told to end before all were done.

    With `only`, that analyzer runs and those whose sections it needs and nobody prepared.
    """
    if inputs.history:
        inputs = replace(inputs, history=ReadOnce(inputs.history))
    run = _Run(plan, inputs, around, NEEDS[only] if only else tuple(SECTION_FILES))
    code = run.section(AnalyzerName.CODE, CodeSection, lambda: _code(run))
    code = run.judged(code)
    logs = run.section(AnalyzerName.LOGS, LogsSection, lambda: _logs(inputs, around))
    stats = run.section(AnalyzerName.STATS, StatsSection, lambda: _stats(code, logs, inputs, around))
    texts = texts_of(run.dags, code)
    found = Sections(code=code, stats=stats, logs=logs, texts=texts)
    night: list[bytes] = []
    drift = run.section(AnalyzerName.DRIFT, DriftSection, lambda: _drift(found, inputs, around, night))
    return replace(found, drift=drift, night=night[0] if night else b""), run.stopped


@dataclass(slots=True)
class _Run:
    plan: Plan
    inputs: Inputs
    around: Surroundings
    wanted: tuple[str, ...]
    stopped: bool = False
    dags: tuple[Remembering, ...] = ()

    def __post_init__(self) -> None:
        self.dags = tuple(Remembering(source, self.plan.exclude) for source in self.inputs.dags)

    def section(
        self, name: AnalyzerName, kind: type[AnySection], work: Callable[[], AnySection]
    ) -> AnySection:
        """The analyzer's section, or one that says why there is none."""
        asked = self.plan.asked(name)
        part = name.value.lower()
        if isinstance(prepared := self.inputs.prepared.get(part), kind):
            return prepared
        if part in self.inputs.absent:
            return kind(status=SectionStatus.SKIPPED, reason=self.inputs.absent[part])
        if asked is None or self.plan.missing_input(name) or part not in self.wanted:
            return kind(status=SectionStatus.SKIPPED, reason=NOT_ASKED_FOR)
        started = self.around.clock()
        made = self._kept_apart(part, asked, work)
        times = {"started_at": started, "ended_at": self.around.clock()}
        if isinstance(made, Failure):
            return kind(status=SectionStatus.FAILED, reason=made.message, failures=(made,), **times)
        return made.model_copy(update=times)

    def judged(self, code: CodeSection) -> CodeSection:
        """The section after the model has spoken; what the rules found stands whatever becomes of that."""
        asked = self.plan.asked(AnalyzerName.CODE)
        if asked is None or not looked(code) or self.inputs.prepared.get("code") is code:
            return code
        made = self._kept_apart(JUDGE, asked, lambda: _judge(self.plan, code, self))
        if isinstance(made, Failure):
            failures = (*code.failures, made)
            return code.model_copy(update={"failures": failures, "status": SectionStatus.PARTIAL})
        return made.model_copy(update={"ended_at": self.around.clock()})

    def _kept_apart(self, part: str, asked: Analyzer, work: Callable[[], AnySection]) -> AnySection | Failure:
        if self.stopped:
            return Failure(part=part, message=STOPPED)
        try:
            with self.around.interruptible(asked.timeout_seconds):
                return attempt(part, work)
        except Stopped:
            self.stopped = True
            return Failure(part=part, message=STOPPED)
        except TooSlow:
            return Failure(part=part, message=f"took longer than its {asked.timeout_seconds} seconds")


def check(plan: Plan) -> None:
    """Refuse what no analyzer could do, before anything is read.

    Raises:
        SpecInvalid: a rule, an option or an Airflow version that does not exist.
    """
    from analyzers.code_analyzer.registry import all_rules

    if plan.asked(AnalyzerName.CODE) is not None:
        code_options(plan).checked(all_rules())


def code_options(plan: Plan) -> CodeOptions:
    asked = plan.asked(AnalyzerName.CODE)
    assert asked is not None
    selector = asked.rule_selector
    base = with_rules(plan.code or CodeOptions(), selector)
    profile = plan.profile or selector.profile
    return replace(
        base,
        select=selector.include or base.select,
        ignore=(*base.ignore, *selector.exclude),
        profile=Profile.STRICT if profile is RuleProfile.STRICT else base.profile,
        target=version_of(plan.target) if plan.target else base.target,
        min_severity=min(Severity(asked.severity_floor.value.lower()), base.min_severity, key=_rank),
    )


def _code(run: "_Run") -> CodeSection:
    from analyzers.code_analyzer.analyze import analyze
    from analyzers.code_analyzer.registry import all_rules

    inputs, around = run.inputs, run.around
    options = replace(code_options(run.plan), today=inputs.day or around.clock().date())
    section = analyze(run.dags, options, audits=inputs.audits, progress=around.progress, jobs=around.jobs)
    ran = tuple(sorted(rule.id for rule in all_rules() if options.picks(rule)))
    return _with_lost(section.model_copy(update={"rules": ran}), inputs)


def _with_lost(section: CodeSection, inputs: Inputs) -> CodeSection:
    if not inputs.lost:
        return section
    coverage = section.coverage.model_copy(update={"seen": section.coverage.seen + inputs.lost_files})
    if not coverage.analyzed:
        reason = "every shard that had files was lost"
        return CodeSection(
            status=SectionStatus.FAILED, reason=reason, failures=inputs.lost, coverage=coverage
        )
    failures = (*inputs.lost, *section.failures)
    changes = {"failures": failures, "coverage": coverage, "status": status_of(failures, coverage)}
    return section.model_copy(update=changes)


def _judge(plan: Plan, section: CodeSection, run: "_Run") -> CodeSection:
    from analyzers.code_analyzer.llm_judge.allowance import Allowance
    from analyzers.code_analyzer.llm_judge.judge import Asking
    from analyzers.code_analyzer.llm_judge.redaction import redactor
    from analyzers.code_analyzer.llm_judge.section import judge_section
    from analyzers.code_analyzer.registry import all_rules

    words = {rule.id: rule.documentation for rule in all_rules()}
    budget = plan.budget
    allowance = Allowance(budget.max_calls_per_run, budget.max_tokens_per_run, budget.max_seconds_per_run)
    asking = Asking(run.inputs.llm, run.inputs.cache, allowance)
    if plan.model is not None:
        redaction = plan.model.redaction
        redact = redactor(secrets=redaction.mode is RedactionMode.ON, extra_patterns=redaction.extra_patterns)
        asking = replace(asking, redact=redact, concurrency=plan.model.concurrency)
    return judge_section(section, run.dags, words, asking, run.around.progress)


def _rank(severity: Severity) -> int:
    return severity.rank


def _logs(inputs: Inputs, around: Surroundings) -> LogsSection:
    from analyzers.log_analyzer.analyze import analyze
    from analyzers.log_analyzer.incidents import recalled
    from analyzers.log_analyzer.options import LogOptions
    from analyzers.stat_reporter.analyze import WINDOW

    assert inputs.logs is not None
    known: History | None = None
    if inputs.history:
        # What it could not say is told by the statistics, which ask it too.
        found = attempt("history", partial(inputs.history.read, around.clock() - WINDOW))
        known = None if isinstance(found, Failure) else found
    costly = inputs.logs.address.startswith(("cloudwatch:", "airflow"))
    options = LogOptions(history=known, skip_successes=costly)
    section = analyze(inputs.logs, options, around.progress)
    return recalled(section, inputs.reports) if inputs.reports else section


def _stats(code: CodeSection, logs: LogsSection, inputs: Inputs, around: Surroundings) -> StatsSection:
    from analyzers.stat_reporter.analyze import analyze

    now, progress = around.clock(), around.progress
    return analyze(_given(code), _given(logs), inputs.history, now=now, progress=progress)


def _drift(found: Sections, inputs: Inputs, around: Surroundings, night: list[bytes]) -> DriftSection:
    """The section; tonight's features are left in `night` for whoever publishes the report."""
    from analyzers.drift_checker.analyze import Seen, analyze

    if inputs.reports is None:
        return DriftSection(status=SectionStatus.SKIPPED, reason="no reports root to compare with")
    # Where another process read the source, its files are read again.
    texts = found.texts or read_texts(inputs.dags, found.code)
    seen = Seen(found.code, found.stats, found.logs, inputs.llm, inputs.cache, texts)
    checked = analyze(seen, inputs.reports, around.clock(), around.progress)
    night.append(checked.night)
    return checked.section


def _given(section: AnySection) -> AnySection | None:
    return None if section.status is SectionStatus.SKIPPED else section
