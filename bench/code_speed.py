"""Files per second of `dagaudit code`, beside ruff's Airflow rules and a bare `ast.parse`.

python bench/code_speed.py [--files 2000] [--rounds 5]
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from corpus import make_corpus
from measure import Program, machine, megabytes, run_once, side_by_side, table

BIN = Path(sys.executable).parent
UNCHANGED = "dagaudit code, unchanged files"
PARSE_ALL = """
import ast, sys
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.py")):
    ast.parse(path.read_bytes())
"""


def programs(folder: Path) -> list[Program]:
    """What is compared; every one starts cold, and all but the second read and check all files."""
    ruff = ["check", "--select", "AIR", "--preview", "--isolated", "--no-cache", "--quiet"]
    ours = [str(BIN / "dagaudit"), "code", str(folder), "--format", "json"]
    return [
        Program("dagaudit code --no-cache", [*ours, "--no-cache"]),
        Program(UNCHANGED, ours),
        Program("ruff check --select AIR", [str(BIN / "ruff"), *ruff, str(folder)]),
        Program("ast.parse", [sys.executable, "-I", "-c", PARSE_ALL, str(folder)]),
    ]


def main() -> None:
    """Measure and print a Markdown table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--files", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        lines = make_corpus(Path(folder), chosen.files)
        os.environ["XDG_CACHE_HOME"] = f"{folder}.cache"
        compared = programs(Path(folder))
        run_once(next(program for program in compared if program.name == UNCHANGED))
        timings = side_by_side(compared, chosen.rounds)
        shutil.rmtree(f"{folder}.cache")
    ours = timings["dagaudit code --no-cache"].cpu
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
        "peak RSS",
        "dagaudit's CPU is times",
    ]
    print(table(head, rows))


if __name__ == "__main__":
    main()
