"""A worker process: looks at one file after another until its pipe ends."""

import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from typing import IO

from analyzers.code_analyzer.bundle import BrokenFile, Bundle, Looked, Reading
from analyzers.code_analyzer.bundle_audit import Checks, checks_of, look, of_broken
from analyzers.code_analyzer.bundle_files import FilesOf
from analyzers.code_analyzer.discovery import Discovery
from analyzers.code_analyzer.file_model import FileModel
from analyzers.code_analyzer.workers.frames import Answer, Ask, Item, Setup, receive, send
from dagaudit.errors import SourceUnreadable
from dagaudit.ports import SourceFile


def main() -> None:
    """Serve the process at the other end of stdin and stdout."""
    # As in the command line: syntax trees are many small objects that all live until their file is done.
    gc.set_threshold(100_000, 20, 20)
    incoming = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    outgoing = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever prints must not stand between the messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        setup = receive(incoming)
        assert isinstance(setup, Setup)
        logging.basicConfig(level=setup.log_level, format="%(levelname)s %(name)s: %(message)s")
        _serve(_Worker(setup, _Elsewhere(setup.address, incoming, outgoing)), incoming, outgoing)
    except (EOFError, BrokenPipeError):
        # Whoever asked is gone, or done.
        return


def _serve(worker: "_Worker", incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    while True:
        items = receive(incoming)
        assert isinstance(items, tuple)
        for item in items:
            send(outgoing, worker.look(item))


class _Elsewhere:
    """The DAG source of the process that asks: every read goes there."""

    def __init__(self, address: str, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self.address = address
        self._incoming = incoming
        self._outgoing = outgoing

    def files(self) -> Iterator[SourceFile]:
        """The list was handed over."""
        return iter(())

    def read(self, file: SourceFile) -> bytes:
        """The content.

        Raises:
            SourceUnreadable: for whatever reason.
        """
        send(self._outgoing, Ask(file))
        answer = receive(self._incoming)
        assert isinstance(answer, Answer)
        if answer.refused is not None:
            raise SourceUnreadable(answer.refused)
        return answer.data

    def open(self, file: SourceFile) -> AbstractContextManager[IO[bytes]]:
        """The content as a stream."""
        return nullcontext(BytesIO(self.read(file)))


class _Worker:
    def __init__(self, setup: Setup, source: _Elsewhere) -> None:
        self._setup = setup
        self._checks: Checks = checks_of(setup.options)
        self._source = source
        discovery = Discovery(source, candidates=list(setup.candidates), single=setup.single)
        discovery.others = {file.path: file for file in setup.others}
        self._discovery = discovery
        self._files: FilesOf | None = None

    def look(self, item: Item) -> Looked:
        """What is in a file."""
        setup = self._setup
        bundle = Bundle(self._source, setup.number, setup.options.target, scope=setup.options.scope)
        # What was parsed for one file is there for the next.
        self._files = bundle.adopt(self._discovery, self._files)
        reading = Reading(item.candidate, item.data, item.is_candidate)
        found = Looked(item.candidate.path)
        for model in bundle.one(reading, self._files, set()):
            if isinstance(model, BrokenFile):
                found.drafts = list(of_broken(model, self._checks.rules, setup.number))
            elif isinstance(model, FileModel):
                found.known = look(model, bundle, self._checks, with_answers=setup.with_answers)
        found.failures = bundle.failures
        found.interpreted = bool(bundle.facts.analyzed)
        return found
