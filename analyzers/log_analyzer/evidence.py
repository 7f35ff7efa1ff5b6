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
# Of the other keys of a record only these say why a process ended.
_TELLING = re.compile(r'"(signal_name|exit_code|current_state)"\s*:\s*"?([\w\-]{1,40})')


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
    """What the physical line says: of a JSON record the event or the exception, else the line itself."""
    text = text.strip()
    if not text.startswith("{") or not line.text.strip():
        return mask(text[:_CONTEXT])[:MAX_TEXT]
    said = line.text.strip() + "".join(f" {name}: {value}" for name, value in _TELLING.findall(text))
    return " ".join(mask(said[:_CONTEXT]).split())[:MAX_TEXT]
