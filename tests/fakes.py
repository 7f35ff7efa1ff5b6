"""Small real implementations of our own ports, for every test."""

import hashlib
import io
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

import orjson

from dagaudit.errors import (
    DagAuditError,
    LlmUnavailable,
    ReportMissing,
    SourceChanged,
    SourceMissing,
    StoreUnwritable,
    SwapLost,
)
from dagaudit.ports import ChatAnswer, ChatRequest, ModelInfo, SourceFile, Stored


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


class MemorySource:
    """DAG source or log source made of texts by path; `broken` ones raise what is given."""

    def __init__(
        self,
        files: dict[str, str | bytes],
        broken: dict[str, DagAuditError] | None = None,
        address: str = "memory://",
    ) -> None:
        self.address = address
        self.contents = {
            path: text.encode() if isinstance(text, str) else text for path, text in files.items()
        }
        self.broken = broken or {}
        self.reads: list[str] = []

    def files(self) -> Iterator[SourceFile]:
        for path in sorted({*self.contents, *self.broken}):
            data = self.contents.get(path, b"")
            yield SourceFile(path, len(data), _version(data), 0.0)

    def read(self, file: SourceFile) -> bytes:
        self.reads.append(file.path)
        if file.path in self.broken:
            raise self.broken[file.path]
        if file.path not in self.contents:
            raise SourceMissing(f"{file.path} does not exist")
        data = self.contents[file.path]
        if _version(data) != file.version:
            raise SourceChanged(f"{file.path} changed after it was listed")
        return data

    @contextmanager
    def open(self, file: SourceFile) -> Iterator[IO[bytes]]:
        yield io.BytesIO(self.read(file))


class MemoryStore:
    """A report store; `full` refuses every write, `before_swap` runs just before each compare."""

    def __init__(self, objects: dict[str, bytes] | None = None, *, full: bool = False) -> None:
        self.address = "memory://"
        self.objects = dict(objects or {})
        self.full = full
        self.writes: list[str] = []
        self.before_swap: deque[tuple[str, bytes]] = deque()

    def read(self, key: str) -> Stored:
        if key not in self.objects:
            raise ReportMissing(f"{key} does not exist")
        return Stored(self.objects[key], _version(self.objects[key]))

    def write(self, key: str, data: bytes) -> None:
        if self.full:
            raise StoreUnwritable(f"{key} cannot be written: the disk is full")
        self.writes.append(key)
        self.objects[key] = data

    def swap(self, key: str, data: bytes, expected: str | None) -> str:
        if self.before_swap:
            # Somebody else is faster.
            other_key, other_data = self.before_swap.popleft()
            self.objects[other_key] = other_data
        current = _version(self.objects[key]) if key in self.objects else None
        if current != expected:
            raise SwapLost(f"{key} was changed by somebody else")
        self.write(key, data)
        return _version(data)

    def keys(self, prefix: str) -> Iterator[str]:
        yield from sorted(key for key in self.objects if key.startswith(prefix))

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)


class MemoryCache:
    """An answer cache."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.answers.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.answers[key] = data


@dataclass
class ScriptedLlm:
    """A model that gives the queued answers in turn; an exception in the queue is raised.

    A dict is sent as JSON, with `audit_id` echoed from the request's schema unless it is given.
    """

    answers: deque[ChatAnswer | str | dict[str, object] | Exception] = field(default_factory=deque)
    digest: str = "d" * 64
    name: str = "scripted"
    address: str = "ollama://scripted:11434/scripted"
    requests: list[ChatRequest] = field(default_factory=list)
    vectors: dict[str, list[float]] = field(default_factory=dict)

    def model(self) -> ModelInfo | None:
        return ModelInfo(self.name, self.digest)

    def chat(self, request: ChatRequest) -> ChatAnswer:
        self.requests.append(request)
        if not self.answers:
            raise LlmUnavailable("the script has no more answers")
        answer = self.answers.popleft()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, ChatAnswer):
            return answer
        if isinstance(answer, dict):
            properties = request.answer_schema.get("properties", {})
            echoed = {"audit_id": properties["audit_id"]["const"]} if "audit_id" in properties else {}
            answer = orjson.dumps({**echoed, **answer}).decode()
        return ChatAnswer(answer, True, len(request.system + request.prompt) // 4, len(answer) // 4, 0.5)

    def embedding_model(self) -> ModelInfo | None:
        return ModelInfo("embedder", "e" * 64) if self.vectors else None

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [self.vectors.get(text, [0.0]) for text in texts]


class RecordingProgress:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, int | None]] = []

    def start(self, part: str, total: int | None = None) -> None:
        self.told.append(("start", part, total))

    def advance(self, part: str, steps: int = 1) -> None:
        self.told.append(("advance", part, steps))

    def finish(self, part: str) -> None:
        self.told.append(("finish", part, None))
