"""Changes to a source text that know on which lines of the result they stand."""

from collections.abc import Iterable
from dataclasses import dataclass

MARK = "§"
"""Stands in planted text on each line where the defect is to be found; it is no Python, and is taken out."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace text[start:end]; characters, not bytes."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> tuple[str, frozenset[int]]:
    """The changed text without its marks, and the lines (from 1) that they stood on.

    Raises:
        ValueError: two edits overlap.
    """
    given = list(edits)
    replaced = [(edit.start, edit.end) for edit in given if edit.end > edit.start]
    # What is taken away takes the marks in it along.
    given = [
        edit
        for edit in given
        if edit.text != MARK or not any(start < edit.start < end for start, end in replaced)
    ]
    before = len(text)
    for edit in sorted(given, key=lambda edit: (edit.start, edit.end), reverse=True):
        if edit.end > before:
            raise ValueError(f"two edits change the text at {edit.start}")
        text = text[: edit.start] + edit.text + text[edit.end :]
        before = edit.start
    return unmarked(text)


def unmarked(text: str) -> tuple[str, frozenset[int]]:
    """The text without marks, and the lines that they stood on."""
    lines = text.split("\n")
    found = frozenset(number for number, line in enumerate(lines, 1) if MARK in line)
    return "\n".join(line.replace(f"  # {MARK}", "").replace(MARK, "") for line in lines), found
