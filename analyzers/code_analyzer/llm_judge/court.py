"""Gets the verdict on one question: from the cache, or from the model within the budget."""

import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock

from pydantic import ValidationError

from analyzers.attempt import attempt
from analyzers.code_analyzer.llm_judge.allowance import Allowance, Reservation
from analyzers.code_analyzer.llm_judge.question import Question
from analyzers.code_analyzer.llm_judge.verdict import Answer, Verdict
from dagaudit.errors import LlmAnswerInvalid, LlmUnavailable
from dagaudit.ports import AnswerCache, ChatAnswer, ChatRequest, Llm, ModelInfo
from dagaudit.section import LlmUse
from dagaudit.wire import Wire

_TRIES = 2
# So many calls in a row without an answer: the model is gone, and the rest would only take time.
_GIVE_UP_AFTER = 3
_LOOK_UPS = 16
# What a model's chat template adds.
_TEMPLATE_TOKENS = 64


class Kept(Wire):
    """A verdict in the cache; the line counts from the slice's first one."""

    verdict: Verdict
    line_offset: int
    prompt_tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Court:
    """One run's model, cache, budget and record; answers one question at a time."""

    llm: Llm
    model: ModelInfo
    cache: AnswerCache
    allowance: Allowance
    concurrency: int = 1
    lock: Lock = field(default_factory=Lock)
    known: dict[str, Verdict] = field(default_factory=dict)
    cached: int = 0
    invalid: int = 0
    failed: int = 0
    failed_in_a_row: int = 0
    stopped: str | None = None
    prompt_tokens: int = 0
    answer_tokens: int = 0

    def look_up(self, questions: Iterable[Question]) -> None:
        """Fetch what earlier nights have answered, many at a time: a store may be far away."""
        wanted = {question.key(self.model): question for question in questions}
        with ThreadPoolExecutor(_LOOK_UPS) as pool:
            for key, kept in zip(wanted, pool.map(self._looked_up, wanted, wanted.values()), strict=True):
                if kept is not None:
                    self.known[key] = kept

    def verdict(self, question: Question) -> Verdict | None:
        """The verdict; None where there is none, and then the record tells why."""
        key = question.key(self.model)
        if key in self.known:
            self._count("cached")
            return self.known[key]
        for number in range(_TRIES):
            if self.stopped:
                return None
            answer = self._asked(question, key, number)
            if answer is not None:
                self.known[key] = answer.verdict
                return answer.verdict
        return None

    def use(self, not_judged: int) -> LlmUse:
        """What was asked and what became of it."""
        return LlmUse(
            address=self.llm.address,
            model=self.model.name,
            model_digest=self.model.digest,
            calls=self.allowance.spent_calls,
            cached=self.cached,
            invalid_answers=self.invalid,
            failed_calls=self.failed,
            not_judged=not_judged,
            prompt_tokens=self.prompt_tokens,
            answer_tokens=self.answer_tokens,
            seconds=self.allowance.spent_seconds,
        )

    def _asked(self, question: Question, key: str, number: int) -> Answer | None:
        request = question.request(key, number)
        reserved = self.allowance.reserve(_most_tokens(request), self.concurrency)
        if isinstance(reserved, str):
            self.stopped = reserved
            return None
        if not math.isinf(reserved.seconds):
            request = replace(request, timeout_seconds=reserved.seconds)
        answer = self._called(request, reserved)
        if answer is None:
            return None
        try:
            if not answer.complete:
                raise LlmAnswerInvalid("the answer was cut by its limit")
            checked = question.answer(answer.text, key)
        except LlmAnswerInvalid:
            self._count("invalid")
            return None
        self._keep(question, key, checked, answer)
        return checked

    def _called(self, request: ChatRequest, reserved: Reservation) -> ChatAnswer | None:
        try:
            answer = self.llm.chat(request)
        except LlmUnavailable as error:
            # Nobody tells what a lost call has cost, so it counts as all that it may have.
            lost = 0.0 if math.isinf(reserved.seconds) else reserved.seconds
            self.allowance.settle(reserved, reserved.tokens, lost)
            self._count("failed", "failed_in_a_row")
            if self.failed_in_a_row >= _GIVE_UP_AFTER:
                self.stopped = str(error)
            return None
        except LlmAnswerInvalid:
            self.allowance.settle(reserved, reserved.tokens, 0.0)
            self._count("invalid")
            return None
        self.allowance.settle(reserved, answer.prompt_tokens + answer.answer_tokens, answer.seconds)
        with self.lock:
            self.prompt_tokens += answer.prompt_tokens
            self.answer_tokens += answer.answer_tokens
            self.failed_in_a_row = 0
        return answer

    def _count(self, *names: str) -> None:
        with self.lock:
            for name in names:
                setattr(self, name, getattr(self, name) + 1)

    def _looked_up(self, key: str, question: Question) -> Verdict | None:
        kept = attempt("answer cache", partial(self._kept, question, key))
        return kept if isinstance(kept, Verdict) else None

    def _kept(self, question: Question, key: str) -> Verdict | None:
        data = self.cache.get(key)
        if data is None:
            return None
        try:
            kept = Kept.model_validate_json(data)
        except ValidationError:
            # Whatever lies there, it is not what we wrote: ask again.
            return None
        return kept.verdict if 0 <= kept.line_offset < len(question.part.lines) else None

    def _keep(self, question: Question, key: str, checked: Answer, answer: ChatAnswer) -> None:
        kept = Kept(
            verdict=checked.verdict,
            line_offset=checked.line - question.part.first,
            prompt_tokens=answer.prompt_tokens,
            answer_tokens=answer.answer_tokens,
            seconds=answer.seconds,
        )
        self.cache.put(key, kept.model_dump_json().encode())


def _most_tokens(request: ChatRequest) -> int:
    """More than a call can take: no text has more tokens than bytes."""
    prompt = len(request.system.encode()) + len(request.prompt.encode("utf-8", "replace"))
    return prompt + _TEMPLATE_TOKENS + request.max_answer_tokens
