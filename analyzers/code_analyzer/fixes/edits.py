"""Edits of a file's text, made by rules; columns are counted in characters, as people and editors do."""

import ast
from typing import Protocol

from analyzers.code_analyzer.parsed_file import ParsedFile
from dagaudit.finding import Applicability, Edit, Fix

SAFE = (Applicability.SAFE,)
UNSAFE = (Applicability.UNSAFE,)
EITHER = (Applicability.SAFE, Applicability.UNSAFE)


class Located(Protocol):
    """An AST node with a place."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


def safe(message: str, *edits: Edit) -> Fix:
    """A fix that leaves the DAG's model as it is."""
    return _fix(Applicability.SAFE, message, edits)


def unsafe(message: str, *edits: Edit) -> Fix:
    """A fix that a person should look at: it changes what happens at run time."""
    return _fix(Applicability.UNSAFE, message, edits)


def _fix(applicability: Applicability, message: str, edits: tuple[Edit, ...]) -> Fix:
    return Fix(applicability=applicability, message=message, edits=tuple(sorted(edits, key=start_of)))


def start_of(edit: Edit) -> tuple[int, int]:
    """Where it begins."""
    return edit.start_line, edit.start_column


def end_of(edit: Edit) -> tuple[int, int]:
    """Where it ends; what stands there stays."""
    return edit.end_line, edit.end_column


def replace(parsed: ParsedFile, node: Located, text: str) -> Edit:
    """Other text in place of a node."""
    return between(start(parsed, node), end(parsed, node), text)


def insert(place: tuple[int, int], text: str) -> Edit:
    """Text before what stands at (line, column)."""
    return between(place, place, text)


def between(first: tuple[int, int], last: tuple[int, int], text: str) -> Edit:
    """Text in place of what stands from `first` up to, not including, `last`."""
    return Edit(start_line=first[0], start_column=first[1], end_line=last[0], end_column=last[1], text=text)


def start(parsed: ParsedFile, node: Located) -> tuple[int, int]:
    """(line, column) of a node's first character."""
    return node.lineno, _column(parsed, node.lineno, node.col_offset)


def end(parsed: ParsedFile, node: Located) -> tuple[int, int]:
    """(line, column) after a node's last character."""
    line = node.end_lineno or node.lineno
    return line, _column(parsed, line, node.end_col_offset or 0)


def _column(parsed: ParsedFile, line: int, offset: int) -> int:
    # ast counts the bytes of UTF-8.
    return len(parsed.line(line).encode()[:offset].decode(errors="ignore")) + 1


def replace_word(parsed: ParsedFile, node: ast.Constant, word: str, instead: str) -> list[Edit]:
    """The edits that put `instead` for a word in the source of a string; none where an escape hides it."""
    if not isinstance(node.value, str):
        return []
    found = [
        each for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for each in _words(parsed, node, line, word)
    ]  # fmt: skip
    return [replace_at(line, column, word, instead) for line, column in found]


def replace_at(line: int, column: int, word: str, instead: str) -> Edit:
    """`instead` for the word at a place."""
    return between((line, column), (line, column + len(word)), instead)


def _words(parsed: ParsedFile, node: Located, line: int, word: str) -> list[tuple[int, int]]:
    text = parsed.line(line)
    first = start(parsed, node)[1] - 1 if line == node.lineno else 0
    last = end(parsed, node)[1] - 1 if line == (node.end_lineno or node.lineno) else len(text)
    places, at = [], text.find(word, first)
    while at >= 0 and at + len(word) <= last:
        around = text[at - 1 : at] + text[at + len(word) : at + len(word) + 1]
        if not any(char.isalnum() or char == "_" for char in around):
            places.append((line, at + 1))
        at = text.find(word, at + 1)
    return places
