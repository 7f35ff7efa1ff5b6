"""One question to the model, and the key under which its answer is kept."""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from string import Template

from analyzers.code_analyzer.llm_judge.slice import Slice
from analyzers.code_analyzer.llm_judge.verdict import Answer, answer_schema, checked_answer
from dagaudit.finding import Finding
from dagaudit.ports import ChatRequest, ModelInfo

CACHE_VERSION = 1
MAX_ANSWER_TOKENS = 400
MAX_MESSAGE_CHARACTERS = 500
_MAX_RULE_CHARACTERS = 4000
# A model that loops at temperature 0 gets out of it with a little chance.
_SECOND_TEMPERATURE = 0.2


@cache
def prompt(name: str) -> str:
    """A prompt's text."""
    return (files("analyzers.code_analyzer.llm_judge") / "prompts" / f"{name}.txt").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Question:
    """A finding, the rule that made it and the lines around it."""

    finding: Finding
    rule: str
    message: str
    """What the rule said, fit to be sent."""
    part: Slice

    def key(self, model: ModelInfo) -> str:
        """The hash of all that shapes the answer. Moving the code up or down in its file does not."""
        shaped_by = {
            "version": CACHE_VERSION,
            "analyzer": "code",
            "prompts": [_digest(prompt(name)) for name in ("system", "judge")],
            "model": model.digest,
            "options": [MAX_ANSWER_TOKENS, 0.0, _SECOND_TEMPERATURE],
            "rule": _digest(self.rule),
            "message": self.message,
            "line": self.finding.line - self.part.first,
            "end_line": (self.finding.end_line or self.finding.line) - self.part.first,
            "source": _digest("\n".join(self.part.lines)),
        }
        return _digest(json.dumps(shaped_by, sort_keys=True, separators=(",", ":")))

    def request(self, key: str, attempt: int = 0) -> ChatRequest:
        """What is sent: the same for all questions first, then the rule, the source last."""
        numbers = self.part.numbers
        filled = Template(prompt("judge")).substitute(
            rule=self.rule,
            marker=self._marker(key),
            line=self.finding.line,
            message=self.message,
            source=self.part.text,
            first=numbers[0],
            last=numbers[-1],
            audit_id=audit_id(key),
        )
        request = ChatRequest(
            system=prompt("system"),
            prompt=filled,
            answer_schema=answer_schema(numbers, audit_id(key)),
            max_answer_tokens=MAX_ANSWER_TOKENS,
        )
        return replace(request, temperature=_SECOND_TEMPERATURE, seed=attempt) if attempt else request

    def answer(self, text: str, key: str) -> Answer:
        """The checked answer.

        Raises:
            LlmAnswerInvalid: it is none.
        """
        return checked_answer(text, self.part.numbers, audit_id(key), self.finding)

    def _marker(self, key: str) -> str:
        """A line that the data cannot hold: it depends on the data."""
        marker = f"=====data-{key[12:28]}====="
        while marker in self.message or any(marker in line for line in self.part.lines):
            key = _digest(key)
            marker = f"=====data-{key[12:28]}====="
        return marker


def audit_id(key: str) -> str:
    """What the answer must hold to prove that it belongs to this question."""
    return key[:12]


def rule_for_prompt(documentation: str) -> str:
    """A rule's words and examples, without the marks of its tests."""
    lines = (line.replace("# <- here", "").rstrip() for line in documentation.strip().splitlines())
    return "\n".join(lines)[:_MAX_RULE_CHARACTERS]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
