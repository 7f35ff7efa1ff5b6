"""Interprets a whole source, one file at a time: what is yielded may be dropped before the next is read."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from analyzers.attempt import attempt
from analyzers.code_analyzer.audit_cache import Asked, BundleMemory, KnownFile, digest
from analyzers.code_analyzer.dag_facts import facts_of
from analyzers.code_analyzer.discovery import Candidate, Discovery
from analyzers.code_analyzer.file_model import BundleFacts, DagFacts, FileModel
from analyzers.code_analyzer.interpreter import Budget, interpret
from analyzers.code_analyzer.parsed_file import ParsedFile, SourceBroken, parse_file
from dagaudit.finding import Failure
from dagaudit.ports import DagSource
from dagaudit.section import Coverage

MAX_CACHED_MODULES = 128
MAX_CACHED_DATA = 64


@dataclass(slots=True)
class BrokenFile:
    """A file that is no valid Python."""

    path: str
    data: bytes
    error: SourceBroken


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
    facts: BundleFacts = field(default_factory=BundleFacts)
    failures: list[Failure] = field(default_factory=list)
    seen: int = 0
    analyzed: int = 0
    skipped: int = 0
    _discovery: Discovery | None = None
    _files: "_Files | None" = None
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

    def models(self) -> Iterator[FileModel | BrokenFile | KnownFile]:
        """Each file that Airflow would load, in the order of paths, then those that they import."""
        if self._discovery is None:
            self.discover()
        assert self._discovery is not None
        files = self._files = _Files(self._discovery, self.number)
        left_out: dict[str, Candidate] = {}
        imported: set[str] = set()
        for candidate in self._discovery:
            wanted = self.scope is None or candidate.path in self.scope
            found = self._read(candidate) if wanted else None
            if found is None:
                continue
            if not self._discovery.counts(candidate, found):
                left_out[candidate.path] = candidate
                continue
            yield from self._one(candidate, found, files, imported)
        for path in sorted(left_out.keys() & imported if self.scope is None else left_out):
            candidate = left_out.pop(path)
            data = self._read(candidate)
            if data is not None:
                yield from self._one(candidate, data, files, set(), is_candidate=False)
        self.skipped += len(left_out)
        self.facts.dags.sort(key=lambda dag: (dag.path, dag.line, dag.dag_id or ""))

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

    def _one(
        self,
        candidate: Candidate,
        data: bytes,
        files: "_Files",
        imported: set[str],
        *,
        is_candidate: bool = True,
    ) -> Iterator[FileModel | BrokenFile | KnownFile]:
        files.begin(candidate.path, data)
        self._first_fact = len(self.facts.dags)
        known = self._known(candidate.path, data, files, is_candidate=is_candidate)
        if known is not None:
            imported.update(known.imported)
            yield known
            return
        try:
            parsed = files.parsed(candidate.path) or parse_file(candidate.path, data, bundle=self.number)
        except SourceBroken as error:
            self.analyzed += 1
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
        self.analyzed += 1
        model.is_dag_candidate = is_candidate
        imported.update(model.imported)
        if is_candidate:
            self.facts.dags += [facts_of(dag, model) for dag in model.dags]
        yield model

    def _known(self, path: str, data: bytes, files: "_Files", *, is_candidate: bool) -> KnownFile | None:
        if self.memory is None:
            return None
        known = self.memory.find(path, data, files, is_candidate=is_candidate)
        if known is not None:
            self.analyzed += 1
            self.facts.analyzed.append(path)
            self.facts.dags += known.facts
        return known


class _Files:
    """What an interpreted file may read of its bundle, each parsed once while the cache holds it."""

    def __init__(self, discovery: Discovery, bundle: int) -> None:
        self._discovery = discovery
        self._bundle = bundle
        self._by_path = {candidate.path: candidate for candidate in discovery.candidates}
        self._modules: OrderedDict[str, ParsedFile | None] = OrderedDict()
        self._data: OrderedDict[str, bytes | None] = OrderedDict()
        self._digests: dict[str, str] = {}
        self._asked: dict[tuple[str, str, str], None] = {}
        self._own_name = discovery.source.address.rstrip("/").rpartition("/")[2]

    def begin(self, path: str, data: bytes) -> None:
        """Another file is looked at."""
        self._asked.clear()
        self._digests[path] = digest(data)

    def asked(self) -> tuple[Asked, ...]:
        """What was asked since, with the digests of the answers."""
        return tuple((*question, self.answer(*question)) for question in sorted(self._asked))

    def answer(self, kind: str, name: str, importer: str) -> str:
        """As `audit_cache.Answers.answer`."""
        path = self._find(name, importer) if kind == "module" else name
        if path is None:
            return ""
        return f"{path} {self.digest(path)}"

    def digest(self, path: str) -> str:
        """What stands for the bytes of a file, "" where there are none."""
        if path not in self._digests:
            data = self._bytes(path)
            self._digests[path] = "" if data is None else digest(data)
        return self._digests[path]

    def _bytes(self, path: str) -> bytes | None:
        candidate = self._by_path.get(path)
        if candidate is None:
            return self._other(path)
        read = attempt("reading", partial(self._discovery.read, candidate), path)
        return None if isinstance(read, Failure) else read

    def module(self, name: str, importer: str) -> ParsedFile | None:
        """As `BundleFiles.module`."""
        self._asked["module", name, importer] = None
        path = self._find(name, importer)
        return self._load(path) if path is not None else None

    def _find(self, name: str, importer: str) -> str | None:
        relative = name.replace(".", "/")
        for root in self._roots(importer):
            for path in (f"{root}{relative}.py", f"{root}{relative}/__init__.py"):
                if path in self._by_path:
                    return path
        first, _, rest = relative.partition("/")
        if rest and first == self._own_name and f"{rest}.py" in self._by_path:
            return f"{rest}.py"
        return None

    def _roots(self, importer: str) -> list[str]:
        """Where absolute imports may start: DAG folder, plugins in it, folders on the way to the importer."""
        parts = importer.split("/")[:-1]
        inner = ["/".join(parts[: depth + 1]) + "/" for depth in range(len(parts))]
        archive = next((root for root in inner if root.endswith((".zip/", ".egg/"))), None)
        return [archive] if archive else ["", "plugins/", *inner]

    def parsed(self, path: str) -> ParsedFile | None:
        """A file that was already parsed because another imported it."""
        return self._modules.get(path)

    def _load(self, path: str) -> ParsedFile | None:
        if path in self._modules:
            self._modules.move_to_end(path)
            return self._modules[path]
        parsed: ParsedFile | None = None
        data = attempt("reading", partial(self._discovery.read, self._by_path[path]), path)
        if not isinstance(data, Failure):
            try:
                parsed = parse_file(path, data, bundle=self._bundle)
            except SourceBroken:
                # It is told where the file itself is looked at.
                parsed = None
        self._modules[path] = parsed
        if len(self._modules) > MAX_CACHED_MODULES:
            self._modules.popitem(last=False)
        return parsed

    def data(self, path: str) -> bytes | None:
        """As `BundleFiles.data`."""
        self._asked["data", path, ""] = None
        return self._other(path)

    def _other(self, path: str) -> bytes | None:
        if path in self._data:
            self._data.move_to_end(path)
            return self._data[path]
        file = self._discovery.others.get(path)
        found: bytes | None = None
        if file is not None and file.size <= self._discovery.max_file_bytes:
            read = attempt("reading", partial(self._discovery.source.read, file), path)
            found = None if isinstance(read, Failure) else read
        self._data[path] = found
        if len(self._data) > MAX_CACHED_DATA:
            self._data.popitem(last=False)
        return found
