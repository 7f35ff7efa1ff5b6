"""Interprets a whole source, one file at a time: what is yielded may be dropped before the next is read."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from analyzers.attempt import attempt
from analyzers.code_analyzer.dag_facts import facts_of
from analyzers.code_analyzer.discovery import Candidate, Discovery
from analyzers.code_analyzer.file_model import BundleFacts, FileModel
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
    facts: BundleFacts = field(default_factory=BundleFacts)
    failures: list[Failure] = field(default_factory=list)
    seen: int = 0
    analyzed: int = 0
    skipped: int = 0
    _discovery: Discovery | None = None

    def __post_init__(self) -> None:
        self.facts.bundle = self.number

    @property
    def coverage(self) -> Coverage:
        """Python files: there, looked at, left out because Airflow would leave them out."""
        return Coverage(seen=self.seen, analyzed=self.analyzed, skipped=self.skipped)

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

    def models(self) -> Iterator[FileModel | BrokenFile]:
        """Each file that Airflow would load, in the order of paths, then those that they import."""
        if self._discovery is None:
            self.discover()
        assert self._discovery is not None
        files = _Files(self._discovery, self.number)
        left_out: dict[str, Candidate] = {}
        imported: set[str] = set()
        for candidate in self._discovery:
            found = self._read(candidate)
            if found is None:
                continue
            if not self._discovery.counts(candidate, found):
                left_out[candidate.path] = candidate
                continue
            yield from self._one(candidate, found, files, imported)
        for path in sorted(left_out.keys() & imported):
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
    ) -> Iterator[FileModel | BrokenFile]:
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


class _Files:
    """What an interpreted file may read of its bundle, each parsed once while the cache holds it."""

    def __init__(self, discovery: Discovery, bundle: int) -> None:
        self._discovery = discovery
        self._bundle = bundle
        self._by_path = {candidate.path: candidate for candidate in discovery.candidates}
        self._modules: OrderedDict[str, ParsedFile | None] = OrderedDict()
        self._data: OrderedDict[str, bytes | None] = OrderedDict()
        self._own_name = discovery.source.address.rstrip("/").rpartition("/")[2]

    def module(self, name: str, importer: str) -> ParsedFile | None:
        """As `BundleFiles.module`."""
        relative = name.replace(".", "/")
        for root in self._roots(importer):
            for path in (f"{root}{relative}.py", f"{root}{relative}/__init__.py"):
                if path in self._by_path:
                    return self._load(path)
        first, _, rest = relative.partition("/")
        if rest and first == self._own_name and f"{rest}.py" in self._by_path:
            return self._load(f"{rest}.py")
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
