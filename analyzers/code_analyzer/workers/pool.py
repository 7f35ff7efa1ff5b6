"""Keeps the worker processes busy, and hands out what they found in the order in which it is asked for."""

import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Condition, Thread

from analyzers.attempt import attempt
from analyzers.code_analyzer.bundle import Bundle, Crew, Looked, Reading
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.workers.frames import Answer, Ask, Item, Setup, receive, send
from dagaudit.finding import Failure
from dagaudit.ports import SourceFile

log = logging.getLogger(__name__)

FILES_PER_WORKER = 100
"""A process takes half a second to start; a hundred files take about as long."""
FEWEST = 2
BATCH = 8
WINDOW = 32
"""Files on their way for each worker."""
TRIES = 2
# It takes the path of its modules from here, as it may have been changed; nothing is forked.
_PROGRAM = (
    "import sys; sys.path[:] = {path!r}; from analyzers.code_analyzer.workers.worker import main; main()"
)


@contextmanager
def crew_of(bundle: Bundle, jobs: int, options: CodeOptions, *, with_answers: bool) -> Iterator[Crew | None]:
    """As many workers as there is work for, at most `jobs`; None where this process does as well alone."""
    most = min(jobs, bundle.seen // FILES_PER_WORKER)
    if most < FEWEST:
        yield None
        return
    discovery = bundle.discovery
    setup = Setup(
        number=bundle.number,
        address=bundle.source.address,
        options=options,
        candidates=tuple(discovery.candidates),
        others=tuple(discovery.others.values()),
        single=discovery.single,
        with_answers=with_answers,
        log_level=logging.getLogger().getEffectiveLevel(),
    )
    pool = Pool(setup, most, bundle.source.read)
    try:
        yield pool
    finally:
        pool.close()


class Pool:
    """Worker processes, started one by one as files pile up."""

    def __init__(self, setup: Setup, most: int, read: Callable[[SourceFile], bytes]) -> None:
        self.window = WINDOW * most
        self._setup = setup
        self._most = most
        self._read = read
        self._changed = Condition()
        self._waiting: deque[Item] = deque()
        self._tries: dict[str, int] = {}
        self._found: dict[str, Looked] = {}
        self._tenders: list[_Tender] = []
        self._closed = False

    def submit(self, reading: Reading) -> None:
        """Have a file looked at; another worker starts where there is work for it."""
        with self._changed:
            self._waiting.append(Item(reading.candidate, reading.data, reading.is_candidate))
            if len(self._waiting) > BATCH and len(self._tenders) < self._most:
                self._tenders.append(_Tender(self))
                self._tenders[-1].start()
            self._changed.notify_all()

    def take(self, path: str) -> Looked | None:
        """What was found in it; None where no worker was needed yet: then it is better looked at here."""
        with self._changed:
            if not self._tenders:
                if self._waiting and self._waiting[0].candidate.path == path:
                    self._waiting.popleft()
                return None
            self._changed.wait_for(lambda: path in self._found)
            return self._found.pop(path)

    def close(self) -> None:
        """End the workers, whatever they are at."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for tender in self._tenders:
            tender.end()

    def next_batch(self) -> tuple[Item, ...]:
        """Files for a worker; none when the pool is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return ()
            # A file that killed a worker goes alone, so that it can take no other with it.
            alone = self._waiting[0].candidate.path in self._tries
            size = 1 if alone else min(BATCH, max(1, len(self._waiting) // self._most))
            return tuple(self._waiting.popleft() for _ in range(size))

    def found(self, looked: Looked) -> None:
        """A worker is done with a file."""
        with self._changed:
            self._found[looked.path] = looked
            self._changed.notify_all()

    def died(self, left: tuple[Item, ...], how: str) -> None:
        """A worker died at the first of these."""
        with self._changed:
            if self._closed:
                return
            path = left[0].candidate.path
            self._tries[path] = self._tries.get(path, 0) + 1
            again = left
            if self._tries[path] >= TRIES:
                again = left[1:]
                message = f"{how} while looking at it; run with --jobs 1 and --verbose to see why"
                failure = Failure(part="interpreter", path=path, message=message)
                self._found[path] = Looked(path, failures=[failure])
            self._waiting.extendleft(reversed(again))
            self._changed.notify_all()

    def answer(self, file: SourceFile) -> Answer:
        """A file that a worker needs."""
        data = attempt("reading", lambda: self._read(file), file.path)
        return Answer(refused=data.message) if isinstance(data, Failure) else Answer(data)

    @property
    def setup(self) -> Setup:
        """What every worker is told."""
        return self._setup


class _Tender(Thread):
    """Talks to one worker process, and starts another when it dies."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(name="dagaudit-worker", daemon=True)
        self._pool = pool
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Until there is nothing more to do."""
        while batch := self._pool.next_batch():
            left = deque(batch)
            try:
                self._work(left)
            except (EOFError, OSError):
                self._pool.died(tuple(left), self._how_it_died())

    def _work(self, left: deque[Item]) -> None:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        send(process.stdin, tuple(left))
        while left:
            message = receive(process.stdout)
            if isinstance(message, Ask):
                send(process.stdin, self._pool.answer(message.file))
            elif isinstance(message, Looked):
                left.popleft()
                self._pool.found(message)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            program = _PROGRAM.format(path=sys.path)
            self._process = subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Ctrl-C is for the process that the user started, which then ends this one.
                start_new_session=True,
            )
            assert self._process.stdin is not None
            send(self._process.stdin, self._pool.setup)
        return self._process

    def _how_it_died(self) -> str:
        if self._process is None:
            return "the worker process could not be started"
        code = self._process.wait()
        _close_pipes(self._process)
        self._process = None
        if code < 0:
            hint = " (out of memory?)" if -code == signal.SIGKILL else ""
            return f"the worker process was ended by {signal.Signals(-code).name}{hint}"
        return f"the worker process ended with exit code {code}"

    def end(self) -> None:
        """Kill the worker; from another thread."""
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        self.join()
        if process is not None:
            process.wait()
            _close_pipes(process)


def _close_pipes(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            # What was not written goes nowhere.
            with suppress(OSError):
                pipe.close()
