"""Audits one bundle, file by file; no AST outlives its file."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from analyzers.analyzer import Progress
from analyzers.attempt import attempt
from analyzers.code_analyzer.audit_cache import BundleMemory, KnownFile
from analyzers.code_analyzer.bundle import BrokenFile, Bundle, Crew, Looked
from analyzers.code_analyzer.context import BundleContext, Settings
from analyzers.code_analyzer.file_audit import FileAudit, audit_file
from analyzers.code_analyzer.file_model import FileModel
from analyzers.code_analyzer.findings import Draft, draft, evidence
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.parsed_file import decode
from analyzers.code_analyzer.registry import all_rules
from analyzers.code_analyzer.rule import Kind, Place, Rule
from analyzers.code_analyzer.suppressions import Suppressions
from analyzers.code_analyzer.wire_model import wire_dags
from analyzers.masking import mask
from dagaudit.dag import DagModel
from dagaudit.finding import Failure
from dagaudit.ports import DagSource
from dagaudit.section import Coverage

PART = "code"


@dataclass(frozen=True, slots=True)
class Checks:
    """What is looked for."""

    rules: tuple[Rule, ...]
    settings: Settings
    scope: frozenset[str] | None = None
    """As `CodeOptions.scope`."""
    part: frozenset[str] | None = None
    """Only these files now; the others are another process's affair, which looks at the whole later."""


def checks_of(options: CodeOptions) -> Checks:
    """What these options pick.

    Raises:
        SpecInvalid: they name what does not exist.
    """
    known = all_rules()
    options = options.checked(known)
    rules = tuple(rule for rule in known if options.picks(rule))
    return Checks(rules, options.settings(rules), options.scope)


@dataclass(slots=True)
class BundleAudit:
    """What is known of a bundle."""

    number: int
    drafts: list[Draft] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    suppressions: dict[str, Suppressions] = field(default_factory=dict)
    dags: list[DagModel] = field(default_factory=list)
    collected: dict[str, dict[str, Any]] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)

    def add(self, audit: FileAudit) -> None:
        """Take in what one file gave."""
        self.drafts += audit.drafts
        self.failures += audit.failures
        for path, suppressions in audit.suppressions.items():
            self.suppressions.setdefault(path, suppressions)
        for rule_id, kept in audit.collected.items():
            self.collected.setdefault(rule_id, {})[audit.path] = kept


def _alone(_bundle: Bundle) -> AbstractContextManager[Crew | None]:
    return nullcontext()


def audit_bundle(  # noqa: PLR0913 - all but the crew are the bundle's own
    number: int,
    source: DagSource,
    checks: Checks,
    memory: BundleMemory,
    progress: Progress,
    crew_of: Callable[[Bundle], AbstractContextManager[Crew | None]] = _alone,
) -> BundleAudit:
    """Read, interpret and check every file, then the bundle as a whole; what is known is not looked at again.

    Raises:
        SourceUnreadable: the source cannot be listed.
    """
    audit = BundleAudit(number)
    memory.today = checks.settings.day.today
    scope = checks.scope if checks.part is None else checks.part
    bundle = Bundle(source, number, checks.settings.target, memory=memory, scope=scope)
    progress.start(PART, bundle.discover())
    with crew_of(bundle) as bundle.crew:
        for model in bundle.models():
            _take_in(model, bundle, audit, checks, memory)
            progress.advance(PART)
    progress.finish(PART)
    audit.failures += bundle.failures
    audit.coverage = bundle.coverage
    if bundle.failures:
        memory.forget()
    audit.drafts += _whole(audit, bundle, source, checks, memory)
    memory.save()
    return audit


def _take_in(
    model: FileModel | BrokenFile | KnownFile | Looked,
    bundle: Bundle,
    audit: BundleAudit,
    checks: Checks,
    memory: BundleMemory,
) -> None:
    if isinstance(model, BrokenFile):
        audit.drafts += of_broken(model, checks.rules, audit.number)
        memory.forget()
        return
    if isinstance(model, Looked) and model.known is None:
        audit.drafts += model.drafts
        memory.forget()
        return
    known = model.known if isinstance(model, Looked) else model
    if isinstance(known, FileModel):
        known = look(known, bundle, checks, with_answers=memory.keeps)
    assert known is not None
    audit.add(known.audit)
    audit.dags += known.dags
    if memory.keeps and isinstance(model, Looked):
        memory.keep(model.path, decode(model.path, model.data), known)
    elif memory.keeps and isinstance(model, FileModel):
        memory.keep(model.path, model.parsed.text, known)


def look(model: FileModel, bundle: Bundle, checks: Checks, *, with_answers: bool) -> KnownFile:
    """Run the rules over one file; what it asked of others is told only where somebody keeps it."""
    checks.settings.day.begin()
    made = audit_file(model, checks.rules, checks.settings)
    if checks.scope is not None and not model.dags:
        model.dags = model.dags_before
    dags = _wired(model, made, bundle.number, checks.settings) if model.is_dag_candidate else []
    return KnownFile(
        digest=bundle.digest(model.path) if with_answers else "",
        is_candidate=model.is_dag_candidate,
        asked=bundle.asked if with_answers else (),
        imported=model.imported,
        facts=bundle.new_facts,
        audit=made,
        dags=dags,
        days=checks.settings.day.asked,
    )


def _whole(
    audit: BundleAudit, bundle: Bundle, source: DagSource, checks: Checks, memory: BundleMemory
) -> list[Draft]:
    known = memory.whole()
    if known is not None:
        return known
    context = BundleContext(bundle.facts, audit.collected, checks.settings)
    before = len(audit.failures)
    checks.settings.day.begin()
    rules = [rule for rule in checks.rules if rule.kind is Kind.BUNDLE]
    found = [each for rule in rules for each in _of_whole(audit, rule, context)]
    drafts = list(_with_lines(found, source))
    if len(audit.failures) > before:
        memory.forget()
    memory.keep_whole(drafts, checks.settings.day.asked)
    return drafts


def _wired(model: FileModel, audit: FileAudit, number: int, settings: Settings) -> list[DagModel]:
    wire = partial(_wire, model, number, settings)
    made = attempt("DAG model", wire, model.path)
    if isinstance(made, Failure):
        audit.failures.append(made)
        return []
    return made


def _wire(model: FileModel, number: int, settings: Settings) -> list[DagModel]:
    return list(wire_dags(model, bundle=number, target=settings.target))


def of_broken(file: BrokenFile, rules: tuple[Rule, ...], number: int) -> Iterator[Draft]:
    """What is said of a file that is no Python."""
    lines = file.data.decode("utf-8", "replace").splitlines()
    for rule in rules:
        if rule.kind is Kind.BROKEN_FILE:
            for problem in rule(file.error):
                where = problem.where if isinstance(problem.where, Place) else Place(1)
                text = lines[where.line - 1] if where.line <= len(lines) else ""
                made = draft(rule, problem, replace(where, path=file.path, code=text), bundle=number)
                yield replace(made, evidence=evidence(text))


def _of_whole(audit: BundleAudit, rule: Rule, context: BundleContext) -> Iterator[Draft]:
    problems = attempt(f"rule {rule.id}", partial(rule.problems, context))
    if isinstance(problems, Failure):
        audit.failures.append(problems)
        return
    for problem in problems:
        where = problem.where
        if not isinstance(where, Place) or where.path is None:
            message = f"a bundle rule must name a path and a line, not {type(where).__name__}"
            audit.failures.append(Failure(part=f"rule {rule.id}", message=message))
            continue
        yield draft(rule, problem, where, bundle=audit.number)


def _with_lines(drafts: list[Draft], source: DagSource) -> Iterator[Draft]:
    """The drafts with their lines as evidence: the files that they point at are read once more."""
    wanted = {each.path for each in drafts}
    files = {file.path: file for file in source.files() if file.path in wanted} if wanted else {}
    lines: dict[str, list[str]] = {}
    for path, file in files.items():
        data = attempt("reading", partial(source.read, file), path)
        # Unreadable by now: the finding stands all the same, without its line.
        lines[path] = [] if isinstance(data, Failure) else data.decode("utf-8", "replace").splitlines()
    for each in drafts:
        found = lines.get(each.path, [])
        text = found[each.line - 1] if each.line <= len(found) else ""
        yield replace(each, evidence=evidence(text), code=each.code or mask(text))
