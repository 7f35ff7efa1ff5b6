"""Mines the templates of a stream of lines, chunk by chunk, in bounded memory."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import orjson

from analyzers.log_analyzer.template_miner.masks import masked
from analyzers.log_analyzer.template_miner.tree import Group, Tree
from analyzers.masking import mask

CHUNK_BYTES = 8 << 20
MAX_LINE_BYTES = 4096
MAX_KEYS = 400_000
MAX_TEXT = 500
_VERSION = "v1"
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
    _by_key: dict[bytes, Group | None] = field(default_factory=dict)
    _by_masked: dict[str, Group] = field(default_factory=dict)
    _assigned: list[int] = field(default_factory=list)
    _total: int = 0

    def read(self, stream: IO[bytes]) -> Mined:
        """Mine a whole stream."""
        for lines in _chunks(stream):
            self.add(lines)
        return self.result()

    def add(self, lines: list[bytes]) -> None:
        """Mine some lines; `lines` holds no line ends."""
        if lines and lines[0].lstrip().startswith(b"{"):
            lines = [_event(line) for line in lines]
        blob = b"\n".join(lines)
        keys = blob.translate(_ZEROS).split(b"\n")
        self._learn(lines, keys)
        groups = list(map(self._by_key.__getitem__, keys))
        for group in groups:
            if group is not None:
                group.count += 1
        self._total += len(lines)
        if self.assign:
            self._assigned += [-1 if group is None else group.number for group in groups]
        if len(self._by_key) > MAX_KEYS:
            self._by_key.clear()
            self._by_masked.clear()

    def _learn(self, lines: list[bytes], keys: list[bytes]) -> None:
        """Find the group of every key that was not seen before."""
        known = self._by_key
        new: dict[bytes, bytes] = {}
        for key, line in [(key, lines[i]) for i, key in enumerate(keys) if key not in known]:
            new.setdefault(key, line)
        texts = {key: line[:MAX_LINE_BYTES].decode("utf-8", "replace") for key, line in new.items()}
        for key, text in zip(texts, masked(list(texts.values())), strict=True):
            if not text.strip():
                known[key] = None
                continue
            group = self._by_masked.get(text)
            if group is None:
                group = self._by_masked[text] = self._tree.group_of(text)
                group.example = group.example or texts[key]
            known[key] = group

    def result(self) -> Mined:
        """The templates found so far; groups that grew into the same template are one."""
        texts = [" ".join(group.tokens) for group in self._tree.groups]
        merged: dict[str, Template] = {}
        for group, text in zip(self._tree.groups, texts, strict=True):
            before = merged.get(text)
            merged[text] = Template(
                id=template_id(text),
                template=mask(text)[:MAX_TEXT],
                count=group.count + (before.count if before else 0),
                example=before.example if before else mask(group.example.strip())[:MAX_TEXT],
            )
        ids = [template_id(text) for text in texts]
        return Mined(
            templates=tuple(sorted(merged.values(), key=lambda t: (-t.count, t.template, t.id))),
            lines=tuple(None if number < 0 else ids[number] for number in self._assigned),
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


def _chunks(stream: IO[bytes]) -> Iterator[list[bytes]]:
    """Whole lines, some megabytes at a time; a line longer than a chunk is cut."""
    rest = b""
    while data := stream.read(CHUNK_BYTES):
        lines = (rest + data).split(b"\n")
        rest = lines.pop()
        if len(rest) > CHUNK_BYTES:
            rest = rest[:CHUNK_BYTES]
        if lines:
            yield lines
    if rest:
        yield [rest]
