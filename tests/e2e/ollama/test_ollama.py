"""The adapter against the real protocol."""

import json

import jsonschema
import pytest

from analyzers.drift_checker.embedding import embedder
from dagaudit.adapters import open_llm
from dagaudit.adapters.llm_options import LlmOptions
from dagaudit.adapters.ollama import OllamaLlm
from dagaudit.address import parse
from dagaudit.errors import LlmAnswerInvalid, LlmUnavailable
from dagaudit.ports import ChatRequest
from tests.fakes import MemoryCache

SCHEMA = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["real", "false_alarm", "cannot_tell"]},
        "line": {"type": "integer", "enum": [3, 4, 5]},
        "audit_id": {"type": "string", "const": "a1b2c3"},
    },
    "required": ["verdict", "line", "audit_id"],
    "additionalProperties": False,
}
QUESTION = ChatRequest(system="You judge.", prompt="Is it real?", answer_schema=SCHEMA, max_answer_tokens=400)


def test_model_is_known_by_name_and_digest(llm):
    info = llm.model()

    assert info.name == "tiny:latest"
    assert len(info.digest) == 64


def test_answer_keeps_to_the_schema(llm):
    answer = llm.chat(QUESTION)

    assert answer.complete
    jsonschema.validate(json.loads(answer.text), SCHEMA)


def test_tokens_and_seconds_are_told(llm):
    answer = llm.chat(QUESTION)

    assert answer.prompt_tokens > 20
    assert answer.answer_tokens > 0
    assert answer.seconds > 0


def test_same_question_gives_the_same_answer(llm):
    assert llm.chat(QUESTION).text == llm.chat(QUESTION).text


def test_answer_that_was_cut_is_not_complete(llm):
    short = ChatRequest("You judge.", "Is it real?", SCHEMA, max_answer_tokens=3)

    assert not llm.chat(short).complete


def test_prompt_that_the_server_would_cut_is_an_error(llm):
    # Bytes are tokens here, so this is far more than least_tokens can know.
    long = ChatRequest("You judge.", "x" * 5000, SCHEMA)

    with pytest.raises(LlmAnswerInvalid, match="do not fit in a context of 2048"):
        llm.chat(long)


def test_prompt_that_cannot_fit_is_not_even_sent(llm):
    with pytest.raises(LlmAnswerInvalid, match="do not fit"):
        llm.chat(ChatRequest("You judge.", "a b " * 3000, SCHEMA))


def test_context_is_never_longer_than_the_models_own(address):
    llm = OllamaLlm(parse(address), LlmOptions(context_length=1_000_000))
    llm.model()

    with pytest.raises(LlmAnswerInvalid, match="do not fit in a context of 32768"):
        llm.chat(ChatRequest("You judge.", "a b " * 40_000, SCHEMA))


def test_each_text_gets_a_vector(llm):
    vectors = llm.embed([f"text {number}" for number in range(70)])

    assert len(vectors) == 70
    assert {len(vector) for vector in vectors} == {64}


def test_no_vectors_without_an_embedding_model(address):
    assert open_llm(address).embed(["text"]) == []
    assert open_llm(address).embedding_model() is None


def test_embedding_model_is_known_by_its_digest(llm):
    found = llm.embedding_model()

    assert found.name == "tiny:latest"
    assert found.digest == llm.model().digest


def test_missing_embedding_model_names_the_remedy(address):
    llm = OllamaLlm(parse(address), LlmOptions(embedding_model="nomic-embed-text"))

    with pytest.raises(LlmUnavailable, match="run `ollama pull nomic-embed-text` there"):
        llm.embedding_model()


def test_drift_is_watched_by_vectors_of_the_model(llm):
    vectors, failure = embedder(llm, MemoryCache())

    once, again = vectors.embed(["a = 1\n" * 900, "b = 2"]), vectors.embed(["b = 2"])

    assert failure is None
    assert vectors.version.startswith("tiny:latest ")
    assert once.shape == (2, 64)
    assert again[0] == pytest.approx(once[1])
    assert (once**2).sum(axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_missing_model_names_the_remedy(address):
    llm = open_llm(address.replace("/tiny", "/qwen:7b"))

    with pytest.raises(LlmUnavailable, match=r"run `ollama pull qwen:7b` there \(it has: tiny:latest\)"):
        llm.model()
    with pytest.raises(LlmUnavailable, match="ollama pull qwen:7b"):
        llm.chat(QUESTION)
