"""Evidence: the physical lines that show why, cut to what tells, with secrets masked."""

import re
from collections.abc import Mapping

from analyzers.log_analyzer.diagnosis import Diagnosis
from analyzers.log_analyzer.record import TextLine
from analyzers.masking import mask
from dagaudit.task_attempt import EvidenceLine

MAX_TEXT = 500
# A key that stands in the middle of a secret must not cut it from the word that betrays it.
_CONTEXT = 4000
_EVENT = re.compile(r'"event"\s*:\s*"')
_EXCEPTION = re.compile(r'"exc_type"\s*:\s*"([^"]{1,200})"')
_AFTER_VALUE = re.compile(r',\s*"(?:exc_notes|frames|syntax_error)"\s*:')


def evidence_of(
    diagnosis: Diagnosis, physical: Mapping[tuple[int, int], str], paths: tuple[str, ...]
) -> tuple[EvidenceLine, ...]:
    """The decisive line first, then what supports it; each is a line of one of the attempt's files."""
    found: dict[tuple[int, int], EvidenceLine] = {}
    for line in (diagnosis.decisive, *diagnosis.supporting):
        place = (line.file, line.line)
        text = physical.get(place)
        if place in found or text is None:
            continue
        found[place] = EvidenceLine(
            line=line.line,
            text=_excerpt(text, line),
            path=paths[line.file] if line.file else None,
        )
    return tuple(found.values())


def _excerpt(text: str, line: TextLine) -> str:
    """A piece of the physical line: the exception or the event of a long JSON record, else its beginning."""
    text = text.strip()
    if len(text) <= MAX_TEXT or not text.startswith("{"):
        return mask(text[:_CONTEXT])[:MAX_TEXT]
    wanted = line.text.split(":", 1)[0].rpartition(".")[2]
    for match in _EXCEPTION.finditer(text):
        if match[1].rpartition(".")[2] == wanted:
            piece = text[match.start() : match.start() + _CONTEXT]
            end = _AFTER_VALUE.search(piece)
            return mask(piece[: end.start()] if end else piece)[:MAX_TEXT]
    event = _EVENT.search(text)
    return mask(text[event.start() if event else 0 :][:_CONTEXT])[:MAX_TEXT]
