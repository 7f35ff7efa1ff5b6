"""Runs programs side by side and tells how long they took and how much memory they needed."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

_CORES = frozenset(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Program:
    """Something to be timed, start-up included."""

    name: str
    command: Sequence[str]
    exit_codes: tuple[int, ...] = (0, 1)
    cores: int = 1
    """It and what it starts keep to so many cores."""


@dataclass(slots=True)
class Timing:
    """What was measured of one program over the rounds."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_bytes: int = 0

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return statistics.median(self.seconds)

    @property
    def cpu(self) -> float:
        """Processor time in the middle round: what other programs on the machine do not change."""
        return statistics.median(self.cpu_seconds)

    @property
    def spread(self) -> str:
        """The fastest and the slowest round."""
        return f"{min(self.seconds):.2f} to {max(self.seconds):.2f}"


def side_by_side(programs: Sequence[Program], rounds: int) -> dict[str, Timing]:
    """Run every program once per round, so that a busy minute hits all of them alike."""
    timings = {program.name: Timing() for program in programs}
    for number in range(rounds):
        for program in programs:
            seconds, cpu_seconds, peak = run_once(program)
            timing = timings[program.name]
            timing.seconds.append(seconds)
            timing.cpu_seconds.append(cpu_seconds)
            timing.peak_bytes = max(peak, timing.peak_bytes)
            print(f"round {number + 1}: {program.name} {seconds:.2f} s", file=sys.stderr)
    return timings


def run_once(program: Program) -> tuple[float, float, int]:
    """Seconds by the clock and of the processor, and the largest process's peak of resident bytes."""
    # What this process starts inherits its cores.
    os.sched_setaffinity(0, sorted(_CORES)[-program.cores :])
    start = time.perf_counter()
    process = subprocess.Popen(program.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    complaints = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in program.exit_codes:
        text = complaints.decode(errors="replace")[-2000:]
        raise SystemExit(f"{program.name} exited with {process.returncode}:\n{text}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def machine() -> str:
    """What this was measured on, with the versions that matter."""
    tools = ", ".join(f"{name} {version(name)}" for name in ("dagaudit", "ruff"))
    used = len(os.sched_getaffinity(0))
    return (
        f"{os.cpu_count()} CPUs ({platform.machine()}), {used} used; load {os.getloadavg()[0]:.1f};"
        f" Python {platform.python_version()}, {tools}"
    )


def megabytes(size: int) -> str:
    """Bytes for a table."""
    return f"{size / 1e6:.0f} MB"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
