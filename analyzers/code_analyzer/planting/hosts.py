"""The clean files that defects are planted into, each with what it needs of its folder."""

import ast
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib.resources import files as resources
from io import BytesIO
from typing import IO

from analyzers.code_analyzer.audit_cache import digest
from analyzers.code_analyzer.discovery import Discovery
from analyzers.code_analyzer.planting.host import Host
from dagaudit.ports import DagSource, SourceFile

_OF_DAGS = (b"DAG(", b"@dag", b"@asset")


class Held:
    """A DAG source that is held in memory."""

    address = "planted://"

    def __init__(self, contents: dict[str, bytes]) -> None:
        self._contents = contents

    def files(self) -> Iterator[SourceFile]:
        """All, sorted."""
        for path in sorted(self._contents):
            data = self._contents[path]
            yield SourceFile(path, len(data), digest(data))

    def read(self, file: SourceFile) -> bytes:
        """The content."""
        return self._contents[file.path]

    def open(self, file: SourceFile) -> AbstractContextManager[IO[bytes]]:
        """The content as a stream."""
        return nullcontext(BytesIO(self._contents[file.path]))


def own_hosts() -> list[Host]:
    """Clean files that come with DagAudit: no rule of any profile speaks of them."""
    folder = resources("analyzers.code_analyzer.planting") / "clean"
    found = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return [Host(entry.name.removesuffix(".txt"), entry.read_text(encoding="utf-8")) for entry in found]


def hosts_of(source: DagSource) -> list[Host]:
    """Every file of the source that Airflow would load as DAGs, alone with the files that are none.

    Raises:
        SourceUnreadable: it cannot be listed or read.
    """
    discovery = Discovery(source)
    discovery.find()
    texts: dict[str, str] = {}
    others: dict[str, bytes] = {path: source.read(file) for path, file in discovery.others.items()}
    for candidate in discovery:
        data = discovery.read(candidate)
        if not _parses(data):
            # It would make every bundle that it is in incomplete.
            continue
        if discovery.counts(candidate, data) and any(word in data for word in _OF_DAGS):
            texts[candidate.path] = data.decode("utf-8", "replace")
        else:
            others[candidate.path] = data
    return [Host(path, text, others) for path, text in sorted(texts.items())]


def _parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True
