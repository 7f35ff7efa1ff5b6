"""Other linters on the same files: how many files a second each of them reads, in rounds."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

# What is run in each peer's own virtualenv; the folder comes last. All exit codes are fine but a crash's.
COMMANDS: dict[str, tuple[str, ...]] = {
    "ruff": ("check", "--select", "AIR", "--preview", "--isolated", "--no-cache", "--quiet"),
    "dagruff": (),
    "daglint": ("check",),
    "pylint": ("--load-plugins=pylint_airflow", "--disable=all", "--enable=C83,R83,W83,E83", "--recursive=y"),
}
OURS = "dagaudit code --no-cache --jobs 1"
_SECONDS = 900


@dataclass(slots=True)
class Speed:
    """What was measured of one program."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    problem: str | None = None

    def as_json(self, files: int) -> dict[str, Any]:
        """Medians over the rounds; null where it did not run."""
        if self.problem is not None:
            return {"problem": self.problem, "files_per_second": None, "files_per_cpu_second": None}
        return {
            "problem": None,
            "files_per_second": files / statistics.median(self.seconds),
            "files_per_cpu_second": files / statistics.median(self.cpu_seconds),
        }


def measured(texts: Sequence[tuple[str, str]], venvs: Sequence[Path], rounds: int) -> dict[str, Speed]:
    """Each program on the same folder, in turn, `rounds` times, start-up included.

    Args:
        texts: path and text of each file.
        venvs: virtualenvs that hold the peers; a peer in none of them is told as absent.
        rounds: how often.
    """
    programs: dict[str, list[str] | None] = {
        OURS: [sys.executable, "-m", "dagaudit", "code", "--no-cache", "--jobs", "1", "--format", "json"]
    }
    programs |= {name: _command(name, venvs) for name in COMMANDS}
    found = {name: Speed() for name in programs}
    with tempfile.TemporaryDirectory(prefix="dagaudit-bench-") as folder:
        for path, text in texts:
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        for _ in range(rounds):
            for name, command in programs.items():
                _once(found[name], command, folder)
    return found


def _command(name: str, venvs: Sequence[Path]) -> list[str] | None:
    for venv in [*venvs, Path(sys.prefix)]:
        program = shutil.which(name, path=str(venv / "bin"))
        if program is not None:
            return [program, *COMMANDS[name]]
    return None


def _once(speed: Speed, command: list[str] | None, folder: str) -> None:
    if command is None:
        speed.problem = "not installed; give its virtualenv with --peers"
    if command is None or speed.problem is not None:
        return
    before, start = os.times(), perf_counter()
    try:
        done = subprocess.run(
            [*command, folder], capture_output=True, text=True, timeout=_SECONDS, check=False, cwd=folder
        )
    except subprocess.TimeoutExpired:
        speed.problem = f"took longer than {_SECONDS} s"
        return
    if done.returncode < 0 or "Traceback (most recent call last)" in done.stderr:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        speed.problem = f"crashed: {last}"
        return
    after = os.times()
    speed.seconds.append(perf_counter() - start)
    used = after.children_user + after.children_system - before.children_user - before.children_system
    speed.cpu_seconds.append(used)
