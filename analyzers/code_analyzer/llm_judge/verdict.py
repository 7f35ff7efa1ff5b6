"""What a model may answer, and what its answer does to a finding."""

from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from dagaudit.errors import LlmAnswerInvalid
from dagaudit.finding import Confidence, Finding, Origin
from dagaudit.wire import Wire

# A finding's statement may begin a little above the line that a reader would point at.
_NEAR_LINES = 2


class Verdict(StrEnum):
    """Whether a finding is right."""

    REAL = "real"
    FALSE_ALARM = "false_alarm"
    CANNOT_TELL = "cannot_tell"


class Answer(Wire):
    """A model's answer."""

    verdict: Verdict
    line: int
    audit_id: str


def answer_schema(lines: list[int], audit_id: str) -> dict[str, Any]:
    """The grammar of one question's answer: only the lines that are shown can be named."""
    return {
        "type": "object",
        "properties": {
            "verdict": {"type": "string", "enum": [verdict.value for verdict in Verdict]},
            "line": {"type": "integer", "enum": lines},
            "audit_id": {"type": "string", "const": audit_id},
        },
        "required": ["verdict", "line", "audit_id"],
        "additionalProperties": False,
    }


def checked_answer(text: str, lines: list[int], audit_id: str, finding: Finding) -> Answer:
    """The answer, once it is proven to be one: a grammar binds the sampling, and trust needs more.

    Raises:
        LlmAnswerInvalid: it is no answer to this question.
    """
    try:
        answer = Answer.model_validate_json(text, strict=True)
    except (ValidationError, UnicodeError) as error:
        raise LlmAnswerInvalid("the answer does not keep to the schema") from error
    if answer.audit_id != audit_id:
        # Servers with a shared cache have mixed up conversations.
        raise LlmAnswerInvalid("the answer belongs to another question")
    if answer.line not in lines:
        raise LlmAnswerInvalid(f"the answer names line {answer.line}, which was not shown")
    last = finding.end_line or finding.line
    if answer.verdict is Verdict.REAL and not (
        finding.line - _NEAR_LINES <= answer.line <= last + _NEAR_LINES
    ):
        raise LlmAnswerInvalid(f"the answer sees the problem at line {answer.line}, far from the finding")
    return answer


def applied(finding: Finding, verdict: Verdict) -> Finding:
    """The finding after the verdict: see docs/adr/0001-what-a-verdict-may-change.md."""
    if verdict is Verdict.CANNOT_TELL:
        return finding
    confidence = finding.confidence
    if verdict is Verdict.FALSE_ALARM:
        confidence = Confidence.SUSPECTED
    elif confidence is Confidence.SUSPECTED:
        confidence = Confidence.LIKELY
    return finding.model_copy(update={"origin": Origin.STATIC_AND_LLM, "confidence": confidence})
