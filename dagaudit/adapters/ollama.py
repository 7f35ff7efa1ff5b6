"""`ollama://`: a language model in the same cluster, so that source code never leaves it."""

import logging
import math
import random
import re
import time
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import httpx
import ollama

from dagaudit.adapters.breaker import CircuitBreaker
from dagaudit.adapters.llm_options import LlmOptions
from dagaudit.address import Address
from dagaudit.errors import LlmAnswerInvalid, LlmUnavailable
from dagaudit.ports import ChatAnswer, ChatRequest, ModelInfo

T = TypeVar("T")

log = logging.getLogger(__name__)

_RETRIED = {429, 500, 502, 503, 504}
_EMBED_BATCH = 64
# What the chat template adds around system and prompt.
_TEMPLATE_TOKENS = 64


class OllamaLlm:
    """A model behind Ollama's own protocol; the OpenAI one cannot set the context's size."""

    def __init__(
        self,
        address: Address,
        options: LlmOptions | None = None,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address = str(address)
        self._name = address.path
        self._options = options or LlmOptions()
        self._pause = pause
        self._clock = clock
        self._breaker = CircuitBreaker(clock)
        self._context_length = self._options.context_length
        web = "https" if address.scheme == "ollama+https" else "http"
        self._server = f"{web}://{address.host}:{address.port or (443 if web == 'https' else 11434)}"
        settings: dict[str, Any] = {
            "timeout": httpx.Timeout(self._options.read_seconds, connect=self._options.connect_seconds),
            "follow_redirects": False,
            # A plain-text prompt must not take a detour over a proxy of the environment.
            "trust_env": web == "https",
        }
        if self._options.api_key:
            settings["headers"] = {"Authorization": f"Bearer {self._options.api_key}"}
        self._client = ollama.Client(self._server, **settings)
        self._http = httpx.Client(base_url=self._server, **settings)
        self._finalizer = weakref.finalize(self, _close, self._http, self._client)

    def model(self) -> ModelInfo:
        """The model's digest, once the server is up; also learns how long its context may be."""
        deadline = self._clock() + self._options.wait_seconds
        while True:
            try:
                listed = self._asked(self._client.list).models
                break
            except LlmUnavailable:
                if self._clock() >= deadline:
                    raise
                self._pause(2)
        names = {str(one.model): str(one.digest) for one in listed}
        wanted = [self._name, self._options.fallback_model]
        for name in (f"{each}{tag}" for each in wanted if each for tag in ("", ":latest")):
            if name in names:
                return self._taken(name, names[name])
        raise self._missing(self._name, names)

    def chat(self, request: ChatRequest) -> ChatAnswer:
        """Ask once; a prompt that the server would cut is an error, never silent."""
        at_least = least_tokens(f"{request.system}\n{request.prompt}")
        if at_least + request.max_answer_tokens > self._context_length:
            raise LlmAnswerInvalid(self._too_long(at_least))
        started = self._clock()
        deadline = started + (math.inf if request.timeout_seconds is None else request.timeout_seconds)
        answer = _decoded(self.address, self._repeated(lambda: self._post(request, deadline), deadline))
        self._check_whole(request, answer, at_least)
        return ChatAnswer(
            text=answer.content,
            complete=answer.done_reason != "length",
            prompt_tokens=answer.prompt_tokens or at_least,
            answer_tokens=answer.answer_tokens,
            seconds=self._clock() - started,
        )

    def embedding_model(self) -> ModelInfo | None:
        """The embedding model's digest; None where none is configured."""
        if (name := self._options.embedding_model) is None:
            return None
        names = {str(one.model): str(one.digest) for one in self._repeated(self._client.list).models}
        for full in (name, f"{name}:latest"):
            if full in names:
                return ModelInfo(full, names[full])
        raise self._missing(name, names)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text; none where no embedding model is configured."""
        if (name := self._options.embedding_model) is None:
            return []
        vectors: list[list[float]] = []
        for start in range(0, len(texts), _EMBED_BATCH):
            batch = list(texts[start : start + _EMBED_BATCH])
            answer = self._repeated(partial(self._client.embed, name, batch, truncate=False))
            vectors += [list(vector) for vector in answer.embeddings]
        if len(vectors) != len(texts):
            raise LlmAnswerInvalid(f"{self.address}: {len(texts)} texts gave {len(vectors)} vectors")
        return vectors

    def close(self) -> None:
        """Give back the connections; also done when nobody holds the model any more."""
        self._finalizer()

    def _post(self, request: ChatRequest, deadline: float) -> object:
        seconds = min(self._options.read_seconds, max(0.1, deadline - self._clock()))
        answer = self._http.post(
            "/api/chat",
            timeout=httpx.Timeout(seconds, connect=min(seconds, self._options.connect_seconds)),
            json={
                "model": self._name,
                "messages": [
                    {"role": "system", "content": request.system},
                    {"role": "user", "content": request.prompt},
                ],
                "stream": False,
                "format": request.answer_schema,
                # The server would else cut a long prompt, or forget its beginning, and say nothing.
                "truncate": False,
                "shift": False,
                "options": {
                    "num_ctx": self._context_length,
                    "num_predict": request.max_answer_tokens,
                    "temperature": request.temperature,
                    "seed": request.seed,
                },
            },
        )
        if answer.is_error:
            raise ollama.ResponseError(_told(answer), answer.status_code)
        try:
            return answer.json()
        except ValueError as error:
            raise LlmAnswerInvalid(
                f"{self.address}: the server answered with something that is no JSON"
            ) from error

    def _check_whole(self, request: ChatRequest, answer: "_Answer", at_least: int) -> None:
        used = answer.prompt_tokens
        if not used:
            # Some versions do not count what came from their cache; no text has more tokens than bytes.
            used = len(f"{request.system}{request.prompt}".encode()) + _TEMPLATE_TOKENS
        elif used < at_least:
            raise LlmAnswerInvalid(self._too_long(at_least))
        if used + answer.answer_tokens >= self._context_length:
            raise LlmAnswerInvalid(self._too_long(used))

    def _taken(self, name: str, digest: str) -> ModelInfo:
        wanted = (self._options.digest or "").removeprefix("sha256:")
        is_fallback = name.removesuffix(":latest") != self._name.removesuffix(":latest")
        if is_fallback:
            log.warning("%s: the server does not have it, so %s is asked", self.address, name)
            self._name = name
        elif wanted and wanted != digest.removeprefix("sha256:"):
            raise LlmUnavailable(
                f"{self.address}: the server has version {digest[:12]} of the model, but {wanted[:12]} is "
                "asked for; pull that one, or change llm.modelDigest"
            )
        self._learn_context(name)
        return ModelInfo(name, digest)

    def _learn_context(self, name: str) -> None:
        """A server silently lowers num_ctx to what the model was trained for; so do we, but we know it."""
        details = self._asked(partial(self._client.show, name)).modelinfo or {}
        for key, value in details.items():
            if key.endswith(".context_length") and isinstance(value, int):
                self._context_length = min(self._options.context_length, value)

    def _repeated(self, work: Callable[[], T], deadline: float = math.inf) -> T:
        """The work's result, asked for again where that may help and time is left."""
        refusal = self._breaker.refusal()
        if refusal:
            raise LlmUnavailable(f"{self.address}: {refusal}")
        wait = 0.5
        for left in range(self._options.tries - 1, -1, -1):
            try:
                result = self._asked(work)
            except _WorthRepeating as error:
                if not left or self._clock() + wait >= deadline:
                    self._breaker.failed()
                    raise LlmUnavailable(str(error)) from error
                self._pause(wait)
                # Spread, so that the shards of one audit do not come back all at once.
                wait = min(20.0, random.uniform(0.5, wait * 3))  # noqa: S311
            except LlmUnavailable:
                self._breaker.failed()
                raise
            except LlmAnswerInvalid:
                # An answer, though not the one we need: the server is well.
                self._breaker.succeeded()
                raise
            else:
                self._breaker.succeeded()
                return result
        raise AssertionError("unreachable")

    def _asked(self, work: Callable[[], T]) -> T:
        """The work's result; every foreign error ends here."""
        try:
            return work()
        except ollama.ResponseError as error:
            raise self._refused(error) from error
        except httpx.ReadTimeout as error:
            raise LlmUnavailable(
                f"{self.address}: no answer in time; raise llm.timeoutSeconds or take a smaller model"
            ) from error
        except (ConnectionError, httpx.TransportError) as error:
            raise _WorthRepeating(
                f"{self.address}: the server cannot be reached; "
                "check that Ollama runs there and that network policies let us through"
            ) from error
        except (httpx.HTTPError, ValueError) as error:
            raise LlmAnswerInvalid(f"{self.address}: that is no answer of Ollama: {error}") from error

    def _refused(self, error: ollama.ResponseError) -> LlmUnavailable | LlmAnswerInvalid:
        told = error.error.strip()[:300]
        if error.status_code == 404:
            return self._missing(self._name, ())
        if error.status_code == 400 and re.search(r"context|too long|exceed", told):
            return LlmAnswerInvalid(f"{self.address}: the prompt does not fit: {told}")
        if error.status_code in (401, 403):
            return LlmUnavailable(f"{self.address}: the server refused us ({told}); check the API key")
        text = f"{self.address}: the server answered {error.status_code}: {told}"
        return _WorthRepeating(text) if error.status_code in _RETRIED else LlmUnavailable(text)

    def _missing(self, name: str, present: Iterable[str]) -> LlmUnavailable:
        return LlmUnavailable(
            f"{self.address}: the server does not have the model {name}; "
            f"run `ollama pull {name}` there (it has: {', '.join(sorted(present)) or 'not this one'})"
        )

    def _too_long(self, tokens: int) -> str:
        return (
            f"{self.address}: about {tokens} tokens and the answer do not fit in a context of "
            f"{self._context_length}, so the server would cut them; raise llm.contextLength"
        )


class _WorthRepeating(LlmUnavailable):
    """The server is busy, starting or out of reach."""


@dataclass(frozen=True, slots=True)
class _Answer:
    content: str
    done_reason: str
    prompt_tokens: int
    answer_tokens: int


def _close(http: httpx.Client, client: ollama.Client) -> None:
    http.close()
    client.close()  # type: ignore[no-untyped-call]


def least_tokens(text: str) -> int:
    """Fewer tokens than any tokenizer makes of a text: half of its words and signs."""
    return len(re.findall(r"\w+|[^\w\s]", text)) // 2


def _decoded(address: str, raw: object) -> _Answer:
    message = raw.get("message") if isinstance(raw, dict) else None
    if (
        not isinstance(raw, dict)
        or not isinstance(message, dict)
        or not isinstance(message.get("content"), str)
    ):
        raise LlmAnswerInvalid(f"{address}: that is no answer of Ollama: it has no message.content")
    counts = [raw.get(name) for name in ("prompt_eval_count", "eval_count")]
    prompt_tokens, answer_tokens = (count if isinstance(count, int) else 0 for count in counts)
    return _Answer(message["content"], str(raw.get("done_reason", "")), prompt_tokens, answer_tokens)


def _told(answer: httpx.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return answer.text
    return str(told.get("error", told)) if isinstance(told, dict) else answer.text
