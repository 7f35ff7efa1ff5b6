"""What the merger is given: one section per analyzer, a skipped one where an analyzer did not run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dagaudit.section import (
    CodeSection,
    DriftSection,
    LogsSection,
    Section,
    SectionStatus,
    StatsSection,
)

SectionName = Literal["code", "stats", "logs", "drift"]
NOT_ASKED_FOR = "not asked for"
LOOKED = (SectionStatus.OK, SectionStatus.PARTIAL)


@dataclass(frozen=True, slots=True)
class Sections:
    """The four sections of a report."""

    code: CodeSection = field(
        default_factory=lambda: CodeSection(status=SectionStatus.SKIPPED, reason=NOT_ASKED_FOR)
    )
    stats: StatsSection = field(
        default_factory=lambda: StatsSection(status=SectionStatus.SKIPPED, reason=NOT_ASKED_FOR)
    )
    logs: LogsSection = field(
        default_factory=lambda: LogsSection(status=SectionStatus.SKIPPED, reason=NOT_ASKED_FOR)
    )
    drift: DriftSection = field(
        default_factory=lambda: DriftSection(status=SectionStatus.SKIPPED, reason=NOT_ASKED_FOR)
    )

    texts: Mapping[tuple[int, str], str] = field(default_factory=dict)
    """The text of DAG files by bundle and path, secrets masked; what is not here is not shown."""
    night: bytes = b""
    """Tonight's features as the drift check keeps them; empty where it did not run."""

    def items(self) -> Iterator[tuple[SectionName, Section]]:
        """Name and section, in the order of the report."""
        yield "code", self.code
        yield "stats", self.stats
        yield "logs", self.logs
        yield "drift", self.drift


def looked(section: Section) -> bool:
    """Whether the section says anything."""
    return section.status in LOOKED
