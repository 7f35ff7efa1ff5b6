"""What an interpreted file may read of its bundle, and what it was answered."""

from collections import OrderedDict
from functools import partial

from analyzers.attempt import attempt
from analyzers.code_analyzer.audit_cache import Asked, digest
from analyzers.code_analyzer.discovery import Discovery
from analyzers.code_analyzer.parsed_file import ParsedFile, SourceBroken, parse_file
from dagaudit.finding import Failure

MAX_CACHED_MODULES = 512
MAX_CACHED_CHARACTERS = 3_000_000
"""Of source; its syntax trees take some thirty times as much memory."""
MAX_CACHED_DATA = 64


class FilesOf:
    """What an interpreted file may read of its bundle, each parsed once while the cache holds it."""

    def __init__(self, discovery: Discovery, bundle: int) -> None:
        self._discovery = discovery
        self._bundle = bundle
        self._by_path = {candidate.path: candidate for candidate in discovery.candidates}
        self._modules: OrderedDict[str, ParsedFile | None] = OrderedDict()
        self._characters = 0
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
        if kind == "names":
            return digest("\n".join(self._names(name)).encode())
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
        self._characters += _length(parsed)
        while len(self._modules) > MAX_CACHED_MODULES or self._characters > MAX_CACHED_CHARACTERS:
            self._characters -= _length(self._modules.popitem(last=False)[1])
        return parsed

    def data(self, path: str) -> bytes | None:
        """As `BundleFiles.data`."""
        self._asked["data", path, ""] = None
        return self._other(path)

    def names(self, folder: str) -> tuple[str, ...]:
        """As `BundleFiles.names`."""
        self._asked["names", folder, ""] = None
        return self._names(folder)

    def _names(self, folder: str) -> tuple[str, ...]:
        start = f"{folder}/" if folder else ""
        everything = (*self._by_path, *self._discovery.others)
        return tuple(sorted(path for path in everything if path.startswith(start)))

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


def _length(parsed: ParsedFile | None) -> int:
    return len(parsed.text) if parsed is not None else 0
