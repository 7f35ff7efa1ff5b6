"""Puts a DAG's source into its document: the whole file, or the lines around its findings."""

from collections.abc import Iterable

from dagaudit.dag_detail import SourcePart, SourceText
from dagaudit.finding import Finding

# A file of this length is shown whole; the DAG's own line counts as something to see.
WHOLE_LINES = 800
WHOLE_CHARACTERS = 60_000
AROUND = 6
MAX_PLACES = 60


def source_text(text: str, place: tuple[int, str], findings: Iterable[Finding], line: int) -> SourceText:
    """The source of a DAG that is made at a line of a file."""
    bundle, path = place
    lines = text.split("\n")
    if len(lines) <= WHOLE_LINES and len(text) <= WHOLE_CHARACTERS:
        spans = [(1, len(lines))]
    else:
        here = {
            number
            for finding in findings
            if (finding.bundle, finding.path) == place
            for number in (finding.line, finding.end_line or finding.line)
        }
        spans = _spans([line, *sorted(here)[:MAX_PLACES]], len(lines))
    parts = tuple(
        SourcePart(first_line=first, text="\n".join(lines[first - 1 : last])) for first, last in spans
    )
    return SourceText(path=path, bundle=bundle, total_lines=len(lines), parts=parts)


def _spans(places: Iterable[int], most: int) -> list[tuple[int, int]]:
    """Ranges of lines around the places, those that touch made one."""
    spans: list[tuple[int, int]] = []
    for place in sorted(places):
        first, last = max(place - AROUND, 1), min(place + AROUND, most)
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        elif first <= last:
            spans.append((first, last))
    return spans
