"""A queue of keys: no key is worked on twice at once, and a hundred events for it are one piece of work."""

import asyncio
import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K")

FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 600.0


@dataclass(order=True, slots=True)
class _Later(Generic[K]):
    due: float
    key: K = field(compare=False)


class WorkQueue(Generic[K]):
    """Keys to reconcile: now, later, or again after a failure with growing delays."""

    def __init__(self, clock: Callable[[], float], jitter: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._jitter = jitter
        self._ready: dict[K, float] = {}
        self._busy: set[K] = set()
        self._again: dict[K, float] = {}
        self._later: list[_Later[K]] = []
        self._due: dict[K, float] = {}
        self._failures: dict[K, int] = {}
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._ready)

    def add(self, key: K) -> None:
        """Work on it as soon as somebody is free; while it is being worked on, once more afterwards."""
        now = self._clock()
        if key in self._busy:
            self._again.setdefault(key, now)
        else:
            self._ready.setdefault(key, now)
            self._wake.set()

    def add_after(self, key: K, seconds: float) -> None:
        """Work on it in so many seconds, unless an earlier time is already set."""
        due = self._clock() + max(0.0, seconds)
        if self._due.get(key, float("inf")) <= due:
            return
        self._due[key] = due
        heapq.heappush(self._later, _Later(due, key))
        self._wake.set()

    def retry(self, key: K) -> float:
        """Work on it again after a failure: 1 s, 2 s, 4 s … 10 min, with jitter; the delay in seconds."""
        count = self._failures[key] = self._failures.get(key, 0) + 1
        delay = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(count - 1, 20))
        delay *= 0.75 + 0.5 * self._jitter()
        self.add_after(key, delay)
        return delay

    def forget_failures(self, key: K) -> None:
        """It went well: the next failure starts at the first delay again."""
        self._failures.pop(key, None)

    def failures(self, key: K) -> int:
        """How many times in a row it failed."""
        return self._failures.get(key, 0)

    async def get(self) -> tuple[K, float]:
        """The next key and how long it waited, in seconds; call `done` when it has been worked on."""
        while True:
            self._move_due()
            if self._ready:
                key, since = next(iter(self._ready.items()))
                del self._ready[key]
                self._busy.add(key)
                return key, self._clock() - since
            self._wake.clear()
            timeout = self._later[0].due - self._clock() if self._later else None
            try:
                await asyncio.wait_for(self._wake.wait(), timeout)
            except TimeoutError:
                continue

    def done(self, key: K) -> None:
        """It has been worked on."""
        self._busy.discard(key)
        since = self._again.pop(key, None)
        if since is not None:
            self._ready.setdefault(key, since)
            self._wake.set()

    def oldest_seconds(self) -> float:
        """How long the oldest ready key has waited."""
        return self._clock() - min(self._ready.values()) if self._ready else 0.0

    def _move_due(self) -> None:
        now = self._clock()
        while self._later and self._later[0].due <= now:
            later = heapq.heappop(self._later)
            if self._due.get(later.key) == later.due:
                del self._due[later.key]
                self.add(later.key)
