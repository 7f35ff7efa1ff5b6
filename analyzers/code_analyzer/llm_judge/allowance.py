"""What a run may spend on the model: reserved before each call, settled after it, never overshot."""

import math
from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one call may take at most."""

    tokens: int
    seconds: float


@dataclass(slots=True)
class Allowance:
    """Limits, where None is no limit, and what is left of them. Many threads may spend from it."""

    calls: int | None = None
    tokens: int | None = None
    seconds: float | None = None
    spent_calls: int = 0
    spent_tokens: int = 0
    spent_seconds: float = 0.0
    _reserved_tokens: int = 0
    _reserved_seconds: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def reserve(self, tokens: int, concurrency: int = 1) -> Reservation | str:
        """Room for a call that takes at most so many tokens; or why there is none."""
        with self._lock:
            if self.calls is not None and self.spent_calls + 1 > self.calls:
                return f"the budget of {self.calls} calls is used up"
            taken = self.spent_tokens + self._reserved_tokens
            if self.tokens is not None and taken + tokens > self.tokens:
                return f"the budget of {self.tokens} tokens has no room for another call"
            left = math.inf if self.seconds is None else self.seconds - self.spent_seconds
            left = (left - self._reserved_seconds) / max(1, concurrency)
            if left < 1:
                return f"the budget of {self.seconds or 0:.0f} seconds is used up"
            self.spent_calls += 1
            self._reserved_tokens += tokens
            if not math.isinf(left):
                self._reserved_seconds += left
            return Reservation(tokens, left)

    def settle(self, reserved: Reservation, tokens: int, seconds: float) -> None:
        """Note what a call has really taken."""
        with self._lock:
            self._reserved_tokens -= reserved.tokens
            if not math.isinf(reserved.seconds):
                self._reserved_seconds -= reserved.seconds
            self.spent_tokens += tokens
            self.spent_seconds += seconds
