"""Which fixes of a file are tried together: those that do not overlap, in the order of the source."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from analyzers.code_analyzer.fixes.edits import end_of, start_of
from analyzers.code_analyzer.fixes.seen import Key, key_of
from dagaudit.finding import Applicability, Edit, Finding, Fix


@dataclass(frozen=True, slots=True)
class Attempt:
    """A fix, with all findings that offer it: of a DAG made in a loop, each offers the same."""

    fix: Fix
    findings: tuple[Finding, ...]

    @property
    def path(self) -> str:
        """The file that it edits."""
        return self.findings[0].path

    @property
    def keys(self) -> list[Key]:
        """What must be found less afterwards."""
        return [key_of(finding) for finding in self.findings]

    @property
    def unsafe(self) -> bool:
        """Whether a person should look at it."""
        return self.fix.applicability is Applicability.UNSAFE

    @property
    def migrates(self) -> bool:
        """Whether it may make a file load again that only Airflow 2 could load."""
        return self.findings[0].rule in ("DGA600", "DGA603")

    @property
    def identity(self) -> tuple[str, str, tuple[Edit, ...]]:
        """What makes it the same one in a later round, as long as nothing above it moves."""
        return self.path, self.findings[0].rule, self.fix.edits


def attempts_in(
    findings: Iterable[Finding], *, unsafe: bool, dropped: Collection[object]
) -> dict[str, list[Attempt]]:
    """By path, the fixes that may be tried now: safe ones first, unsafe ones when no safe one is left."""
    grouped: dict[tuple[str, Fix], list[Finding]] = {}
    for finding in findings:
        if finding.fix is not None and (unsafe or finding.fix.applicability is Applicability.SAFE):
            grouped.setdefault((finding.path, finding.fix), []).append(finding)
    by_path: dict[str, list[Attempt]] = {}
    for (path, fix), of in grouped.items():
        attempt = Attempt(fix, tuple(of))
        if attempt.identity not in dropped:
            by_path.setdefault(path, []).append(attempt)
    return {path: _apart([a for a in all_ if not a.unsafe] or all_) for path, all_ in sorted(by_path.items())}


def _apart(attempts: Iterable[Attempt]) -> list[Attempt]:
    """Those that do not overlap; of two that do, the first stays, and the other comes in a later round."""
    kept: list[Attempt] = []
    for attempt in sorted(attempts, key=lambda each: (start_of(each.fix.edits[0]), each.findings[0].rule)):
        if not any(
            _overlap(one, other) for each in kept for one in each.fix.edits for other in attempt.fix.edits
        ):
            kept.append(attempt)
    return kept


def _is_import(edit: Edit) -> bool:
    """Whether it puts a whole import statement in; of these any order does."""
    words = edit.text.startswith(("from ", "import ")) and edit.text.endswith("\n")
    return words and start_of(edit) == end_of(edit) and edit.start_column == 1


def _overlap(one: Edit, other: Edit) -> bool:
    first, second = sorted((one, other), key=start_of)
    if start_of(first) == start_of(second) and _is_import(first) and _is_import(second):
        return False
    # Two that insert at the same place would come in an order that nobody chose.
    return start_of(first) == start_of(second) or end_of(first) > start_of(second)
