"""Suppressions: comments that say a finding is known and meant.

    BUCKET = Variable.get("bucket")  # noqa: DGA401
    BUCKET = Variable.get("bucket")  # dagaudit: ignore[DGA401] until=2027-03-01 reason=moves in spring
    # dagaudit: ignore-file[DGA4]

A comment counts on the flagged line, on the first line of the statement that it belongs to, and on the last
line of a statement without a body. One that has expired silences nothing.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzers.code_analyzer.parsed_file import ParsedFile

_NOQA = re.compile(
    # One followed by plain words names no code and is none; a bare one means every rule of every tool.
    r"#\s*noqa(?:\s*(?P<codes>:\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)|\b(?!\s*:))",
    re.IGNORECASE,
)
_IGNORE = re.compile(
    r"#\s*dagaudit:\s*(?P<verb>[\w-]+)(?:\s*\[(?P<codes>[^\]]*)\])?(?P<rest>[^\n]*)", re.IGNORECASE
)
_UNTIL = re.compile(r"\buntil=(?P<until>\S+)")
_REASON = re.compile(r"\breason=(?P<reason>.+)")


@dataclass(slots=True)
class Suppression:
    """One comment."""

    line: int
    column: int
    text: str
    keys: tuple[str, ...] = ()
    """Ids, id prefixes or names; empty means every rule."""
    whole_file: bool = False
    until: date | None = None
    reason: str | None = None
    fault: str | None = None
    """Why it cannot be understood; such a one silences nothing."""
    ours: bool = False
    """Whether it is `dagaudit: …`; a `noqa` may name other tools' rules."""
    before: str = ""
    """What stands before it on its line."""
    after: str = ""
    """What stands after it."""
    used: dict[str, str] = field(default_factory=dict)
    """Id to name of the rules whose findings it silenced."""

    def covers(self, rule_id: str, name: str) -> bool:
        """Whether it names this rule."""
        return not self.keys or any(key == name or rule_id.startswith(key) for key in self.keys)

    def expired(self, today: date | None) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and today is not None and self.until < today


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The suppressions of one file."""

    comments: tuple[Suppression, ...] = ()
    _reach: dict[int, frozenset[int]] = field(default_factory=dict)
    """A line to the other lines whose comments speak for it."""

    def silence(self, rule_id: str, name: str, line: int, today: date | None) -> bool:
        """Whether a finding on this line is suppressed; remembers which comment did it."""
        lines = {line} | self._reach.get(line, frozenset())
        for comment in self.comments:
            if comment.fault or comment.expired(today) or not comment.covers(rule_id, name):
                continue
            if comment.whole_file or comment.line in lines:
                comment.used[rule_id] = name
                return True
        return False


NONE = Suppressions()


def suppressions_of(parsed: "ParsedFile") -> Suppressions:
    """Read a file's suppressions."""
    # Tokenizing costs more than parsing, and most files have no such comment.
    text = parsed.text.lower()
    if "noqa" not in text and "dagaudit:" not in text:
        return NONE
    comments = tuple(_comments(parsed))
    return Suppressions(comments, _reach(parsed)) if comments else NONE


def _comments(parsed: "ParsedFile") -> Iterator[Suppression]:
    for line, comment in sorted(parsed.comments.items()):
        column = parsed.line(line).rfind(comment) + 1
        ours = _IGNORE.search(comment)
        if ours is not None:
            yield _placed(_own(ours, line, column), ours, parsed)
            continue
        noqa = _NOQA.search(comment)
        if noqa is not None:
            made = Suppression(line, column, noqa[0].strip(), _keys((noqa["codes"] or "").lstrip(":")))
            yield _placed(made, noqa, parsed)


def _placed(made: Suppression, found: re.Match[str], parsed: "ParsedFile") -> Suppression:
    start = made.column - 1 + found.start()
    made.before = parsed.line(made.line)[:start]
    made.after = parsed.line(made.line)[start + len(made.text) :]
    return made


def _own(found: re.Match[str], line: int, column: int) -> Suppression:
    until = _UNTIL.search(found["rest"])
    reason = _REASON.search(found["rest"])
    made = Suppression(
        line,
        column,
        found[0].strip(),
        keys=_keys(found["codes"] or ""),
        whole_file=found["verb"].lower() == "ignore-file",
        reason=reason["reason"].strip() if reason else None,
        ours=True,
    )
    if found["verb"].lower() not in {"ignore", "ignore-file"}:
        made.fault = f"{found['verb']!r} is neither ignore nor ignore-file"
    elif found["codes"] is not None and not made.keys:
        made.fault = "no rule stands between the brackets"
    elif until is not None:
        try:
            made.until = date.fromisoformat(until["until"])
        except ValueError:
            made.fault = f"until={until['until']} is not a date; write it as 2027-03-01"
    return made


def _keys(text: str) -> tuple[str, ...]:
    words = [word for word in re.split(r"[,\s]+", text) if word]
    return tuple(word.upper() if re.fullmatch(r"[A-Za-z]+\d+", word) else word.lower() for word in words)


def _reach(parsed: "ParsedFile") -> dict[int, frozenset[int]]:
    reach: dict[int, frozenset[int]] = {}
    # Outer statements come first, so that the innermost one has the last word on a line.
    for node in ast.walk(parsed.tree):
        if not isinstance(node, ast.stmt):
            continue
        body = getattr(node, "body", None)
        last = node.end_lineno or node.lineno
        if isinstance(body, list) and body:
            last = max(node.lineno, body[0].lineno - 1)
            speaking = frozenset({node.lineno})
        else:
            speaking = frozenset({node.lineno, last})
        if last > node.lineno:
            reach.update(dict.fromkeys(range(node.lineno, last + 1), speaking))
    return reach
