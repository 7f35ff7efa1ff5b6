"""Matches exceptions and text against the catalogue: a literal scan first, a pattern only on its hits."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from analyzers.log_analyzer.exceptions import Link
from analyzers.log_analyzer.signatures.catalogue import SIGNATURES
from analyzers.log_analyzer.signatures.signature import Scope, Signature

MAX_TEXT = 20_000
MAX_LINE = 4_000
_RAISED_TEXT = re.compile(
    r"^\s*(?:\w+\s*[-|:]\s*)?"
    r"(?P<type>[A-Za-z_][\w.]*?(?:Error|Exception|Timeout|Interrupt|Exit|NotFound|Exceeded"
    r"|Denied|Fault|Group))"
    r"(?::\s|$)(?P<message>.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Match:
    """A signature that fits, and whom or what it is about."""

    signature: Signature
    subject: str | None = None

    @property
    def title(self) -> str:
        """The sentence for people."""
        return self.signature.title.replace("{subject}", self.subject or self.signature.nobody)


def match_link(link: Link, *, end: bool = False) -> Match | None:
    """The best signature for an exception."""
    text = link.text[:MAX_TEXT]
    last = ":".join(link.frames[-1]) if link.frames else ""
    found = [
        match
        for signature in (*_by_exception().get(link.name, ()), *_textual(text.lower()))
        if (match := _fits(signature, text, last)) and (end or signature.scope is not Scope.END)
    ]
    return best(found)


@lru_cache(maxsize=1024)
def match_text(text: str, *, end: bool = False) -> Match | None:
    """The best signature for a line of text; a line that ends a traceback counts as that exception."""
    text = text[:MAX_LINE]
    found = [
        match
        for signature in _textual(text.lower())
        if signature.scope is Scope.ANY or (end and signature.scope is Scope.END)
        if (match := _fits(signature, text, ""))
    ]
    raised = _RAISED_TEXT.match(text)
    if raised:
        by_class = match_link(Link(raised["type"], raised["message"]))
        found += [by_class] if by_class else []
    return best(found)


def best(found: list[Match]) -> Match | None:
    """The heaviest; among equals the earliest of the catalogue."""
    return max(
        found, key=lambda match: (match.signature.weight, -_position()[match.signature.id]), default=None
    )


def _fits(signature: Signature, text: str, last_frame: str) -> Match | None:
    if signature.frame and not re.search(signature.frame, last_frame):
        return None
    if not signature.pattern:
        return Match(signature)
    match = _pattern(signature.pattern).search(text)
    if not match:
        return None
    groups = [value for name, value in match.groupdict().items() if name.startswith("subject") and value]
    return Match(signature, _tidy(groups[0]) or None if groups else None)


def _tidy(subject: str) -> str:
    """Without the quotes around it and the punctuation behind it; quotes within stay."""
    subject = subject.strip(" .,;:")
    while len(subject) > 1 and subject[0] == subject[-1] and subject[0] in "'\"`":
        subject = subject[1:-1]
    return subject if any(quote in subject[1:-1] for quote in "'\"`") else subject.strip("'\"`")


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _position() -> dict[str, int]:
    return {signature.id: position for position, signature in enumerate(SIGNATURES)}


@cache
def _by_exception() -> dict[str, tuple[Signature, ...]]:
    table: dict[str, tuple[Signature, ...]] = {}
    for signature in SIGNATURES:
        for name in signature.exceptions:
            table[name] = (*table.get(name, ()), signature)
    return table


@cache
def _literals() -> tuple[re.Pattern[str], dict[str, tuple[Signature, ...]]]:
    table: dict[str, tuple[Signature, ...]] = {}
    for signature in SIGNATURES:
        if signature.pattern and not signature.exceptions and signature.scope is not Scope.RULE:
            for literal in signature.literals:
                table[literal] = (*table.get(literal, ()), signature)
    return re.compile("|".join(map(re.escape, sorted(table)))), table


def _textual(lowered: str) -> list[Signature]:
    """Signatures by pattern alone, one of whose literals stands in the text."""
    scan, table = _literals()
    if not scan.search(lowered):
        return []
    found: dict[str, Signature] = {}
    for literal, signatures in table.items():
        if literal in lowered:
            found.update((signature.id, signature) for signature in signatures)
    return list(found.values())
