"""The migration report: audits the sources for the new version and sorts what it finds."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analyzers.analyzer import NoProgress, Progress
from analyzers.code_analyzer.audit_cache import BundleMemory
from analyzers.code_analyzer.bundle_audit import BundleAudit, Checks, audit_bundle
from analyzers.code_analyzer.findings import findings_of
from analyzers.code_analyzer.migration import file_facts
from analyzers.code_analyzer.migration.changes import BundleFacts, changes_of
from analyzers.code_analyzer.migration.kinds import RULES, TITLES
from analyzers.code_analyzer.migration.provider_packages import needed_providers
from analyzers.code_analyzer.migration.verdicts import counts_of, dags_of, files_of, order_of
from analyzers.code_analyzer.options import CodeOptions, version_of
from analyzers.code_analyzer.registry import our_rules
from dagaudit.errors import SpecInvalid
from dagaudit.finding import Failure
from dagaudit.migration import (
    KindOfChange,
    MigrationChange,
    MigrationDag,
    MigrationFile,
    MigrationReport,
    Totals,
    Verdict,
)
from dagaudit.ports import DagSource
from dagaudit.section import Coverage, status_of

FROM = "2.11"
TO = "3.3"


def migrate(
    sources: Sequence[DagSource], from_: str = FROM, to: str = TO, progress: Progress | None = None
) -> MigrationReport:
    """What stands between these DAGs and the new version; each source is a bundle of its own.

    Raises:
        SourceUnreadable: a source cannot be listed.
        SpecInvalid: the versions are none, or not of Airflow 2 and 3.
    """
    _check(from_, to)
    # Suppressions are not asked: what is silenced as a finding still has to be done.
    rules = tuple(rule for rule in our_rules() if rule.id in RULES and rule.applies_to(version_of(to)))
    options = replace(CodeOptions(), target=version_of(to))
    checks = Checks((*rules, file_facts.RULE), options.settings((*rules, file_facts.RULE)))
    audits = [
        audit_bundle(number, source, checks, BundleMemory(None, ""), progress or NoProgress())
        for number, source in enumerate(sources)
    ]
    bundles = [BundleFacts(audit.number, audit.collected.get(file_facts.ID, {})) for audit in audits]
    changes = [
        change
        for bundle, audit in zip(bundles, audits, strict=True)
        for change in changes_of(bundle, findings_of(audit.drafts))
    ]
    return _report(bundles, audits, changes, (from_, to))


def _check(from_: str, to: str) -> None:
    if version_of(from_)[0] != 2:
        raise SpecInvalid(f"--from {from_} is not an Airflow 2; the report covers the way from 2 to 3")
    if version_of(to)[0] != 3:
        raise SpecInvalid(f"--to {to} is not an Airflow 3; the report covers the way from 2 to 3")


def _report(
    bundles: Sequence[BundleFacts],
    audits: Sequence[BundleAudit],
    changes: Sequence[MigrationChange],
    versions: tuple[str, str],
) -> MigrationReport:
    of = {bundle.number: [each for each in changes if each.bundle == bundle.number] for bundle in bundles}
    dags = tuple(dag for bundle in bundles for dag in dags_of(bundle, of[bundle.number]))
    files = tuple(file for bundle in bundles for file in files_of(bundle, of[bundle.number]))
    failures = tuple(failure for audit in audits for failure in audit.failures)
    coverage = _coverage(audits)
    return MigrationReport(
        status=status_of(failures, coverage),
        from_version=versions[0],
        to_version=versions[1],
        coverage=coverage,
        totals=_totals(dags, files, changes, failures),
        dags=dags,
        files=files,
        kinds=tuple(_kinds(changes)),
        providers=needed_providers((facts for bundle in bundles for facts in bundle.files.values()), changes),
        order=order_of(bundles, changes, dags),
        changes=tuple(changes),
        failures=failures,
    )


def _coverage(audits: Iterable[BundleAudit]) -> Coverage:
    found = [audit.coverage for audit in audits]
    return Coverage(
        seen=sum(each.seen for each in found),
        analyzed=sum(each.analyzed for each in found),
        skipped=sum(each.skipped for each in found),
    )


def _totals(
    dags: Sequence[MigrationDag],
    files: Sequence[MigrationFile],
    changes: Sequence[MigrationChange],
    failures: Sequence[Failure],
) -> Totals:
    verdicts = [dag.verdict for dag in dags]
    unread = {failure.path for failure in failures if failure.path is not None}
    return Totals(
        dags=len(dags),
        ready=verdicts.count(Verdict.READY),
        needs_work=verdicts.count(Verdict.NEEDS_WORK),
        blocked=verdicts.count(Verdict.BLOCKED),
        unknown=verdicts.count(Verdict.UNKNOWN),
        files=len(files),
        files_blocked=sum(file.loads is False for file in files),
        files_unread=len(
            unread | {each.path for each in changes if each.rule == "DGA101" and not each.dag_ids}
        ),
        changes=counts_of(changes),
    )


def _kinds(changes: Sequence[MigrationChange]) -> Iterable[KindOfChange]:
    for kind, title in TITLES.items():
        own = [change for change in changes if change.kind == kind]
        if own:
            yield KindOfChange(
                kind=kind,
                title=title,
                counts=counts_of(own),
                files=len({(change.bundle, change.path) for change in own}),
                dags=len({(change.bundle, dag_id) for change in own for dag_id in change.dag_ids}),
            )
