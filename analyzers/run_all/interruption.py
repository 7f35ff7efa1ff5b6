"""Lets SIGTERM and a time limit end an analyzer, and nothing but an analyzer: reports are always finished."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from analyzers.run_all.run import Stopped, TooSlow


class Interruption:
    """As a context manager it holds the process's handlers for SIGTERM and SIGALRM."""

    def __init__(self) -> None:
        self._open = False
        self._stop = False
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> "Interruption":
        for each, handler in ((signal.SIGTERM, self._on_stop), (signal.SIGALRM, self._on_alarm)):
            self._before[each] = signal.signal(each, handler)
        return self

    def __exit__(self, *_: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]

    @contextmanager
    def interruptible(self, seconds: float) -> Iterator[None]:
        """Within it SIGTERM raises Stopped, and TooSlow is raised after so many seconds."""
        if self._stop:
            raise Stopped
        self._open = True
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            self._open = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop = True
        if self._open:
            self._open = False
            raise Stopped

    def _on_alarm(self, _number: int, _frame: FrameType | None) -> None:
        if self._open:
            self._open = False
            raise TooSlow
