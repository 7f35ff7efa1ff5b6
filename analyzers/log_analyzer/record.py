"""What a log line becomes: a record with its physical place, its channel and its exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_RUNNER_LOGGERS = frozenset({"task", "supervisor", ""})
_RUNNER_FILES = frozenset({"", "task_runner.py", "supervisor.py", "timeout.py"})
_CHILD_FILES = ("subprocess", "logging_mixin", "pod_manager", "process_utils")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One physical line, or one line of a record's multi-line text; `line` is always physical."""

    file: int
    """0 for the attempt's main file, else the index into its side files, counted from 1."""
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One log record: a JSON line of Airflow 3, or a prefixed line of Airflow 2 with what follows it."""

    file: int
    line: int
    event: str
    timestamp: float | None = None
    level: str = ""
    logger: str = ""
    filename: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    """The other keys of a JSON record. Never the attempt's identity: events overwrite those keys."""
    continuation: tuple[TextLine, ...] = ()

    @property
    def error_detail(self) -> list[object]:
        """The exception as Airflow 3 writes it: the last raised first."""
        found = self.fields.get("error_detail") or self.fields.get("exception")
        return found if isinstance(found, list) else []

    @property
    def is_of_runner(self) -> bool:
        """Whether Airflow's own task runner or supervisor says it, and not the task's code.

        A task may log under any name, `task` included, and print any text; its file name betrays it.
        """
        if self.fields or self.logger:
            return self.logger in _RUNNER_LOGGERS and self.filename in _RUNNER_FILES
        return not self.is_of_child

    @property
    def is_of_child(self) -> bool:
        """Whether a child process, a container or a print of the task says it."""
        return self.logger.startswith("task.std") or self.filename.startswith(_CHILD_FILES)

    def lines(self) -> list[TextLine]:
        """The record's text, line by line."""
        first = [TextLine(self.file, self.line, text) for text in self.event.split("\n")]
        return [*first, *self.continuation]
