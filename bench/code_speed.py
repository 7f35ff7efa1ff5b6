"""Files per second of `dagaudit code`, beside ruff's Airflow rules and a bare `ast.parse`.

python bench/code_speed.py [--files 2000] [--rounds 5]
"""

import argparse
import sys
import tempfile
from pathlib import Path

from corpus import make_corpus
from measure import Program, machine, megabytes, side_by_side, table

BIN = Path(sys.executable).parent
PARSE_ALL = """
import ast, sys
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.py")):
    ast.parse(path.read_bytes())
"""


def programs(folder: Path) -> list[Program]:
    """What is compared; every one reads all files and starts cold."""
    ruff = ["check", "--select", "AIR", "--preview", "--isolated", "--no-cache", "--quiet"]
    return [
        Program("dagaudit code", [str(BIN / "dagaudit"), "code", str(folder), "--format", "json"]),
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
        timings = side_by_side(programs(Path(folder)), chosen.rounds)
    ours = timings["dagaudit code"].cpu
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
