"""Agreement of two groupings of the same things, counted by whole groups."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grouping:
    """How many groups there should be, how many were made, how many are the very same."""

    true_groups: int
    made_groups: int
    equal_groups: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall over groups (FGA)."""
        total = self.true_groups + self.made_groups
        return 2 * self.equal_groups / total if total else 1.0


def fga(true: Sequence[Hashable], made: Sequence[Hashable]) -> Grouping:
    """F1 score of grouping accuracy: a group counts only if it holds all of its members and no others.

    Khan et al., Guidelines for Assessing the Accuracy of Log Message Template Identification Techniques,
    ICSE 2022.
    """
    members = _members(true), _members(made)
    equal = set(members[0].values()) & set(members[1].values())
    return Grouping(len(members[0]), len(members[1]), len(equal))


def grouping_accuracy(true: Sequence[Hashable], made: Sequence[Hashable]) -> float:
    """The share of things whose group is exactly the true one (GA; Zhu et al., ICSE-SEIP 2019)."""
    if not true:
        return 1.0
    sizes_true, sizes_made = Counter(true), Counter(made)
    pairs = Counter(zip(true, made, strict=True))
    right = sum(n for (one, other), n in pairs.items() if n == sizes_true[one] == sizes_made[other])
    return right / len(true)


def _members(groups: Sequence[Hashable]) -> dict[Hashable, frozenset[int]]:
    members: dict[Hashable, list[int]] = defaultdict(list)
    for position, group in enumerate(groups):
        members[group].append(position)
    return {group: frozenset(positions) for group, positions in members.items()}
