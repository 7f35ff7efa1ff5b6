"""How a model is asked; whatever the server, these mean the same."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagaudit.spec import Gpu, Llm


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
    fallback_model: str | None = None
    """Asked where the server does not have the first."""
    embedding_model: str | None = None
    api_key: str | None = None


def llm_options(llm: "Llm", gpu: "Gpu", api_key: str | None = None) -> LlmOptions:
    """What a spec says; the key comes from where its secretRef is mounted or set."""
    return LlmOptions(
        context_length=llm.context_length,
        read_seconds=llm.timeout_seconds,
        wait_seconds=gpu.wait_for_llm_seconds,
        digest=llm.model_digest,
        fallback_model=llm.fallback_model,
        embedding_model=llm.embedding_model,
        api_key=api_key,
    )
