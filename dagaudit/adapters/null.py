"""`null://`: no model and no memory; everything else works without them."""

from collections.abc import Sequence

from dagaudit.errors import LlmUnavailable
from dagaudit.ports import ChatAnswer, ChatRequest, ModelInfo


class NullLlm:
    """A model that says nothing."""

    address = "null://"

    def model(self) -> ModelInfo | None:
        """There is none."""
        return None

    def chat(self, request: ChatRequest) -> ChatAnswer:
        """Refused: callers ask `model()` first."""
        del request
        raise LlmUnavailable("null:// has no model to ask; give one with --llm ollama://host:11434/model")

    def embedding_model(self) -> ModelInfo | None:
        """There is none."""
        return None

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """No vectors."""
        del texts
        return []


class NoCache:
    """Keeps nothing."""

    def get(self, key: str) -> bytes | None:
        """Nothing is kept."""
        del key
        return None

    def put(self, key: str, data: bytes) -> None:
        """Forgotten at once."""
