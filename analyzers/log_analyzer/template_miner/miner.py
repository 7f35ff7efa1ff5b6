"""Mines the templates of a stream of lines, chunk by chunk, in bounded memory."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, cast

import orjson

from analyzers.log_analyzer.template_miner.masks import masked
from analyzers.log_analyzer.template_miner.tree import Tree
from analyzers.masking import mask

CHUNK_BYTES = 1 << 20
MAX_LINE_BYTES = 4096
MAX_KEYS = 400_000
MAX_TEXT = 500
_VERSION = "v1"
_BLANK = -1
_ZEROS = bytes.maketrans(b"123456789", b"000000000")


@dataclass(frozen=True, slots=True)
class Template:
    """A pattern, how many lines follow it, and one of them."""

    id: str
    template: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Mined:
    """The templates, most lines first; `lines` has an id per physical line, None for a blank one."""

    templates: tuple[Template, ...]
    lines: tuple[str | None, ...] = ()
    total: int = 0


@dataclass(slots=True)
class Miner:
    """Feed it chunks of whole lines, then ask for the result."""

    assign: bool = False
    _tree: Tree = field(default_factory=Tree)
    _by_key: dict[bytes, int] = field(default_factory=dict)
    _by_masked: dict[str, int] = field(default_factory=dict)
    _counts: Counter[int] = field(default_factory=Counter)
    _assigned: list[int] = field(default_factory=list)
    _total: int = 0

    def read(self, stream: IO[bytes]) -> Mined:
        """Mine a whole stream."""
        for chunk in _chunks(stream):
            self._mine(chunk)
        return self.result()

    def add(self, lines: list[bytes]) -> None:
        """Mine some lines; `lines` holds no line ends."""
        if lines:
            self._mine(b"\n".join(lines))

    def _mine(self, chunk: bytes) -> None:
        """Mine whole lines. What runs for every line is a call into C; only what is new costs Python."""
        if chunk.lstrip()[:1] == b"{":
            chunk = b"\n".join(map(_event, chunk.split(b"\n")))
        keys = chunk.translate(_ZEROS).split(b"\n")
        found = list(map(self._by_key.get, keys))
        unseen = [position for position, number in enumerate(found) if number is None]
        if unseen:
            lines = chunk.split(b"\n")
            self._learn([keys[position] for position in unseen], [lines[position] for position in unseen])
            for position in unseen:
                found[position] = self._by_key[keys[position]]
        numbers = cast("list[int]", found)
        self._counts.update(numbers)
        self._total += len(keys)
        if self.assign:
            self._assigned += numbers
        if len(self._by_key) > MAX_KEYS:
            self._by_key.clear()
            self._by_masked.clear()

    def _learn(self, keys: list[bytes], lines: list[bytes]) -> None:
        """Find the groups of keys that were not seen before."""
        known = self._by_key
        # The first line of a key is kept, whatever the chunks: an example must not depend on them.
        new = dict(zip(reversed(keys), reversed(lines), strict=True))
        texts = {key: new[key][:MAX_LINE_BYTES].decode("utf-8", "replace") for key in dict.fromkeys(keys)}
        for key, text in zip(texts, masked(list(texts.values())), strict=True):
            number = self._by_masked.get(text)
            if number is None:
                number = self._by_masked[text] = self._number_of(text, texts[key])
            known[key] = number

    def _number_of(self, masked_text: str, text: str) -> int:
        """The group of a text whose masked form is new; _BLANK for none."""
        if not masked_text.strip():
            return _BLANK
        group = self._tree.group_of(masked_text)
        group.example = group.example or text
        return group.number

    def result(self) -> Mined:
        """The templates found so far; groups that grew into the same template are one."""
        texts = [" ".join(group.tokens) for group in self._tree.groups]
        merged: dict[str, Template] = {}
        for group, text in zip(self._tree.groups, texts, strict=True):
            before = merged.get(text)
            merged[text] = Template(
                id=template_id(text),
                template=mask(text)[:MAX_TEXT],
                count=self._counts[group.number] + (before.count if before else 0),
                example=before.example if before else mask(group.example.strip())[:MAX_TEXT],
            )
        ids = [template_id(text) for text in texts]
        return Mined(
            templates=tuple(sorted(merged.values(), key=lambda t: (-t.count, t.template, t.id))),
            # A blank line has the number -1, and so the last of these.
            lines=tuple(map([*ids, None].__getitem__, self._assigned)),
            total=self._total,
        )


def template_id(template: str) -> str:
    """A content hash, so that runs and shards name the same template alike."""
    text = f"{_VERSION}\0{template}"
    return "T" + hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _event(line: bytes) -> bytes:
    """What a JSON line of Airflow 3 says; its other keys are no text of a statement."""
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
    event = document.get("event", document.get("message")) if isinstance(document, dict) else None
    return event.replace("\n", " ").encode("utf-8", "replace") if isinstance(event, str) else line


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Whole lines, some megabytes at a time; a line longer than a chunk is cut."""
    rest = b""
    while data := stream.read(CHUNK_BYTES):
        lines, end, last = (rest + data).rpartition(b"\n")
        rest = last[:CHUNK_BYTES]
        if end:
            yield lines
    if rest:
        yield rest
