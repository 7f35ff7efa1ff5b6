"""How fast `dagaudit logs` reads: failed attempts to causes, and lines of long logs.

python bench/logs_speed.py [--attempts 1000] [--lines 300000] [--rounds 3]
"""

import argparse
import json
import random
import re
import sys
import tempfile
from pathlib import Path

from measure import Program, machine, megabytes, side_by_side, table

BIN = Path(sys.executable).parent
EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "logs"
FAILED = re.compile(r'"event":"(?:Task failed with exception|Process terminated by signal|Task exited)')
LINES_PER_LONG_LOG = 5000
WORDS = [
    "read",
    "wrote",
    "rows",
    "partition",
    "chunk",
    "bucket",
    "commit",
    "retry",
    "of",
    "from",
    "to",
    "table",
    "batch",
    "offset",
    "checkpoint",
]


def failed_attempts(folder: Path, count: int) -> int:
    """Copies of the examples' failed attempts, each in a run of its own; how many lines they have."""
    texts = [(path, path.read_text()) for path in sorted(EXAMPLES.rglob("attempt=*.log"))]
    failed = [(path, text) for path, text in texts if FAILED.search(text)]
    lines = 0
    for number in range(count):
        path, text = failed[number % len(failed)]
        run = next(part for part in path.parts if part.startswith("run_id="))
        own_run = f"{run}_{number // len(failed)}"
        target = folder / path.relative_to(EXAMPLES).as_posix().replace(run, own_run)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(run.removeprefix("run_id="), own_run.removeprefix("run_id=")))
        lines += text.count("\n")
    return lines


def long_logs(folder: Path, lines: int) -> int:
    """Successful attempts that talk a lot, as Spark or dbt do; how many bytes they are."""
    draw = random.Random(0)
    template = (
        next(EXAMPLES.glob("dag_id=orders_etl/run_id=*/task_id=publish/attempt=1.log"))
        .read_text()
        .splitlines()
    )
    head, tail = template[:-2], template[-2:]
    record = json.loads(template[3])
    size = 0
    for number in range(lines // LINES_PER_LONG_LOG):
        body = []
        for _ in range(LINES_PER_LONG_LOG - len(template)):
            words = " ".join(draw.choices(WORDS, k=8))
            record["event"] = f"{words} {draw.randint(1, 10**6)} in {draw.random():.3f} s"
            body.append(json.dumps(record, separators=(",", ":")))
        target = folder / "dag_id=talkative" / f"run_id=manual__{number}" / "task_id=load" / "attempt=1.log"
        target.parent.mkdir(parents=True, exist_ok=True)
        size += target.write_text("\n".join([*head, *body, *tail]) + "\n")
    return size


def command(folder: Path) -> list[str]:
    """The analyzer over a folder, start-up included."""
    return [str(BIN / "dagaudit"), "logs", str(folder), "--format", "json"]


def main() -> None:
    """Measure and print a Markdown table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--attempts", type=int, default=1000)
    options.add_argument("--lines", type=int, default=300_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="logs-") as name:
        failed, long = Path(name) / "failed", Path(name) / "long"
        failed_lines = failed_attempts(failed, chosen.attempts)
        size = long_logs(long, chosen.lines)
        timings = side_by_side(
            [Program("failed attempts", command(failed)), Program("long logs", command(long))], chosen.rounds
        )
    counts = {"failed attempts": failed_lines, "long logs": chosen.lines}
    rows = [
        [
            name,
            f"{timing.median:.2f}",
            timing.spread,
            f"{timing.cpu:.2f}",
            f"{counts[name] / timing.median:,.0f}",
            megabytes(timing.peak_bytes),
        ]
        for name, timing in timings.items()
    ]
    rows[0][0] = f"{chosen.attempts} failed attempts to causes ({failed_lines} lines)"
    rows[1][0] = f"{chosen.lines} lines of long logs ({megabytes(size)})"
    print(f"{chosen.rounds} rounds. {machine()}.\n")
    print(table(["what", "median s", "range s", "CPU s", "lines/s", "peak RSS"], rows))


if __name__ == "__main__":
    main()
