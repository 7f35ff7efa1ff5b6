"""A DAG's source with its findings at their lines."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dagaudit.dag_detail import DagDetail, SourcePart
from dagaudit.finding import Finding
from dashboard.views import times
from dashboard.views.badges import SEVERITY, STATE, Badge

AROUND = 12
MAX_EVIDENCE_ONLY = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding as it stands under its line."""

    badge: Badge
    rule: str
    name: str
    message: str
    suggestion: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of source, with what was found in it."""

    number: int
    text: str
    marks: tuple[Mark, ...] = ()
    pointed_at: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines that are not shown."""

    words: str


@dataclass(frozen=True, slots=True)
class Code:
    """What the tab shows."""

    path: str
    rows: tuple[CodeLine | Gap, ...]
    note: str | None
    lines_with_findings: tuple[int, ...]
    elsewhere: tuple[Finding, ...]
    """Findings in other files, whose source is not at hand."""


def code(detail: DagDetail, line: int | None = None, *, only_findings: bool = False) -> Code | None:
    """The source with marks; None where there is neither source nor a finding to show."""
    source = detail.source
    if source is None or not source.parts:
        return _from_evidence(detail, line)
    here = [one for one in detail.findings if (one.bundle, one.path) == (source.bundle, source.path)]
    marks = _marks(here, detail)
    lines = _lines(source.parts, marks, line)
    shown = sum(isinstance(row, CodeLine) for row in lines)
    whole = shown >= source.total_lines
    if only_findings:
        lines = _around(lines, {*marks, *([line] if line else [])})
    total = times.count(source.total_lines, "line")
    note = None if whole else f"The report keeps {shown:,} of {total}: those around findings."
    return Code(
        source.path,
        tuple(lines),
        note,
        tuple(sorted(marks)),
        tuple(one for one in detail.findings if one not in here),
    )


def _from_evidence(detail: DagDetail, line: int | None) -> Code | None:
    """Where the source was not kept: the findings' own lines."""
    path = detail.row.path or (detail.findings[0].path if detail.findings else None)
    if path is None or not detail.findings:
        return None
    here = [one for one in detail.findings if one.path == path][:MAX_EVIDENCE_ONLY]
    marks = _marks(here, detail)
    texts = {one.line: one.evidence or "" for one in here}
    rows: list[CodeLine | Gap] = []
    for number in sorted(marks):
        rows += [CodeLine(number, texts[number], marks[number], number == line), Gap("…")]
    return Code(
        path,
        tuple(rows[:-1]),
        "This report does not hold the source; these are the lines that its findings quote.",
        tuple(sorted(marks)),
        tuple(one for one in detail.findings if one not in here),
    )


def _marks(findings: Iterable[Finding], detail: DagDetail) -> dict[int, tuple[Mark, ...]]:
    marks: dict[int, list[Mark]] = defaultdict(list)
    for one in findings:
        state = detail.finding_states.get(one.fingerprint)
        marks[one.line].append(
            Mark(
                SEVERITY[one.severity],
                one.rule,
                one.name,
                one.message,
                one.suggestion,
                STATE[state].word if state else None,
            )
        )
    return {number: tuple(found) for number, found in marks.items()}


def _lines(
    parts: Iterable[SourcePart], marks: dict[int, tuple[Mark, ...]], line: int | None
) -> list[CodeLine | Gap]:
    rows: list[CodeLine | Gap] = []
    expected = 1
    for part in parts:
        if part.first_line > expected:
            rows.append(Gap(f"{times.count(part.first_line - expected, 'line')} not kept in the report"))
        # Not splitlines: Python counts no line where a form feed or a Unicode separator stands.
        for number, text in enumerate(part.text.split("\n"), part.first_line):
            rows.append(CodeLine(number, text.rstrip("\r"), marks.get(number, ()), number == line))
            expected = number + 1
    return rows


def _around(rows: list[CodeLine | Gap], numbers: set[int]) -> list[CodeLine | Gap]:
    """Only what stands near a finding."""
    near = {number + offset for number in numbers for offset in range(-AROUND, AROUND + 1)}
    kept: list[CodeLine | Gap] = []
    hidden = 0
    for row in rows:
        if isinstance(row, CodeLine) and row.number not in near:
            hidden += 1
            continue
        if hidden:
            kept.append(Gap(f"{times.count(hidden, 'line')} without findings"))
            hidden = 0
        kept.append(row)
    if hidden:
        kept.append(Gap(f"{times.count(hidden, 'line')} without findings"))
    return kept
