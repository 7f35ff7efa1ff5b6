"""How the language model answered on one night: a single row, since the model is a single thing.

A model that was changed behind its name shows here first.
"""

import numpy

from analyzers.drift_checker.night import Rows
from dagaudit.finding import Confidence, Origin
from dagaudit.section import CodeSection, LlmUse

FEWEST_CALLS = 20
"""Of fewer answers the shares say nothing; such a night has no row."""
UNITS = {
    "answer length": "tokens",
    "question length": "tokens",
    "seconds per call": "seconds",
    "invalid answers": "ratio",
    "failed calls": "ratio",
    "without answer": "ratio",
    "said real": "ratio",
    "said false alarm": "ratio",
    "said cannot tell": "ratio",
}
NAMES = tuple(UNITS)
SHARES = tuple(unit == "ratio" for unit in UNITS.values())


def model_numbers(code: CodeSection) -> Rows | None:
    """The one row; None where no model was asked."""
    use = code.llm
    if use is None or use.model is None:
        return None
    has_enough = use.calls >= FEWEST_CALLS
    values = numpy.array([_row(use, code)] if has_enough else [], dtype=numpy.float32)
    return Rows(
        version=f"{use.model} {(use.model_digest or 'of unknown version').removeprefix('sha256:')[:12]}",
        names=NAMES,
        items=(use.model,) if has_enough else (),
        values=values.reshape(-1, len(NAMES)),
        labels=(use.address,) if has_enough else (),
        seen=1,
    )


def _row(use: LlmUse, code: CodeSection) -> list[float]:
    asked, candidates = max(use.calls, 1), max(use.calls + use.cached, 1)
    judged = [finding.confidence for finding in code.findings if finding.origin is Origin.STATIC_AND_LLM]
    false_alarms = judged.count(Confidence.SUSPECTED)
    told = max(candidates - use.not_judged, len(judged), 1)
    return [
        use.answer_tokens / asked,
        use.prompt_tokens / asked,
        use.seconds / asked,
        use.invalid_answers / asked,
        use.failed_calls / asked,
        use.not_judged / candidates,
        (len(judged) - false_alarms) / told,
        false_alarms / told,
        (told - len(judged)) / told,
    ]
