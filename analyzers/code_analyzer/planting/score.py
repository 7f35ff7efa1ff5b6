"""What was found of what was planted, in figures with their intervals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt

Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval at 95 % (E. B. Wilson, JASA 22, 1927): honest for few cases, too."""
        if not self.whole:
            return 0.0, 1.0
        share, size = self.part / self.whole, self.whole
        middle = (share + Z_95**2 / (2 * size)) / (1 + Z_95**2 / size)
        reach = Z_95 / (1 + Z_95**2 / size) * sqrt(share * (1 - share) / size + Z_95**2 / (4 * size**2))
        return max(0.0, middle - reach), min(1.0, middle + reach)

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)


@dataclass(slots=True)
class RuleScore:
    """One rule: its cases, and what it said besides."""

    planted: int = 0
    found: int = 0
    twins: int = 0
    found_in_twins: int = 0
    false: int = 0
    """Findings where nothing of this kind was planted, in all files of the bench."""

    @property
    def recall(self) -> Share:
        """Found of planted."""
        return Share(self.found, self.planted)

    @property
    def kept(self) -> Share:
        """Found in renamed twins, of those."""
        return Share(self.found_in_twins, self.twins)

    @property
    def precision(self) -> Share:
        """Right ones of all that it said."""
        right = self.found + self.found_in_twins
        return Share(right, right + self.false)


@dataclass(slots=True)
class Scores:
    """All rules of one half of the cases."""

    rules: dict[str, RuleScore] = field(default_factory=dict)

    def of(self, rule: str) -> RuleScore:
        """The rule's."""
        return self.rules.setdefault(rule, RuleScore())

    @property
    def recall(self) -> Share:
        """Of all cases."""
        return _sum(score.recall for score in self.rules.values())

    @property
    def kept(self) -> Share:
        """Of all renamed twins."""
        return _sum(score.kept for score in self.rules.values())

    @property
    def precision(self) -> Share:
        """Of all findings."""
        return _sum(score.precision for score in self.rules.values())


def _sum(shares: Iterable[Share]) -> Share:
    return sum(shares, Share(0, 0))
