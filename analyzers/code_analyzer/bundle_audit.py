"""Audits one bundle, file by file; no AST outlives its file."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from analyzers.analyzer import Progress
from analyzers.attempt import attempt
from analyzers.code_analyzer.context import BundleContext, Settings
from analyzers.code_analyzer.file_audit import FileAudit, audit_file
from analyzers.code_analyzer.file_model import BundleFacts, FileModel
from analyzers.code_analyzer.findings import Draft, draft, evidence
from analyzers.code_analyzer.parsed_file import MAX_FILE_BYTES, SourceBroken, parse_file
from analyzers.code_analyzer.rule import Kind, Place, Rule
from analyzers.code_analyzer.suppressions import Suppressions
from dagaudit.dag import DagModel
from dagaudit.finding import Failure
from dagaudit.ports import DagSource, SourceFile
from dagaudit.section import Coverage

PART = "code"


@dataclass(slots=True)
class BundleAudit:
    """What is known of a bundle."""

    number: int
    drafts: list[Draft] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    suppressions: dict[str, Suppressions] = field(default_factory=dict)
    dags: list[DagModel] = field(default_factory=list)
    facts: BundleFacts = field(default_factory=BundleFacts)
    collected: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: int = 0
    skipped: int = 0

    @property
    def coverage(self) -> Coverage:
        """Files that were looked at; a file that is no Python was looked at, too."""
        return Coverage(seen=self.seen, analyzed=len(self.facts.analyzed), skipped=self.skipped)

    def add(self, audit: FileAudit) -> None:
        """Take in what one file gave."""
        self.drafts += audit.drafts
        self.failures += audit.failures
        self.suppressions |= audit.suppressions
        for rule_id, kept in audit.collected.items():
            self.collected.setdefault(rule_id, {})[audit.path] = kept


def audit_bundle(
    number: int, source: DagSource, rules: tuple[Rule, ...], settings: Settings, progress: Progress
) -> BundleAudit:
    """Read, interpret and check every file, then the bundle as a whole."""
    bundle = BundleAudit(number, facts=BundleFacts(bundle=number))
    file_rules = tuple(rule for rule in rules if rule.kind in {Kind.FILE, Kind.DAG, Kind.BUNDLE})
    for model in _models(bundle, source, rules, progress):
        bundle.add(audit_file(model, file_rules, settings))
    for rule in rules:
        if rule.kind is Kind.BUNDLE:
            _audit_whole(bundle, rule, BundleContext(bundle.facts, bundle.collected, settings))
    return bundle


def _models(
    bundle: BundleAudit, source: DagSource, rules: tuple[Rule, ...], progress: Progress
) -> Iterator[FileModel]:
    files = [file for file in source.files() if file.path.endswith(".py")]
    bundle.seen = len(files)
    progress.start(PART, len(files))
    for file in files:
        data = attempt("reading", partial(source.read, file), file.path)
        if isinstance(data, Failure):
            bundle.failures.append(data)
        else:
            try:
                yield FileModel(parse_file(file.path, data, bundle=bundle.number))
                bundle.facts.analyzed.append(file.path)
            except SourceBroken as error:
                _add_broken(bundle, rules, file, data, error)
        progress.advance(PART)
    progress.finish(PART)


def _add_broken(
    bundle: BundleAudit, rules: tuple[Rule, ...], file: SourceFile, data: bytes, error: SourceBroken
) -> None:
    bundle.facts.failed.append(file.path)
    if len(data) > MAX_FILE_BYTES:
        bundle.failures.append(Failure(part="parsing", path=file.path, message=str(error)))
        return
    bundle.facts.analyzed.append(file.path)
    lines = data.decode("utf-8", "replace").splitlines()
    for rule in rules:
        if rule.kind is Kind.BROKEN_FILE:
            for problem in rule(error):
                where = problem.where if isinstance(problem.where, Place) else Place(1)
                text = lines[where.line - 1] if where.line <= len(lines) else ""
                made = draft(rule, problem, replace(where, path=file.path, code=text), bundle=bundle.number)
                bundle.drafts.append(replace(made, evidence=evidence(text)))


def _audit_whole(bundle: BundleAudit, rule: Rule, context: BundleContext) -> None:
    problems = attempt(f"rule {rule.id}", partial(rule.problems, context))
    if isinstance(problems, Failure):
        bundle.failures.append(problems)
        return
    for problem in problems:
        where = problem.where
        if not isinstance(where, Place) or where.path is None:
            message = f"a bundle rule must name a path and a line, not {type(where).__name__}"
            bundle.failures.append(Failure(part=f"rule {rule.id}", message=message))
            continue
        bundle.drafts.append(draft(rule, problem, where, bundle=bundle.number))
