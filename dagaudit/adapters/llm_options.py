"""How a model is asked; whatever the server, these mean the same."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LlmOptions:
    """What the spec's `llm` says besides the address."""

    context_length: int = 8192
    connect_seconds: float = 5
    read_seconds: float = 120
    """How long one call may take: the spec's timeoutSeconds."""
    tries: int = 4
    wait_seconds: float = 0
    """How long `model()` waits for a server that is being started: the spec's gpu.waitForLLMSeconds."""
    digest: str | None = None
    """The only version of the model that may answer: the spec's modelDigest."""
    embedding_model: str | None = None
    api_key: str | None = None
