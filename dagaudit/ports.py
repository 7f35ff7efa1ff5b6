"""The ports: what analyzers, merger and dashboard ask of the outside world.

Each scheme's adapter lies in `dagaudit.adapters`; fakes for tests lie in `tests/fakes.py`.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Protocol, runtime_checkable

from dagaudit.run_history import History


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a DAG source or of a log source, as it was listed."""

    path: str
    """Relative to the source's address, with `/`."""
    size: int
    """Bytes, as listed."""
    version: str
    """Changes when the content does: an ETag or VersionId, or mtime and size. Reading pins it."""
    modified_at: float | None = None
    """Seconds since the epoch, where the source tells."""

    @property
    def is_unlisted_folder(self) -> bool:
        """Whether this stands for a folder that could not be listed; reading it tells why."""
        return self.path.endswith("/")


class FileSource(Protocol):
    """DAG source or log source: a tree of files."""

    address: str

    def files(self) -> Iterator[SourceFile]:
        """Every file below the address, sorted by path.

        Raises:
            SourceMissing: nothing lies at the address.
            AccessRefused: it may not be listed.
            SourceUnreadable: anything else.
        """
        ...

    def read(self, file: SourceFile) -> bytes:
        """The whole content of the very version that was listed.

        Raises:
            SourceChanged: it is another version now.
            SourceUnreadable: it cannot be read.
        """
        ...

    def open(self, file: SourceFile) -> AbstractContextManager[IO[bytes]]:
        """The content as a stream, for files that may be too large to hold."""
        ...


class DagSource(FileSource, Protocol):
    """Where DAG files come from."""


class LogSource(FileSource, Protocol):
    """Where task logs come from, in Airflow's path layout."""


@runtime_checkable
class MarkedLogs(Protocol):
    """A log source that remembers up to when a published report holds its logs."""

    def commit(self) -> None:
        """The report of what was listed is published.

        Raises:
            StoreUnwritable: it will be read again.
        """
        ...


@runtime_checkable
class FailuresAlone(Protocol):
    """A log source that lists failed attempts alone: where it lists none, nothing failed."""

    lists_failures_alone: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """An object's content with the version that a later swap must still find."""

    data: bytes
    version: str


class ReportStore(Protocol):
    """Where reports are kept. Keys are relative, with `/`."""

    address: str

    def read(self, key: str) -> Stored:
        """An object and its version.

        Raises:
            ReportMissing: no such key.
            ReportUnreadable: anything else.
        """
        ...

    def write(self, key: str, data: bytes) -> None:
        """Put a whole object: readers see all of it or none.

        Raises:
            StoreUnwritable: full, refused, gone.
        """
        ...

    def swap(self, key: str, data: bytes, expected: str | None) -> str:
        """Put an object only if its version still is `expected` (None: it must not exist); the new version.

        Raises:
            SwapLost: somebody else was first.
            StoreUnwritable: full, refused, gone.
        """
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that starts with `prefix`, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; a missing one is no error."""
        ...


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One schema-bound question."""

    system: str
    prompt: str
    answer_schema: dict[str, Any]
    """A JSON Schema that the answer's grammar is made from."""
    max_answer_tokens: int = 400
    temperature: float = 0.0
    seed: int = 0
    timeout_seconds: float | None = None
    """Give up after so long, repeats included; None leaves it to the adapter."""


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """What the model said; the text is not yet checked against the schema."""

    text: str
    complete: bool
    """False where the answer was cut by its token limit."""
    prompt_tokens: int
    answer_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model answers."""

    name: str
    digest: str


class Llm(Protocol):
    """A language model. `null://` is one that says nothing."""

    address: str

    def model(self) -> ModelInfo | None:
        """The model behind the address, or None where there is none (`null://`).

        Raises:
            LlmUnavailable: it does not answer, or does not have the model.
        """
        ...

    def chat(self, request: ChatRequest) -> ChatAnswer:
        """Ask once.

        Raises:
            LlmUnavailable: no answer in time, or refused.
            LlmAnswerInvalid: what came is not an answer at all.
        """
        ...

    def embedding_model(self) -> ModelInfo | None:
        """The model that makes vectors, or None where none is configured.

        Raises:
            LlmUnavailable: it does not answer, or does not have that model.
        """
        ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text; empty where there is no model."""
        ...


class AnswerCache(Protocol):
    """Answers of a model by the hash of all that shaped them."""

    def get(self, key: str) -> bytes | None:
        """The stored answer, or None."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Keep an answer."""
        ...


class AuditCache(Protocol):
    """What was found in files, by the hash of all else that shaped it."""

    def get(self, key: str) -> bytes | None:
        """The entry, or None."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Keep an entry in place of the one before; never fails, as it can be made anew."""
        ...


class RunHistory(Protocol):
    """Airflow's own account of its runs."""

    address: str

    def read(self, since: datetime) -> History:
        """Every run and task instance that changed since then, and how Airflow is now.

        What one part could not read is a Failure in the answer and costs that part only.

        Raises:
            AccessRefused: the credentials are missing or wrong.
            SourceUnreadable: nothing at all could be read.
        """
        ...
