"""The layout: which attempt a log file belongs to, by its path alone.

The two layouts that Airflow has shipped are known; a site with a `log_filename_template` of its own gives
it as an option. Files of other kinds (scheduler, DAG processor, stray files) are named, not guessed at.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from dagaudit.errors import SpecInvalid
from dagaudit.ports import SourceFile

_SIDE = r"(?P<side>(?:\.SchedulerJob|\.trigger(?:er)?(?:\.[\w-]+)?|\.[A-Z][A-Za-z]+)(?:\.log)?)?"
_END = rf"\.log{_SIDE}(?:\.gz)?$"
_NAMED = re.compile(
    r"(?:^|.*/)dag_id=(?P<dag_id>[^/]+)/run_id=(?P<run_id>[^/]+)/task_id=(?P<task_id>[^/]+)/"
    rf"(?:map_index=(?P<map_index>-?\d+)/)?attempt=(?P<try_number>\d+){_END}"
)
_DATE = r"(?:\w+__)?\d{4}-\d\d-\d\d[T ]\d\d[:_%]\w[^/]*"
_OLDER = re.compile(
    rf"(?:^|.*/)(?P<dag_id>[^/=]+)/(?P<task_id>[^/=]+)/(?P<run_id>{_DATE})/"
    rf"(?:(?P<map_index>\d+)/)?(?P<try_number>\d+){_END}"
)
_FIELD = {
    "dag_id": r"[^/]+?",
    "run_id": r"[^/]+?",
    "task_id": r"[^/]+?",
    "map_index": r"-?\d+",
    "try_number": r"\d+",
}
_PLACEHOLDERS = (
    (re.compile(r"\{%-?\s*if\s[^%]*map_index[^%]*%\}(?P<body>.*?)\{%-?\s*endif\s*-?%\}"), "optional"),
    (re.compile(r"\{\{\s*ti\.(?P<name>dag_id|run_id|task_id|map_index|try_number)\s*\}\}"), "field"),
    (re.compile(r"\{\{\s*(?P<name>try_number|run_id|dag_id|task_id|map_index)\s*\}\}"), "field"),
    (re.compile(r"\{\{\s*(?:ts|execution_date|logical_date|dag_run\.run_id)[^}]*\}\}"), "run"),
    (re.compile(r"\{(?P<name>dag_id|run_id|task_id|map_index|try_number)\}"), "field"),
    (re.compile(r"\{(?:execution_date|logical_date|ts)\}"), "run"),
)


@dataclass(frozen=True, slots=True, order=True)
class AttemptKey:
    """One attempt at one task."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int | None
    try_number: int

    @property
    def instance(self) -> tuple[str, str, str, int]:
        """The task instance, whichever attempt."""
        return (self.dag_id, self.run_id, self.task_id, -1 if self.map_index is None else self.map_index)


@dataclass(frozen=True, slots=True)
class AttemptFiles:
    """The files of one attempt: the first is the main one."""

    key: AttemptKey
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The shapes of path that name an attempt, tried in order."""

    patterns: tuple[re.Pattern[str], ...] = (_NAMED, _OLDER)

    @classmethod
    def of_template(cls, template: str | None) -> "Layout":
        """The known layouts, after the one that a `log_filename_template` describes."""
        return cls((_compiled(template), _NAMED, _OLDER)) if template else cls()

    def key_of(self, path: str) -> tuple[AttemptKey, str] | None:
        """The attempt, and what kind of side file this is (empty for the main one); None for other files."""
        for pattern in self.patterns:
            match = pattern.match(path)
            if match:
                return _key(match.groupdict()), (match.groupdict().get("side") or "").removesuffix(".log")
        return None

    def attempts(self, files: Iterable[SourceFile]) -> tuple[list[AttemptFiles], list[SourceFile]]:
        """The attempts in order of their keys, and the files that fit no layout."""
        found: dict[AttemptKey, list[tuple[str, SourceFile]]] = {}
        strange = []
        for file in files:
            parsed = self.key_of(file.path)
            if parsed is None:
                strange.append(file)
            else:
                found.setdefault(parsed[0], []).append((parsed[1], file))
        attempts = [
            AttemptFiles(key, tuple(file for _, file in sorted(members, key=lambda m: (m[0], m[1].path))))
            for key, members in sorted(
                found.items(), key=lambda item: (*item[0].instance, item[0].try_number)
            )
        ]
        return attempts, strange


def _key(parts: dict[str, str | None]) -> AttemptKey:
    index = int(parts.get("map_index") or -1)
    return AttemptKey(
        dag_id=unquote(parts.get("dag_id") or ""),
        run_id=unquote(parts.get("run_id") or ""),
        task_id=unquote(parts.get("task_id") or ""),
        map_index=None if index < 0 else index,
        try_number=int(parts.get("try_number") or 1),
    )


def _compiled(template: str) -> re.Pattern[str]:
    """Turn Airflow's template, Jinja or `{dag_id}` style, into a pattern of paths."""
    text = template.strip().removesuffix(".log")
    seen: set[str] = set()
    pattern = rf"(?:^|.*/){_translated(text, seen)}{_END}"
    missing = {"dag_id", "task_id", "try_number"} - seen
    if missing:
        raise SpecInvalid(
            f"log_filename_template {template!r} names no {', '.join(sorted(missing))}: "
            "give the value of [logging] log_filename_template, as '{{ ti.dag_id }}/{{ ti.task_id }}/"
            "{{ ts }}/{{ try_number }}.log'"
        )
    return re.compile(pattern)


def _translated(text: str, seen: set[str]) -> str:
    for pattern, kind in _PLACEHOLDERS:
        match = pattern.search(text)
        if match:
            before, behind = text[: match.start()], text[match.end() :]
            return _translated(before, seen) + _placeholder(match, kind, seen) + _translated(behind, seen)
    return re.escape(text)


def _placeholder(match: re.Match[str], kind: str, seen: set[str]) -> str:
    if kind == "optional":
        return f"(?:{_translated(match['body'], seen)})?"
    name = "run_id" if kind == "run" else match["name"]
    if name in seen:
        return rf"(?P={name})"
    seen.add(name)
    return f"(?P<{name}>{_FIELD[name]})"
