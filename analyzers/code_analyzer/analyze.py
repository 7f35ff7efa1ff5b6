"""The code analyzer: from DAG sources to a section with findings and DAG models."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from functools import partial

from analyzers.analyzer import NoProgress, Progress
from analyzers.attempt import attempt
from analyzers.code_analyzer.audit_cache import BundleMemory, entry_key
from analyzers.code_analyzer.bundle_audit import BundleAudit, audit_bundle, checks_of
from analyzers.code_analyzer.context import SuppressionContext
from analyzers.code_analyzer.discovery import PART
from analyzers.code_analyzer.findings import Draft, draft, evidence, findings_of
from analyzers.code_analyzer.llm_judge.judge import Asking
from analyzers.code_analyzer.llm_judge.section import judge_section
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.overrides import named, weighed
from analyzers.code_analyzer.registry import all_rules
from analyzers.code_analyzer.rule import Kind, Place, Rule
from analyzers.code_analyzer.suppressions import NONE
from analyzers.code_analyzer.workers.pool import crew_of
from dagaudit.finding import Failure, Finding
from dagaudit.ports import AnswerCache, AuditCache, DagSource, Llm
from dagaudit.section import CodeSection, Coverage, status_of


def analyze(  # noqa: PLR0913 - all but the sources are optional
    sources: Sequence[DagSource],
    options: CodeOptions | None = None,
    *,
    llm: Llm | None = None,
    cache: AnswerCache | None = None,
    audits: AuditCache | None = None,
    progress: Progress | None = None,
    jobs: int = 1,
) -> CodeSection:
    """Audit all files of the sources; each source is a bundle of its own.

    Args:
        sources: where the files are.
        options: which rules, and how their findings are weighed.
        llm: judges what was found.
        cache: the judge's answers.
        audits: what was found in files before.
        progress: told of every file.
        jobs: at most so many processes look at files; what is found does not depend on it.

    Raises:
        SourceUnreadable: a source cannot be listed.
        SpecInvalid: the options name what does not exist.
    """
    options = (options or CodeOptions()).checked(all_rules())
    checks = checks_of(options)
    rules = checks.rules
    bundles = []
    for number, source in enumerate(sources):
        key = entry_key(source.address, number, rules, checks.settings) if audits is not None else ""
        memory = BundleMemory(audits, key)
        crew = partial(crew_of, jobs=jobs, options=options, with_answers=memory.keeps)
        bundle = audit_bundle(number, source, checks, memory, progress or NoProgress(), crew)
        bundle.failures += _nothing_there(bundle, source)
        bundles.append(bundle)
    silenced: list[Draft] = []
    drafts = [each for bundle in bundles for each in _settled(bundle, rules, options, silenced)]
    section = _section(bundles, tuple(findings_of(drafts)), options)
    if options.keep_suppressed:
        section = section.model_copy(update={"suppressed": tuple(findings_of(silenced))})
    if llm is None:
        return section
    words = {rule.id: rule.documentation for rule in rules}
    return judge_section(section, sources, words, Asking(llm, cache or _NoAnswers()), progress)


class _NoAnswers:
    """Nothing is kept: every question is asked."""

    def get(self, key: str) -> bytes | None:  # noqa: ARG002
        """Nothing."""
        return None

    def put(self, key: str, data: bytes) -> None:
        """Nothing."""


def _settled(
    bundle: BundleAudit, rules: tuple[Rule, ...], options: CodeOptions, silenced: list[Draft]
) -> Iterable[Draft]:
    """The bundle's drafts without those that are suppressed, ignored or not bad enough; and what is wrong
    with its suppressions. What is suppressed goes to `silenced`."""
    kept: list[Draft] = []
    quiet: list[Draft] = []
    for draft_ in bundle.drafts:
        comments = bundle.suppressions.get(draft_.path, NONE)
        is_quiet = comments.silence(draft_.rule, draft_.name, draft_.line, options.today)
        (quiet if is_quiet else kept).append(draft_)
    kept += _of_suppressions(bundle, rules, options)
    silenced += _weighed(quiet, bundle, rules, options)
    return _weighed(kept, bundle, rules, options)


def _weighed(
    drafts: Iterable[Draft], bundle: BundleAudit, rules: tuple[Rule, ...], options: CodeOptions
) -> Iterable[Draft]:
    """Those that no configuration leaves out, as bad as it makes them."""
    everywhere = {rule.id for rule in rules if options.picks_everywhere(rule)}
    tags = {dag.dag_id: dag.tags for dag in bundle.dags} if options.overrides else {}
    for made in drafts:
        each = weighed(made, options.overrides, everywhere, tags.get(made.dag_id or "", ()))
        if each is None or not each.severity.at_least(options.min_severity):
            continue
        if not any(
            fnmatch(each.path, glob) and named(each.rule, each.name, keys)
            for glob, keys in options.per_file_ignores.items()
        ):
            yield each


def _of_suppressions(bundle: BundleAudit, rules: tuple[Rule, ...], options: CodeOptions) -> Iterable[Draft]:
    ran = {rule.id: rule.name for rule in rules}
    known = frozenset(name for rule in all_rules() for name in (rule.id, rule.name))
    for path, suppressions in sorted(bundle.suppressions.items()):
        context = SuppressionContext(path, suppressions, options.today, ran, known)
        texts = {comment.line: comment.text for comment in suppressions.comments}
        for rule in rules:
            if rule.kind is not Kind.SUPPRESSION:
                continue
            problems = attempt(f"rule {rule.id}", partial(rule.problems, context), path)
            if isinstance(problems, Failure):
                bundle.failures.append(problems)
                continue
            for problem in problems:
                where = problem.where
                assert isinstance(where, Place)
                place = Place(where.line, where.column, where.line, path, code=texts.get(where.line, ""))
                made = draft(rule, problem, place, bundle=bundle.number)
                yield replace(made, evidence=evidence(place.code))


def _nothing_there(bundle: BundleAudit, source: DagSource) -> list[Failure]:
    """A wrong address must not read as a fleet without defects."""
    if bundle.coverage.analyzed or bundle.failures:
        return []
    left = _python_files(bundle.coverage.seen)
    message = f"no DAG file was found at {source.address} ({left}); give the folder that holds the DAGs"
    return [Failure(part=PART, message=message)]


def _python_files(files: int) -> str:
    """As: 1 Python file defines none."""
    return f"{files:,} Python files define none" if files != 1 else "1 Python file defines none"


def _section(
    bundles: Sequence[BundleAudit], findings: tuple[Finding, ...], options: CodeOptions
) -> CodeSection:
    coverage = Coverage(
        seen=sum(bundle.coverage.seen for bundle in bundles),
        analyzed=sum(bundle.coverage.analyzed for bundle in bundles),
        skipped=sum(bundle.coverage.skipped for bundle in bundles),
    )
    failures = tuple(
        sorted(
            {failure for bundle in bundles for failure in bundle.failures},
            key=lambda failure: (failure.path or "", failure.part, failure.message),
        )
    )
    dags = [dag for bundle in bundles for dag in bundle.dags]
    return CodeSection(
        status=status_of(failures, coverage),
        coverage=coverage,
        findings=findings,
        failures=failures,
        target_version=".".join(str(part) for part in options.target),
        dags=tuple(sorted(dags, key=lambda dag: (dag.bundle, dag.path, dag.line, dag.dag_id))),
    )
