"""Files per second of `dagaudit code`, beside ruff's Airflow rules and a bare `ast.parse`.

python bench/code_speed.py [--files 2000] [--rounds 5] [--jobs 2 ...]

All programs keep to one core but those of --jobs, which may use as many as they have processes.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from corpus import make_corpus
from measure import Program, machine, megabytes, run_once, side_by_side, table

BIN = Path(sys.executable).parent
COLD = "dagaudit code --no-cache"
UNCHANGED = "dagaudit code, unchanged files"
PARSE_ALL = """
import ast, sys
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.py")):
    ast.parse(path.read_bytes())
"""


def programs(folder: Path, jobs: Sequence[int]) -> list[Program]:
    """What is compared; every one starts cold, and all but the second read and check all files."""
    cores = len(os.sched_getaffinity(0))
    ruff = ["check", "--select", "AIR", "--preview", "--isolated", "--no-cache", "--quiet"]
    ours = [str(BIN / "dagaudit"), "code", str(folder), "--format", "json", "--jobs"]
    return [
        Program(COLD, [*ours, "1", "--no-cache"]),
        Program(UNCHANGED, [*ours, "1"]),
        *(
            Program(f"{COLD} --jobs {many}", [*ours, str(many), "--no-cache"], cores=min(many, cores))
            for many in jobs
        ),
        Program("ruff check --select AIR", [str(BIN / "ruff"), *ruff, str(folder)]),
        Program("ast.parse", [sys.executable, "-I", "-c", PARSE_ALL, str(folder)]),
    ]


def main() -> None:
    """Measure and print a Markdown table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--files", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--jobs", type=int, nargs="*", default=[2], help="also with so many processes")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        lines = make_corpus(Path(folder), chosen.files)
        os.environ["XDG_CACHE_HOME"] = f"{folder}.cache"
        compared = programs(Path(folder), chosen.jobs)
        run_once(next(program for program in compared if program.name == UNCHANGED))
        timings = side_by_side(compared, chosen.rounds)
        shutil.rmtree(f"{folder}.cache")
    ours = timings[COLD].cpu
    rows = [
        [
            f"`{name}`",
            f"{timing.median:.2f}",
            timing.spread,
            f"{timing.cpu:.2f}",
            f"{chosen.files / timing.median:,.0f}",
            f"{chosen.files / timing.cpu:,.0f}",
            megabytes(timing.peak_bytes),
            f"{ours / timing.cpu:.1f}",
        ]
        for name, timing in timings.items()
    ]
    print(f"{chosen.files} files, {lines} lines, {chosen.rounds} rounds. {machine()}.\n")
    head = [
        "program",
        "median s",
        "range s",
        "CPU s",
        "files/s",
        "files per CPU s",
        "peak RSS of the largest process",
        "dagaudit's CPU is times",
    ]
    print(table(head, rows))


if __name__ == "__main__":
    main()
