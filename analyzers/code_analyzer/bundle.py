"""Interprets a whole source, one file at a time: what is yielded may be dropped before the next is read."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from analyzers.attempt import attempt
from analyzers.code_analyzer.audit_cache import Asked, BundleMemory, KnownFile
from analyzers.code_analyzer.bundle_files import FilesOf
from analyzers.code_analyzer.dag_facts import facts_of
from analyzers.code_analyzer.discovery import Candidate, Discovery
from analyzers.code_analyzer.file_model import BundleFacts, DagFacts, FileModel
from analyzers.code_analyzer.findings import Draft
from analyzers.code_analyzer.interpreter import Budget, interpret
from analyzers.code_analyzer.parsed_file import SourceBroken, parse_file
from dagaudit.finding import Failure
from dagaudit.ports import DagSource
from dagaudit.section import Coverage


@dataclass(slots=True)
class BrokenFile:
    """A file that is no valid Python."""

    path: str
    data: bytes
    error: SourceBroken


@dataclass(slots=True)
class Looked:
    """What another process found in a file; it holds no AST, so it may travel."""

    path: str
    known: KnownFile | None = None
    """None of a file that is no valid Python, or at which the process died."""
    drafts: list[Draft] = field(default_factory=list)
    """Of a file that is no valid Python."""
    failures: list[Failure] = field(default_factory=list)
    interpreted: bool = False
    data: bytes = b""
    """The file's content; filled in by who asked."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read."""

    candidate: Candidate
    data: bytes
    is_candidate: bool = True
    known: KnownFile | None = None

    @property
    def path(self) -> str:
        """Relative to the bundle."""
        return self.candidate.path


class Crew(Protocol):
    """Other processes that look at files."""

    window: int
    """So many files may be on their way."""

    def submit(self, reading: Reading) -> None:
        """Have it looked at."""
        ...

    def take(self, path: str) -> Looked | None:
        """What was found in a file that was submitted; None where it is better looked at here."""
        ...


@dataclass(slots=True)
class Bundle:
    """One source, to be read by `models()`; the rest fills up while that goes on."""

    source: DagSource
    number: int = 0
    target: tuple[int, int] = (3, 3)
    budget: Budget = field(default_factory=Budget)
    memory: BundleMemory | None = None
    """What an earlier run found in these files."""
    scope: frozenset[str] | None = None
    """Only these files, and what they import; None for all."""
    crew: Crew | None = None
    """Who looks at files besides this process."""
    facts: BundleFacts = field(default_factory=BundleFacts)
    failures: list[Failure] = field(default_factory=list)
    seen: int = 0
    analyzed: int = 0
    skipped: int = 0
    _discovery: Discovery | None = None
    _files: "FilesOf | None" = None
    _first_fact: int = 0

    def __post_init__(self) -> None:
        self.facts.bundle = self.number

    @property
    def coverage(self) -> Coverage:
        """Python files: there, looked at, left out because Airflow would leave them out."""
        return Coverage(seen=self.seen, analyzed=self.analyzed, skipped=self.skipped)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What the model at hand, and the rules on it, asked of other files so far."""
        assert self._files is not None
        return self._files.asked()

    def digest(self, path: str) -> str:
        """What stands for the bytes of a file that was read."""
        assert self._files is not None
        return self._files.digest(path)

    @property
    def new_facts(self) -> list[DagFacts]:
        """The facts of the model at hand."""
        return self.facts.dags[self._first_fact :]

    def discover(self) -> int:
        """List the source; how many Python files there are.

        Raises:
            SourceUnreadable: it cannot be listed.
        """
        self._discovery = Discovery(self.source)
        self._discovery.find()
        self.failures += self._discovery.failures
        self.seen = len(self._discovery.candidates)
        return self.seen

    @property
    def discovery(self) -> Discovery:
        """What was listed."""
        assert self._discovery is not None
        return self._discovery

    def adopt(self, discovery: Discovery, files: FilesOf | None = None) -> FilesOf:
        """Take what was listed, perhaps by another process, and what was read of it before."""
        self._discovery = discovery
        self._files = files or FilesOf(discovery, self.number)
        return self._files

    def models(self) -> Iterator[FileModel | BrokenFile | KnownFile | Looked]:
        """Each file that Airflow would load, in the order of paths, then those that they import.

        What was known, or was looked at by the crew, comes without an AST.
        """
        if self._discovery is None:
            self.discover()
        files = self.adopt(self.discovery)
        left_out: dict[str, Candidate] = {}
        imported: set[str] = set()
        for reading in self._on_their_way(self._candidates(self.discovery, left_out), files):
            yield from self.one(reading, files, imported)
        wanted = sorted(left_out.keys() & imported if self.scope is None else left_out)
        for reading in self._on_their_way(self._read_all(left_out.pop(path) for path in wanted), files):
            yield from self.one(reading, files, set())
        self.skipped += len(left_out)
        self.facts.dags.sort(key=lambda dag: (dag.path, dag.line, dag.dag_id or ""))

    def _candidates(self, discovery: Discovery, left_out: dict[str, Candidate]) -> Iterator[Reading]:
        for candidate in discovery:
            wanted = self.scope is None or candidate.path in self.scope
            found = self._read(candidate) if wanted else None
            if found is None:
                continue
            if discovery.counts(candidate, found):
                yield Reading(candidate, found)
            else:
                left_out[candidate.path] = candidate

    def _read_all(self, candidates: Iterable[Candidate]) -> Iterator[Reading]:
        for candidate in candidates:
            data = self._read(candidate)
            if data is not None:
                yield Reading(candidate, data, is_candidate=False)

    def _on_their_way(self, readings: Iterable[Reading], files: FilesOf) -> Iterator[Reading]:
        """The same ones, known where they are, and submitted to the crew some time before they come."""
        waiting: deque[Reading] = deque()
        for each in readings:
            reading = replace(each, known=self._known(each, files))
            if self.crew is None:
                yield reading
                continue
            if reading.known is None:
                self.crew.submit(reading)
            waiting.append(reading)
            if len(waiting) > self.crew.window:
                yield waiting.popleft()
        yield from waiting

    def _read(self, candidate: Candidate) -> bytes | None:
        assert self._discovery is not None
        data = attempt("reading", partial(self._discovery.read, candidate), candidate.path)
        if isinstance(data, Failure):
            self._fail(data)
            return None
        return data

    def _fail(self, failure: Failure) -> None:
        self.failures.append(failure)
        if failure.path is not None:
            self.facts.failed.append(failure.path)

    def one(
        self, reading: Reading, files: FilesOf, imported: set[str]
    ) -> Iterator[FileModel | BrokenFile | KnownFile | Looked]:
        """What one file holds."""
        candidate, data = reading.candidate, reading.data
        files.begin(candidate.path, data)
        self._first_fact = len(self.facts.dags)
        self.analyzed += 1
        if reading.known is not None:
            self._take_in(candidate.path, reading.known, imported)
            yield reading.known
            return
        looked = self.crew.take(candidate.path) if self.crew is not None else None
        if looked is not None:
            yield self._taken(looked, data, imported)
            return
        try:
            parsed = files.parsed(candidate.path) or parse_file(candidate.path, data, bundle=self.number)
        except SourceBroken as error:
            self.facts.failed.append(candidate.path)
            yield BrokenFile(candidate.path, data, error)
            return
        model = attempt(
            "interpreter",
            partial(interpret, parsed, target=self.target, files=files, budget=self.budget),
            candidate.path,
        )
        if isinstance(model, Failure):
            self._fail(model)
            model = FileModel(parsed, failures=[model])
        else:
            self.facts.analyzed.append(candidate.path)
        model.is_dag_candidate = reading.is_candidate
        if reading.is_candidate and model.lost is not None:
            model.failures.append(Failure(part="interpreter", path=model.path, message=model.lost))
            self._fail(model.failures[-1])
        imported.update(model.imported)
        if reading.is_candidate:
            self.facts.dags += [facts_of(dag, model) for dag in model.dags or model.dags_before]
        yield model

    def _known(self, reading: Reading, files: FilesOf) -> KnownFile | None:
        if self.memory is None:
            return None
        return self.memory.find(reading.path, reading.data, files, is_candidate=reading.is_candidate)

    def _take_in(self, path: str, known: KnownFile, imported: set[str]) -> None:
        imported.update(known.imported)
        self.facts.analyzed.append(path)
        self.facts.dags += known.facts

    def _taken(self, looked: Looked, data: bytes, imported: set[str]) -> Looked:
        looked.data = data
        if looked.known is not None and looked.interpreted:
            self._take_in(looked.path, looked.known, imported)
        else:
            self.facts.failed.append(looked.path)
        self.failures += looked.failures
        return looked
