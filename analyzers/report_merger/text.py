"""Cleans and shortens text that came from DAG source, logs or a model."""

import re

# Control characters could drive a terminal, and bidirectional overrides make text read as what it is not.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """The text with every character that prints nothing made visible as a replacement character."""
    return _UNPRINTABLE.sub("\ufffd", text)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters; what was cut is said."""
    if len(text) <= limit:
        return text
    note = f" … ({len(text):,} characters, cut)"
    return text[: max(limit - len(note), 0)] + note


def one_line(text: str, limit: int) -> str:
    """Clean text on one line, clipped."""
    return clip(" ".join(clean(text).split()), limit)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: 1 DAG, 2 DAGs, 1,000 DAGs."""
    word = noun if number == 1 else plural or f"{noun}s"
    return f"{number:,} {word}"


def listed(parts: list[str]) -> str:
    """Parts in a sentence: a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
