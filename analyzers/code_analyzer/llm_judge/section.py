"""Judges a whole section: reads and masks the files that its findings lie in."""

import io
import tokenize
import zipfile
from collections.abc import Mapping, Sequence

from analyzers.analyzer import Progress
from analyzers.code_analyzer.llm_judge.judge import Asking, judge
from analyzers.code_analyzer.llm_judge.redaction import Redact
from dagaudit.ports import DagSource, SourceFile
from dagaudit.section import CodeSection, status_of

MAX_MEMBER_BYTES = 4_000_000


def judge_section(
    section: CodeSection,
    sources: Sequence[DagSource],
    rules: Mapping[str, str],
    asking: Asking,
    progress: Progress | None = None,
) -> CodeSection:
    """The section with its findings judged and the model's use told."""
    judged = judge(section.findings, _Sources(sources, asking.redact).masked, rules, asking, progress)
    failures = (*section.failures, *judged.failures)
    return section.model_copy(
        update={
            "findings": judged.findings,
            "failures": failures,
            "llm": judged.use,
            "status": status_of(failures, section.coverage) if judged.failures else section.status,
        }
    )


class _Sources:
    """Masked texts of the bundles' files."""

    def __init__(self, sources: Sequence[DagSource], redact: Redact) -> None:
        self._sources = sources
        self._redact = redact
        self._listed: dict[int, dict[str, SourceFile]] = {}

    def masked(self, bundle: int, path: str) -> str | None:
        """A file's text without secrets, line for line; None where it cannot be shown."""
        data = self._read(bundle, path)
        if data is None:
            return None
        text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
        masked = self._redact(text)
        # A masked secret of many lines would shift the numbers of all that follow.
        return masked if masked.count("\n") == text.count("\n") else None

    def _read(self, bundle: int, path: str) -> bytes | None:
        files = self._files(bundle)
        if path in files:
            return self._sources[bundle].read(files[path])
        archive, inside, member = path.partition(".zip/")
        if inside and f"{archive}.zip" in files:
            return _member(self._sources[bundle].read(files[f"{archive}.zip"]), member)
        return None

    def _files(self, bundle: int) -> dict[str, SourceFile]:
        if bundle not in self._listed:
            self._listed[bundle] = {file.path: file for file in self._sources[bundle].files()}
        return self._listed[bundle]


def _member(archive: bytes, name: str) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            if opened.getinfo(name).file_size > MAX_MEMBER_BYTES:
                return None
            return opened.read(name)
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError):
        return None


def _decoded(data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return data.decode("utf-8", "replace")
