"""From findings to changes: what must be done at which place, and which DAGs wait for it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from analyzers.code_analyzer.migration.file_facts import FileFacts
from analyzers.code_analyzer.migration.import_links import ImportLinks
from analyzers.code_analyzer.migration.kinds import meaning
from dagaudit.finding import Finding
from dagaudit.migration import Effect, MigrationChange

WORST_FIRST = tuple(Effect)
_NAME = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class BundleFacts:
    """One bundle: its number, its files by path."""

    number: int
    files: Mapping[str, FileFacts]

    @cached_property
    def links(self) -> ImportLinks:
        """Who imports whom."""
        return ImportLinks(self.files)

    def dags_of(self, path: str) -> tuple[str, ...]:
        """The DAGs that a file defines."""
        facts = self.files.get(path)
        return tuple(row.dag_id for row in facts.dags) if facts is not None else ()

    def dags_that_load(self, path: str) -> tuple[str, ...]:
        """The DAGs of a file and of all that import it."""
        return _unique(
            dag_id for each in (path, *self.links.importers(path)) for dag_id in self.dags_of(each)
        )


def changes_of(bundle: BundleFacts, findings: Iterable[Finding]) -> list[MigrationChange]:
    """Every change that is needed in a bundle, sorted by place."""
    found: dict[tuple[str, int, str, str | None], MigrationChange] = {}
    for finding in findings:
        change = _change(bundle, finding)
        if change is not None:
            # A name may be told twice, by the rename tables and by a rule that knows more.
            name = _NAME.search(change.message)
            found.setdefault((change.path, change.line, change.kind, name[1] if name else None), change)
    made = list(found.values())
    made += _refused(bundle, made)
    return sorted(made, key=lambda change: (change.path, change.line, change.column, change.kind))


def _change(bundle: BundleFacts, finding: Finding) -> MigrationChange | None:
    meant = meaning(finding, bundle.files.get(finding.path))
    if meant is None:
        return None
    whole = meant.effect is Effect.BREAKS_AT_PARSE or finding.dag_id is None
    dag_ids = bundle.dags_that_load(finding.path) if whole else (finding.dag_id or "",)
    return MigrationChange(
        bundle=finding.bundle,
        path=finding.path,
        line=finding.line,
        column=finding.column,
        kind=meant.kind,
        effect=meant.effect,
        rule=finding.rule,
        message=finding.message,
        suggestion=finding.suggestion,
        evidence=finding.evidence,
        task_id=finding.task_id,
        dag_ids=dag_ids,
        fixed_by=_fixed_by(finding),
        confidence=finding.confidence,
    )


def _fixed_by(finding: Finding) -> str | None:
    if finding.fix is not None:
        return "dagaudit"
    by_ruff = finding.rule == "DGA600" and "(AIR" in finding.message and finding.suggestion is not None
    return "ruff" if by_ruff else None


def _refused(bundle: BundleFacts, known: Iterable[MigrationChange]) -> Iterator[MigrationChange]:
    """Files that Airflow certainly cannot load, for a reason that no rule tells."""
    broken = {change.path for change in known if change.effect is Effect.BREAKS_AT_PARSE}
    for path, facts in sorted(bundle.files.items()):
        needed = bundle.links.needed_to_load(path)
        if facts.raises is None or path in broken or needed & broken:
            continue
        if any(bundle.files[each].raises for each in needed if each in bundle.files):
            continue
        yield MigrationChange(
            bundle=bundle.number,
            path=path,
            line=facts.raises_line,
            kind="load",
            effect=Effect.BREAKS_AT_PARSE,
            rule="DGA101",
            message=facts.raises.partition(": ")[2] or facts.raises,
            dag_ids=bundle.dags_that_load(path),
        )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
