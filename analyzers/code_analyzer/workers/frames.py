"""Messages between a process and its workers, through pipes: a length, and that many pickled bytes.

Both ends are ours, and the one that was started runs no code of what it reads, so pickles are safe here.
"""

import pickle
import struct
from dataclasses import dataclass
from typing import IO

from analyzers.code_analyzer.bundle import Looked
from analyzers.code_analyzer.discovery import Candidate
from analyzers.code_analyzer.options import CodeOptions
from dagaudit.ports import SourceFile

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is told at its start."""

    number: int
    address: str
    options: CodeOptions
    candidates: tuple[Candidate, ...]
    others: tuple[SourceFile, ...]
    single: bool
    with_answers: bool
    """Whether somebody keeps what is found, and must know what else of the bundle it depends on."""
    log_level: int


@dataclass(frozen=True, slots=True)
class Item:
    """A file to be looked at."""

    candidate: Candidate
    data: bytes
    is_candidate: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """The worker needs another file."""

    file: SourceFile


@dataclass(frozen=True, slots=True)
class Answer:
    """The file's content, or why it cannot be read."""

    data: bytes = b""
    refused: str | None = None


Message = Setup | tuple[Item, ...] | Ask | Answer | Looked


def send(stream: IO[bytes], message: Message) -> None:
    """Write a message.

    Raises:
        OSError: the other end is gone.
    """
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Message:
    """Read a message.

    Raises:
        EOFError: the other end is gone.
    """
    data = _exactly(stream, _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0])
    message: Message = pickle.loads(data)  # noqa: S301 - see above
    return message


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
