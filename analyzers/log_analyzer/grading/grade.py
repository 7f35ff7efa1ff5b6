"""The grade of one analysis: categories, causes, evidence, and who was convicted falsely."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from analyzers.log_analyzer.grading.grouping import Grouping, fga
from analyzers.log_analyzer.grading.labels import Label
from dagaudit.section import LogsSection
from dagaudit.task_attempt import Attempt, Outcome

NOT_FAILED = "not failed"
_Z = 1.959963984540054
ReadLine = Callable[[str, int], str]
"""The raw text of a physical line: path below the corpus' logs, number from 1."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many out of so many."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share; 1 where there was nothing to get wrong."""
        return self.hits / self.total if self.total else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval (Wilson 1927)."""
        if not self.total:
            return 0.0, 1.0
        n, share, z = self.total, self.value, _Z
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Grade:
    """What came out, by attempts and, since attempts of one kind stand or fall together, by kinds."""

    category: Rate
    category_kinds: Rate
    """Kinds of fault all of whose attempts got the right category."""
    retryable: Rate
    causes: Grouping
    evidence: Rate
    """Attempts whose first evidence line is the one that shows why, of those where a line does."""
    false_convictions: Rate
    """Successes called failed."""
    false_alarms_other: Rate
    """Skipped and other attempts, neither failed nor successful, that were called failed."""
    missed: Rate
    """Failures that were not seen as such."""
    unexplained: Rate
    """Failures of the category unknown."""
    confusion: dict[tuple[str, str], int]
    """(true category, given category) to attempts."""
    wrong: tuple[str, ...]
    """One line for each thing that is wrong, for whoever tunes the rules."""


def grade(labels: tuple[Label, ...], section: LogsSection, read_line: ReadLine) -> Grade:
    """Compare an analysis with the truth; an attempt that the analysis lacks counts as not failed."""
    by_path = {attempt.path: attempt for attempt in section.attempts}
    pairs = [(label, by_path.get(label.path)) for label in labels]
    failed = [(label, found) for label, found in pairs if label.outcome is Outcome.FAILED]
    confusion = Counter((_true(label), _given(found)) for label, found in failed)
    kinds: dict[str | None, bool] = defaultdict(lambda: True)
    for label, found in failed:
        kinds[label.cause] &= _true(label) == _given(found)
    marked = [(label, found) for label, found in failed if label.marker]
    shown = [(label, found) for label, found in marked if _shows(label, found, read_line)]
    convicted = {
        outcome: Rate(
            sum(_is_failed(found) for label, found in pairs if label.outcome is outcome),
            sum(label.outcome is outcome for label, _ in pairs),
        )
        for outcome in Outcome
    }
    return Grade(
        category=Rate(sum(n for (true, given), n in confusion.items() if true == given), len(failed)),
        category_kinds=Rate(sum(kinds.values()), len(kinds)),
        retryable=Rate(
            sum(_is_failed(f) and f.retryable == la.retryable for la, f in failed if f), len(failed)
        ),
        causes=fga([la.cause for la, _ in failed], [(f and f.cause_id) or la.path for la, f in failed]),
        evidence=Rate(len(shown), len(marked)),
        false_convictions=convicted[Outcome.SUCCESS],
        false_alarms_other=convicted[Outcome.UNKNOWN],
        missed=Rate(len(failed) - convicted[Outcome.FAILED].hits, len(failed)),
        unexplained=Rate(sum(n for (_, given), n in confusion.items() if given == "unknown"), len(failed)),
        confusion=dict(confusion),
        wrong=tuple(_wrong(pairs, shown)),
    )


def _true(label: Label) -> str:
    return label.category.value if label.category else "unknown"


def _given(found: Attempt | None) -> str:
    if found is None or not _is_failed(found):
        return NOT_FAILED
    return found.category.value if found.category else "unknown"


def _is_failed(found: Attempt | None) -> bool:
    return found is not None and found.outcome is Outcome.FAILED


def _shows(label: Label, found: Attempt | None, read_line: ReadLine) -> bool:
    if found is None or not found.evidence or not label.marker:
        return False
    first = found.evidence[0]
    return label.marker in read_line(first.path or found.path, first.line)


def _wrong(pairs: list[tuple[Label, Attempt | None]], shown: list[tuple[Label, Attempt | None]]) -> list[str]:
    lines = []
    right_lines = {label.path for label, _ in shown}
    for label, found in pairs:
        if label.outcome is not Outcome.FAILED:
            if found is not None and _is_failed(found):
                lines.append(f"{label.outcome.value} called failed ({found.signature}): {label.path}")
            continue
        said = f"{_given(found)}/{found.signature if found else None}"
        if _true(label) != _given(found):
            lines.append(f"{_true(label)} called {said}: {label.path}")
        elif label.marker and label.path not in right_lines:
            lines.append(f"evidence without {label.marker!r} ({said}): {label.path}")
        elif found and found.retryable != label.retryable:
            lines.append(f"retryable {found.retryable} ({said}): {label.path}")
    return lines
