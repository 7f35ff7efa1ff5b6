"""Processes of a test cluster: started apart from us, remembered in a file, ended whoever started them."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil


class StartFailed(RuntimeError):
    """A program ended or did not answer in time; the text ends with the tail of its log."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A process of ours; its start time tells it from a stranger that got the same number."""

    name: str
    pid: int
    started: float


# They outlive us on purpose; without this Python would warn that somebody forgot them.
_STARTED: list["subprocess.Popen[bytes]"] = []


class Processes:
    """The processes of one cluster, kept in `<folder>/processes.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "processes.json"

    def start(self, name: str, command: Sequence[str | Path], env: dict[str, str] | None = None) -> int:
        """Start a program that outlives us; its output goes to `<folder>/<name>.log`."""
        with (self._folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
        _STARTED.append(child)
        known = [one for one in self._known() if one.name != name]
        known.append(Remembered(name, child.pid, psutil.Process(child.pid).create_time()))
        self._file.write_text(json.dumps([asdict(one) for one in known]))
        return child.pid

    def wait_for(self, name: str, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until the program answers.

        Raises:
            StartFailed: it ended, or time is up.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if ready():
                return
            if self.process(name) is None:
                raise StartFailed(f"{name} ended: {self.log_tail(name)}")
            time.sleep(0.05)
        raise StartFailed(f"{name} did not answer within {seconds:.0f} s: {self.log_tail(name)}")

    def process(self, name: str) -> psutil.Process | None:
        """The living process of that name, or None."""
        for one in self._known():
            if one.name == name:
                return _living(one)
        return None

    def stop(self, name: str, seconds: float = 10) -> None:
        """End one program and all its children."""
        process = self.process(name)
        if process is not None:
            _end(process, seconds)

    def stop_all(self) -> None:
        """Kill all of them at once: nobody will read this cluster's data again."""
        family = [process for one in self._known() if (process := _living(one))]
        family += [child for process in family for child in _children(process)]
        for process in family:
            _signal(process, signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)
        for child in _STARTED:
            child.poll()
        self._file.unlink(missing_ok=True)

    def log_tail(self, name: str, characters: int = 3000) -> str:
        """The end of a program's log."""
        path = self._folder / f"{name}.log"
        return path.read_text(errors="replace")[-characters:] if path.exists() else ""

    def _known(self) -> list[Remembered]:
        if not self._file.exists():
            return []
        return [Remembered(**one) for one in json.loads(self._file.read_text())]


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _living(one: Remembered) -> psutil.Process | None:
    try:
        process = psutil.Process(one.pid)
        if abs(process.create_time() - one.started) > 1 or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except psutil.NoSuchProcess:
        return None
    return process


def _end(process: psutil.Process, seconds: float) -> None:
    family = [*_children(process), process]
    _signal(process, signal.SIGCONT)
    _signal(process, signal.SIGTERM)
    psutil.wait_procs([process], timeout=seconds)
    for one in family:
        _signal(one, signal.SIGKILL)
    psutil.wait_procs(family, timeout=5)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
