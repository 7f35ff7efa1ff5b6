"""One form of a defect: which rule must find it, and how it is put into a clean file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from analyzers.code_analyzer.planting.edits import Edit
from analyzers.code_analyzer.planting.host import Host


@dataclass(frozen=True, slots=True)
class Planted:
    """Changes to one file, and files put beside it."""

    edits: tuple[Edit, ...]
    beside: tuple[tuple[str, str], ...] = ()
    """Path and text, with marks; only bundle rules need them."""


Plant = Callable[[Host], Iterator[Planted]]


@dataclass(frozen=True, slots=True)
class Form:
    """A way to plant a defect."""

    rule: str
    name: str
    plant: Plant
    also: frozenset[str] = frozenset()
    """Rules that rightly speak of what is planted, too."""
    decoy: Plant | None = None
    """Plants what looks alike and is right."""
    of_text: bool = False
    """The defect is in comments or in how a line is laid out: a twin must keep both."""
    options: dict[str, Any] = field(default_factory=dict, hash=False)
    """The rule's options, where it is silent without."""

    @property
    def key(self) -> str:
        """What names it."""
        return f"{self.rule}/{self.name}"
