"""Remembers what was found in files, so that an unchanged file is neither parsed nor checked again.

One entry for each bundle holds all its files. A file's part counts only while its bytes are the same and all
that was asked of the rest of the bundle for it (which module an import means, what a template file holds)
has the same answer; and while a rule that asked for the day would be told the same. Rules, options, target
and our own code are in the entry's key.
"""

import hashlib
import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from analyzers.code_analyzer.context import Settings
from analyzers.code_analyzer.day import still_holds
from analyzers.code_analyzer.file_audit import FileAudit
from analyzers.code_analyzer.file_model import DagFacts
from analyzers.code_analyzer.findings import Draft
from analyzers.code_analyzer.parsed_file import decode
from analyzers.code_analyzer.rule import Rule
from dagaudit import __version__
from dagaudit.dag import DagModel
from dagaudit.ports import AuditCache

log = logging.getLogger(__name__)

# Stands for the file's own text in what a rule collected: the source is not copied into the cache.
_OWN_TEXT = "\0own text"
_PLAIN = (str, int, float, bool, type(None))

Asked = tuple[str, str, str, str]
"""module or data, its name, who asked, and the answer's digest."""


class Answers(Protocol):
    """What a bundle would answer now."""

    def answer(self, kind: str, name: str, importer: str) -> str:
        """The digest of what is there, "" for nothing."""
        ...


@dataclass(slots=True)
class KnownFile:
    """What is known of a file."""

    digest: str
    is_candidate: bool
    asked: tuple[Asked, ...]
    imported: tuple[str, ...]
    facts: list[DagFacts]
    audit: FileAudit
    dags: list[DagModel]
    days: tuple[str, ...] = ()
    """What was asked of the day, with the answers."""
    holds_text: bool = False
    """Whether a rule collected the file's own text, which is put back when it is read."""


@dataclass(slots=True)
class _Entry:
    files: dict[str, KnownFile] = field(default_factory=dict)
    whole_key: str = ""
    whole: list[Draft] = field(default_factory=list)
    whole_days: tuple[str, ...] = ()


@cache
def _adapter() -> TypeAdapter[_Entry]:
    return TypeAdapter(_Entry)


class BundleMemory:
    """The entry of one bundle: what it knew, and what it will know."""

    def __init__(self, store: AuditCache | None, key: str) -> None:
        self._store = store
        self._key = key
        self._known = _read(store, key) if store is not None else _Entry()
        self._new = _Entry()
        self._complete = True
        self._changed = False
        self.today: date | None = None

    @property
    def keeps(self) -> bool:
        """Whether there is a place to keep anything."""
        return self._store is not None

    def find(self, path: str, data: bytes, bundle: Answers, *, is_candidate: bool) -> KnownFile | None:
        """What is known of the file, if it still holds."""
        known = self._known.files.get(path)
        if known is None or known.is_candidate != is_candidate or known.digest != digest(data):
            return None
        if any(bundle.answer(kind, name, importer) != answer for kind, name, importer, answer in known.asked):
            return None
        if not all(still_holds(asked, self.today) for asked in known.days):
            return None
        self._new.files[path] = known
        if not known.holds_text:
            return known
        collected = _swapped(known.audit.collected, _OWN_TEXT, decode(path, data))
        return replace(known, audit=replace(known.audit, collected=collected))

    def keep(self, path: str, text: str, made: KnownFile) -> None:
        """Remember a file; not one with failures, nor one of which a rule keeps what is no JSON."""
        if made.audit.failures or not _is_json(made.audit.collected):
            self._complete = False
            return
        collected = _swapped(made.audit.collected, text, _OWN_TEXT)
        # Hidden texts did their work in the drafts; they are secrets, so they are not kept.
        audit = replace(made.audit, collected=collected, hidden=set())
        holds_text = json.dumps(_OWN_TEXT) in json.dumps(collected)
        self._new.files[path] = replace(made, audit=audit, holds_text=holds_text)
        self._changed = True

    def forget(self) -> None:
        """A file is broken or could not be read: the bundle as a whole is looked at again."""
        self._complete = False

    def whole(self) -> list[Draft] | None:
        """What the bundle's rules found, if no file changed."""
        key = self._whole_key()
        if not key or key != self._known.whole_key:
            return None
        if not all(still_holds(asked, self.today) for asked in self._known.whole_days):
            return None
        self._new.whole_days = self._known.whole_days
        return self._known.whole

    def keep_whole(self, drafts: Iterable[Draft], days: tuple[str, ...] = ()) -> None:
        """Remember what the bundle's rules found, and what they asked of the day."""
        self._new.whole, self._new.whole_days = list(drafts), days
        self._changed = True

    def save(self) -> None:
        """Write the entry, if anything changed."""
        gone = self._known.files.keys() != self._new.files.keys()
        if self._store is not None and (self._changed or gone):
            self._new.whole_key = self._whole_key()
            self._new.whole = self._new.whole or self._known.whole
            self._store.put(self._key, _adapter().dump_json(self._new))

    def _whole_key(self) -> str:
        if not self._complete or self._store is None:
            return ""
        parts = [
            (path, file.digest, file.is_candidate, file.asked, file.days)
            for path, file in sorted(self._new.files.items())
        ]
        return digest(repr(parts).encode("utf-8", "surrogatepass"))


def digest(data: bytes) -> str:
    """What stands for content."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def entry_key(address: str, number: int, rules: tuple[Rule, ...], settings: Settings) -> str:
    """The key of a bundle's entry: the bundle, and all that findings depend on but its files and the day."""
    ids = [rule.id for rule in rules]
    options = sorted((rule_id, sorted(given.items())) for rule_id, given in settings.rule_options.items())
    parts = (ids, settings.target, options, *_engine(rules))
    place, question = (
        digest(repr(part).encode("utf-8", "surrogatepass")) for part in ((address, number), parts)
    )
    return f"{place}-{question}"


def _engine(rules: Iterable[Rule]) -> Iterator[str]:
    yield from (sys.version, __version__, version("pydantic"))
    try:
        yield version("ruff")
    except PackageNotFoundError:
        yield ""
    yield _own_code()
    for module in sorted({rule.check.__module__ for rule in rules}):
        if not module.startswith("analyzers."):
            file = sys.modules[module].__file__
            yield f"{module} {file}"
            if file is not None:
                yield digest(Path(file).read_bytes())


@cache
def _own_code() -> str:
    found = hashlib.blake2b(digest_size=16)
    for package in ("analyzers.code_analyzer", "analyzers.masking", "dagaudit"):
        for name, file in _below(resources(package), ""):
            found.update(name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            # The commands and the places do not change what is found.
            if entry.name not in ("__pycache__", "llm_judge", "formats", "adapters", "cli", "spec"):
                yield from _below(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith(".pyc"):
            yield prefix + entry.name, entry


def _read(store: AuditCache, key: str) -> _Entry:
    data = store.get(key)
    if data is None:
        return _Entry()
    try:
        return _adapter().validate_json(data)
    except ValidationError:
        log.warning("audit cache: the entry %s cannot be read; it is made anew", key)
        return _Entry()


def _is_json(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_json(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(_is_json(item) for item in value)
    return isinstance(value, _PLAIN)


def _swapped(value: Any, old: str, new: str) -> Any:  # noqa: ANN401 - whatever a rule collected
    if isinstance(value, dict):
        return {key: _swapped(item, old, new) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_swapped(item, old, new) for item in value]
    return new if isinstance(value, str) and value == old else value
