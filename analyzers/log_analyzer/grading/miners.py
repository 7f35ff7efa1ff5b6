"""Our template miner beside Drain3, on the same lines with the same masks, in turn and on one core."""

import csv
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyzers.log_analyzer.grading.grouping import fga, grouping_accuracy
from analyzers.log_analyzer.template_miner.masks import MASKS
from dagaudit.errors import SourceUnreadable

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """Lines in a file, and the true group of each."""

    name: str
    path: Path
    groups: Sequence[Hashable]


@dataclass(slots=True)
class Mining:
    """What one miner did with one file, over all rounds."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_bytes: int = 0
    accuracy: float = 0.0
    """Grouping accuracy."""
    f1: float = 0.0
    """F1 score of grouping accuracy."""

    @property
    def cpu(self) -> float:
        """Processor seconds of the middle round."""
        return statistics.median(self.cpu_seconds)


def loghub_files(folder: Path, scratch: Path) -> list[LabelledFile]:
    """The sets of LogHub-2k below a folder (`*_2k.log_structured.csv`), one line per event in `scratch`.

    Zhu et al., Loghub: A Large Collection of System Log Datasets, ISSRE 2023.

    Raises:
        SourceUnreadable: the folder holds none.
    """
    found = []
    for path in sorted(folder.rglob("*_2k.log_structured.csv")):
        with path.open(newline="", encoding="utf-8", errors="replace") as rows:
            pairs = [(" ".join(row["Content"].split()), row["EventId"]) for row in csv.DictReader(rows)]
        pairs = [pair for pair in pairs if pair[0]]
        lines = scratch / f"{path.name.split('_')[0]}.txt"
        lines.write_text("\n".join(text for text, _ in pairs))
        found.append(LabelledFile(path.name.split("_")[0], lines, [event for _, event in pairs]))
    if not found:
        raise SourceUnreadable(f"{folder} holds no *_2k.log_structured.csv; give the folder of LogHub-2k")
    return found


def mine(file: LabelledFile, drain3: Path | None, rounds: int, scratch: Path) -> dict[str, Mining]:
    """Both miners over a file, in turn, `rounds` times."""
    commands = {"dagaudit": [sys.executable, "-m", "analyzers.log_analyzer.grading.mine"]}
    if drain3:
        commands["drain3"] = [str(drain3), str(_HERE / "drain3_lines.py")]
    mined = {name: Mining() for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            answer = scratch / f"{file.name}.{name}"
            result = _run([*command, str(file.path), str(answer), json.dumps(MASKS)])
            mined[name].seconds.append(result["seconds"])
            mined[name].cpu_seconds.append(result["cpu_seconds"])
            mined[name].peak_bytes = max(int(result["peak_bytes"]), mined[name].peak_bytes)
            made = answer.read_text().split("\n")
            mined[name].accuracy = grouping_accuracy(file.groups, made)
            mined[name].f1 = fga(file.groups, made).f1
    return mined


def _run(command: list[str]) -> dict[str, float]:
    one_core = {max(os.sched_getaffinity(0))}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"POLARS_MAX_THREADS": "1"},
        preexec_fn=lambda: os.sched_setaffinity(0, one_core),
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no output"]
        raise SourceUnreadable(f"{command[0]} failed ({last[0]}); --drain3 needs a Python that has drain3")
    result: dict[str, float] = json.loads(done.stdout)
    return result
