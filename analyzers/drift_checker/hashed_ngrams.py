"""Text as numbers without a model: words and pairs of words, hashed.

K. Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009. It sees which words a
text is made of, not what they mean.
"""

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy

from analyzers.drift_checker.night import FloatArray

NAME = "hashed-ngrams"
VERSION = "1"
DIMENSIONS = 256
MAX_CHARACTERS = 60_000
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")


def embed(texts: Sequence[str]) -> FloatArray:
    """A unit vector per text (texts x 256, float32); a text without any word is zero."""
    vectors = numpy.zeros((len(texts), DIMENSIONS), dtype=numpy.float32)
    places: dict[str, tuple[int, float]] = {}
    for number_of_text, text in enumerate(texts):
        row = vectors[number_of_text]
        for token, number in _tokens(text).items():
            if token not in places:
                code = zlib.crc32(token.encode("utf-8", "surrogatepass"))
                # The lowest bit is the sign, so that what collides cancels out on average.
                places[token] = ((code >> 1) % DIMENSIONS, 1.0 if code & 1 else -1.0)
            place, sign = places[token]
            row[place] += sign * (1.0 + numpy.log(number))
        length = float(numpy.linalg.norm(row))
        if length:
            vectors[number_of_text] = row / length
    return vectors


def _tokens(text: str) -> Counter[str]:
    # Numbers count as numbers: another port or date is no other incident.
    words = ["0" if word.isdigit() else word for word in _TOKEN.findall(text[:MAX_CHARACTERS].lower())]
    found = Counter(word for word in words if word[0].isalnum())
    found.update(f"{first} {second}" for first, second in pairwise(words))
    return found
