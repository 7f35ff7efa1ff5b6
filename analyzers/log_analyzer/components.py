"""What Airflow's components wrote about attempts: some deaths are told only in the scheduler's log.

A scheduler's log is long and mostly of no interest. Each line that names a task instance and says why it died
is kept for that instance; the analysis of the attempt then finds it beside the attempt's own files.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from analyzers.attempt import attempt
from analyzers.log_analyzer.layout import AttemptKey
from analyzers.log_analyzer.physical_lines import keep_lines
from analyzers.log_analyzer.record import Record
from analyzers.log_analyzer.records import records
from analyzers.log_analyzer.signatures import match_text
from dagaudit.finding import Failure
from dagaudit.ports import LogSource, SourceFile
from dagaudit.task_attempt import Category

PART = "log_analyzer"
MAX_LINES_EACH = 5
SILENCE_SECONDS = 900.0
"""So long after an attempt's last line the scheduler may still tell of its end."""
_COMPONENT = re.compile(r"(?:^|[/-])(?:scheduler|DAGProcessing)(?:[./]|$)", re.IGNORECASE)
_TELLING = frozenset({Category.SCHEDULER_HEARTBEAT, Category.INFRA_K8S, Category.MEMORY_RESOURCE})
_INSTANCE = re.compile(
    r"<TaskInstance: (?P<dag_id>[\w.\-]+)\.(?P<task_id>[\w\-]+) (?P<run_id>\S+)"
    r"(?: map_index=(?P<map_index>\d+))? \["
)
_FIELDS = {
    name: re.compile(rf"\b{name}['\"]?\s{{0,2}}[=:]\s{{0,2}}['\"]?(?P<value>[^'\",\s)}}\]]+)")
    for name in ("dag_id", "task_id", "run_id", "map_index", "try_number")
}
_Instance = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Beside:
    """A line of a component's log that speaks of one task instance."""

    path: str
    record: Record
    text: str
    """The physical line."""
    try_number: int | None


@dataclass(slots=True)
class Components:
    """All such lines, by task instance."""

    _lines: dict[_Instance, list[Beside]] = field(default_factory=lambda: defaultdict(list))
    failures: list[Failure] = field(default_factory=list)
    seen: int = 0

    def of(self, key: AttemptKey, began: float | None, ended: float | None) -> list[Beside]:
        """What was written of an attempt: by its number, or about when it ran (seconds since the epoch)."""
        lines = self._lines.get(key.instance, ())
        return [line for line in lines if _belongs(line, key, began, ended)][-MAX_LINES_EACH:]

    def add(self, path: str, found: Iterable[Record], physical: dict[int, str]) -> None:
        """Keep the telling lines of one file."""
        for record in found:
            self.seen += 1
            match = match_text(record.event, end=True)
            if match is None or match.signature.category not in _TELLING or match.signature.weight < 3:
                continue
            named = _named(record.event)
            if named:
                instance, try_number = named
                self._lines[instance].append(Beside(path, record, physical[record.line], try_number))


def is_component(path: str) -> bool:
    """Whether a file that belongs to no attempt is a log of the scheduler or of the DAG processor."""
    return bool(_COMPONENT.search(path))


def components_of(source: LogSource, files: Iterable[SourceFile]) -> Components:
    """Read the components' logs at a source; one that cannot be read costs itself only."""
    components = Components()
    for file in files:
        result = attempt(PART, lambda file=file: _read(source, file, components), file.path)  # type: ignore[misc]
        if isinstance(result, Failure):
            components.failures.append(result)
    return components


def _belongs(line: Beside, key: AttemptKey, began: float | None, ended: float | None) -> bool:
    if line.try_number is not None:
        return line.try_number == key.try_number
    when = line.record.timestamp
    if when is None or began is None or ended is None:
        return True
    return began <= when <= ended + SILENCE_SECONDS


def _read(source: LogSource, file: SourceFile, into: Components) -> None:
    with source.open(file) as stream:
        kept = keep_lines(stream)
    physical = {line.number: line.data.decode("utf-8", "backslashreplace") for line in kept.lines}
    into.add(file.path, records(kept.lines), physical)


def _named(text: str) -> tuple[_Instance, int | None] | None:
    """Whom a line speaks of, and of which try where it says so."""
    instance = _INSTANCE.search(text)
    parts = {name: found["value"] for name, pattern in _FIELDS.items() if (found := pattern.search(text))}
    if instance:
        parts |= {name: value for name, value in instance.groupdict().items() if value is not None}
    if not {"dag_id", "task_id", "run_id"} <= parts.keys():
        return None
    index, number = parts.get("map_index", "-1"), parts.get("try_number", "")
    mapped = int(index) if index.lstrip("-").isdigit() else -1
    key = (parts["dag_id"], parts["run_id"], parts["task_id"], mapped)
    return key, int(number) if number.isdigit() else None
