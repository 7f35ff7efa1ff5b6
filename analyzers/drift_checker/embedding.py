"""Texts as vectors: by the model's embeddings where there is an embedding model, else by hashed n-grams.

The version names what made a vector, and vectors of two versions are never compared.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy
import orjson

from analyzers.attempt import attempt
from analyzers.drift_checker import hashed_ngrams
from analyzers.drift_checker.night import FloatArray
from dagaudit.errors import LlmAnswerInvalid
from dagaudit.finding import Failure
from dagaudit.ports import AnswerCache, Llm, ModelInfo

PART = "drift"
CHUNK_CHARACTERS = 1_500
"""Some 500 tokens of code; a model that takes fewer gets halves."""
MAX_CHUNKS = 8
LEAST_CHARACTERS = 50
BATCH = 32


@dataclass(frozen=True, slots=True)
class Embedder:
    """What makes vectors tonight."""

    version: str
    embed: Callable[[Sequence[str]], FloatArray]
    """A unit vector per text: texts x dimensions, float32."""


FALLBACK = Embedder(f"{hashed_ngrams.NAME} {hashed_ngrams.VERSION}", hashed_ngrams.embed)


def embedder(llm: Llm, cache: AnswerCache) -> tuple[Embedder, Failure | None]:
    """The model's embeddings, or the fallback; a model that is asked for and not there is a Failure."""
    found = attempt(PART, llm.embedding_model)
    if isinstance(found, Failure):
        words = f"{found.message}; tonight's texts are compared by {FALLBACK.version} instead"
        return FALLBACK, Failure(part=PART, message=words)
    if found is None:
        return FALLBACK, None
    return by_model(llm, found, cache), None


def by_model(llm: Llm, model: ModelInfo, cache: AnswerCache) -> Embedder:
    """Vectors of a model, kept in the cache so that an unchanged fleet costs no call."""
    version = f"{model.name} {model.digest.removeprefix('sha256:')[:12]}; chunks of {CHUNK_CHARACTERS}"

    def embed(texts: Sequence[str]) -> FloatArray:
        vectors: dict[str, list[float]] = {}
        missing: dict[str, str] = {}
        for text in texts:
            key = _key(version, text)
            if key not in vectors and key not in missing:
                kept = cache.get(key)
                if kept is None:
                    missing[key] = text
                else:
                    vectors[key] = orjson.loads(kept)
        waiting = list(missing.items())
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH]
            for (key, _), vector in zip(batch, _asked(llm, [text for _, text in batch]), strict=True):
                vectors[key] = vector
                cache.put(key, orjson.dumps(vector))
        return numpy.array([vectors[_key(version, text)] for text in texts], dtype=numpy.float32)

    return Embedder(version, embed)


def _asked(llm: Llm, texts: Sequence[str]) -> list[list[float]]:
    """A unit vector per text: the mean over its chunks."""
    chunks = [_chunks(text) for text in texts]
    vectors = _vectors(llm, [chunk for each in chunks for chunk in each])
    if len(vectors) != sum(map(len, chunks)) or len({len(vector) for vector in vectors}) > 1:
        raise LlmAnswerInvalid(
            f"{llm.address}: the embedding model gave too few vectors, or of several sizes; "
            "check llm.embeddingModel"
        )
    means, position = [], 0
    for each in chunks:
        mean = numpy.mean(numpy.array(vectors[position : position + len(each)], dtype=float), axis=0)
        position += len(each)
        length = float(numpy.linalg.norm(mean))
        if not numpy.isfinite(length):
            raise LlmAnswerInvalid(f"{llm.address}: a vector of the embedding model is not finite")
        means.append((mean / length if length else mean).tolist())
    return means


def _vectors(llm: Llm, chunks: Sequence[str]) -> list[list[float]]:
    """A vector per chunk; one that the model's context cannot hold is cut in halves, whose mean it gets."""
    try:
        return llm.embed(chunks)
    except LlmAnswerInvalid:
        if len(chunks) > 1:
            return [vector for chunk in chunks for vector in _vectors(llm, [chunk])]
        middle = len(chunks[0]) // 2
        if middle < LEAST_CHARACTERS:
            raise
        halves = _vectors(llm, [chunks[0][:middle], chunks[0][middle:]])
        mean: list[float] = numpy.mean(numpy.array(halves, dtype=float), axis=0).tolist()
        return [mean]


def _chunks(text: str) -> list[str]:
    shown = text[: CHUNK_CHARACTERS * MAX_CHUNKS] or " "
    return [shown[start : start + CHUNK_CHARACTERS] for start in range(0, len(shown), CHUNK_CHARACTERS)]


def _key(version: str, text: str) -> str:
    return hashlib.sha256(f"embedding\0{version}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
