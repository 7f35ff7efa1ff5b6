"""The miners' part of `dagaudit bench logs`."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dagaudit.cli.output import print_json, problem

if TYPE_CHECKING:
    from analyzers.log_analyzer.grading.miners import LabelledFile, Mining

SCHEMA_VERSION = "1.0.0"
_MEGABYTE = 1e6


def compare(*, drain3: Path | None, loghub: Path | None, lines: int, rounds: int, as_json: bool) -> None:
    """Mine made lines and LogHub's sets with ours and, where its Python is given, with Drain3."""
    from analyzers.log_analyzer.grading.miners import LabelledFile, loghub_files, mine

    with tempfile.TemporaryDirectory(prefix="lines-") as name:
        scratch = Path(name)
        files: list[LabelledFile] = [_made(lines, scratch)] if lines else []
        files += loghub_files(loghub, scratch) if loghub else []
        results = {}
        for file in files:
            mined = mine(file, drain3, rounds if file.name == _MADE else 1, scratch)
            results[file.name] = (len(file.groups), mined)
    if not results:
        problem("nothing to mine: give --lines N or --loghub DIR")
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "sets": [_plain(n, *r) for n, r in results.items()]})
    else:
        sys.stdout.write(_text(results))


_MADE = "made lines"


def _made(count: int, scratch: Path) -> "LabelledFile":
    from analyzers.log_analyzer.grading.lines import labelled_lines
    from analyzers.log_analyzer.grading.miners import LabelledFile

    path = scratch / "made.txt"
    groups = []
    with path.open("w") as out:
        for number, (group, line) in enumerate(labelled_lines(count)):
            out.write(f"\n{line}" if number else line)
            groups.append(group)
    return LabelledFile(_MADE, path, groups)


def _plain(name: str, lines: int, mined: "dict[str, Mining]") -> dict[str, object]:
    miners = {
        miner: {
            "cpu_seconds": result.cpu,
            "lines_per_cpu_second": lines / result.cpu,
            "peak_bytes": result.peak_bytes,
            "grouping_accuracy": result.accuracy,
            "fga": result.f1,
        }
        for miner, result in mined.items()
    }
    return {"name": name, "lines": lines, "miners": miners}


def _text(results: "dict[str, tuple[int, dict[str, Mining]]]") -> str:
    rows = [
        "| set | lines | miner | lines per CPU s | CPU s, all rounds | peak RSS | GA | FGA |",
        "|---|---|---|---|---|---|---|---|",
    ]
    sums: dict[str, list[tuple[float, float]]] = {}
    for name, (lines, mined) in results.items():
        for miner, result in mined.items():
            spread = f"{min(result.cpu_seconds):.2f} to {max(result.cpu_seconds):.2f}"
            peak = f"{result.peak_bytes / _MEGABYTE:.0f} MB"
            rate = f"{lines / result.cpu:,.0f}"
            rows.append(
                f"| {name} | {lines:,} | {miner} | {rate} | {spread} | {peak}"
                f" | {result.accuracy:.3f} | {result.f1:.3f} |"
            )
            if name != _MADE:
                sums.setdefault(miner, []).append((result.accuracy, result.f1))
    for miner, pairs in sums.items():
        means = [sum(column) / len(pairs) for column in zip(*pairs, strict=True)]
        rows.append(f"| mean of {len(pairs)} sets | | {miner} | | | | {means[0]:.3f} | {means[1]:.3f} |")
    return "\n".join(rows) + "\n"
