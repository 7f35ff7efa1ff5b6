"""The language model, what it may cost and what it may not see."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator

from dagaudit.spec.base import SecretRef, ServiceUrl, SpecModel, SpecRule
from dagaudit.spec.input import https_or_in_cluster

ModelName = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")]


class LlmMode(StrEnum):
    """What a run does when the model does not answer."""

    DISABLED = "Disabled"
    BEST_EFFORT = "BestEffort"
    REQUIRED = "Required"


class LlmProvider(StrEnum):
    """Which protocol the endpoint speaks."""

    OLLAMA = "Ollama"
    OPENAI_COMPATIBLE = "OpenAICompatible"


class OnExceeded(StrEnum):
    """What a run does when its budget is spent."""

    STATIC_ONLY = "StaticOnly"
    FAIL = "Fail"


class RedactionMode(StrEnum):
    """Whether secrets are masked before a prompt leaves the pod."""

    ON = "On"
    OFF = "Off"


class Budget(SpecModel):
    """What one run may spend; an omitted limit is none."""

    max_tokens_per_run: int | None = Field(
        default=None, ge=1, le=10**12, description="Tokens of prompts and answers together."
    )
    max_calls_per_run: int | None = Field(default=None, ge=1, le=10**9, description="Calls to the model.")
    max_seconds_per_run: int | None = Field(
        default=None, ge=1, le=604_800, description="Time spent waiting for the model."
    )
    max_cost_per_run: str | None = Field(
        default=None,
        min_length=1,
        max_length=16,
        pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$",
        description="Money, as a decimal in the provider's currency; a string, for no float is exact.",
    )
    on_exceeded: OnExceeded = Field(
        default=OnExceeded.STATIC_ONLY, description="StaticOnly goes on without the model; Fail ends the run."
    )


class Redaction(SpecModel):
    """What is masked in prompts."""

    mode: RedactionMode = Field(default=RedactionMode.ON, description="On masks secrets.")
    extra_patterns: tuple[Annotated[str, Field(min_length=1, max_length=256)], ...] = Field(
        default=(), max_length=32, description="Regular expressions of what else to mask."
    )

    @field_validator("extra_patterns")
    @classmethod
    def _patterns_compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern} is no regular expression: {error}") from error
        return patterns


class Llm(SpecModel):
    """The model that judges and words what the rules found. Everything works without it."""

    RULES = (
        SpecRule(
            cel="self.mode == 'Disabled' || (has(self.model) && has(self.endpoint))",
            message="model and endpoint must be given unless mode is Disabled",
            holds=lambda llm: llm.mode is LlmMode.DISABLED or bool(llm.model and llm.endpoint),
        ),
        https_or_in_cluster("endpoint"),
        SpecRule(
            cel="!has(self.fallbackModel) || !has(self.model) || self.fallbackModel != self.model",
            message="fallbackModel must be another model than model",
            holds=lambda llm: llm.fallback_model is None or llm.fallback_model != llm.model,
        ),
    )

    mode: LlmMode = Field(
        default=LlmMode.BEST_EFFORT, description="Required fails a run that has no model; BestEffort goes on."
    )
    endpoint: ServiceUrl | None = Field(default=None, description="The server's base URL.")
    provider: LlmProvider = Field(default=LlmProvider.OLLAMA, description="The server's protocol.")
    model: ModelName | None = Field(default=None, description="The model's name and tag.")
    model_digest: str | None = Field(
        default=None,
        min_length=64,
        max_length=71,
        pattern=r"^(sha256:)?[0-9a-f]{64}$",
        description="Refuse to run with another version of the model.",
    )
    embedding_model: ModelName | None = Field(default=None, description="For vectors; default: none.")
    context_length: int = Field(
        default=8192, ge=512, le=1_048_576, description="Tokens of a prompt and its answer."
    )
    concurrency: int = Field(default=1, ge=1, le=64, description="Calls at a time: the server's slots.")
    timeout_seconds: int = Field(default=120, ge=1, le=3600, description="Per call.")
    secret_ref: SecretRef | None = Field(
        default=None, description="A Secret with the API key, under `api-key` unless a key is named."
    )
    fallback_model: ModelName | None = Field(default=None, description="Asked where the first is missing.")
    budget: Budget = Field(default=Budget(), description="What a run may spend.")
    redaction: Redaction = Field(default=Redaction(), description="What is masked in prompts.")
