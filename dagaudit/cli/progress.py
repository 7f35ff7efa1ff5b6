"""A progress bar on stderr, and only on a terminal."""

from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from dagaudit.cli.output import console


class ProgressBar:
    """Implements `analyzers.analyzer.Progress`; use it as a context manager."""

    def __init__(self, *, quiet: bool = False) -> None:
        terminal = console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=terminal,
            transient=True,
            disable=quiet or not terminal.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "ProgressBar":
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def start(self, part: str, total: int | None = None) -> None:
        """A part begins."""
        self._tasks[part] = self._bar.add_task(part, total=total)

    def advance(self, part: str, steps: int = 1) -> None:
        """Steps of a part are done."""
        if part in self._tasks:
            self._bar.advance(self._tasks[part], steps)

    def finish(self, part: str) -> None:
        """A part is done."""
        if part in self._tasks:
            task = self._bar.tasks[self._tasks[part]]
            self._bar.update(self._tasks[part], total=task.completed, completed=task.completed)
