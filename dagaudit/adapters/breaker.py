"""Stops asking a server that keeps failing, so that a dead one costs seconds and not the night."""

import threading
from collections.abc import Callable


class CircuitBreaker:
    """Opens after failures in a row, lets one probe through after a pause, and in the end stays open."""

    def __init__(
        self, clock: Callable[[], float], failures: int = 5, seconds: float = 60, opens: int = 3
    ) -> None:
        self._clock = clock
        self._failures_allowed = failures
        self._seconds = seconds
        self._opens_allowed = opens
        self._lock = threading.Lock()
        self._failures = 0
        self._opens = 0
        self._open_until = 0.0
        self._probing = False

    def refusal(self) -> str | None:
        """Why not to ask now, or None; the caller that gets None must tell how it went."""
        with self._lock:
            if self._opens >= self._opens_allowed:
                return (
                    f"it kept failing and is not asked again in this run ({self._opens} pauses did not help)"
                )
            if self._failures < self._failures_allowed:
                return None
            if self._probing or self._clock() < self._open_until:
                return (
                    f"it failed {self._failures} times in a row and is left alone for {self._seconds:.0f} s"
                )
            self._probing = True
            return None

    def succeeded(self) -> None:
        """The server answered."""
        with self._lock:
            self._failures = 0
            self._opens = 0
            self._probing = False

    def failed(self) -> None:
        """The server did not."""
        with self._lock:
            self._failures += 1
            self._probing = False
            if self._failures >= self._failures_allowed:
                self._opens += 1
                self._open_until = self._clock() + self._seconds
