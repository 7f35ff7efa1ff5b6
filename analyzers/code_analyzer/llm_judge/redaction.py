"""What a model may not see: secrets, and whatever else an audit's owner names."""

import re
from collections.abc import Callable, Sequence

from analyzers.masking import MARK, mask

Redact = Callable[[str], str]
"""From a text to one that may leave; it must keep the number of lines, or the text is not shown."""


def redactor(*, secrets: bool = True, extra_patterns: Sequence[str] = ()) -> Redact:
    """Masks secrets, and every match of the spec's `redaction.extraPatterns`."""
    patterns = [re.compile(pattern) for pattern in extra_patterns]

    def redact(text: str) -> str:
        shown = mask(text) if secrets else text
        for pattern in patterns:
            shown = pattern.sub(_hidden, shown)
        return shown

    return redact


def _hidden(match: re.Match[str]) -> str:
    return MARK + "\n" * match[0].count("\n") if match[0] else ""
