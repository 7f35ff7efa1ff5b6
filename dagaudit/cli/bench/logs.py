"""`dagaudit bench logs`: how well failed attempts are explained, on a corpus whose answers are known."""

import json
import sys
import tarfile
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from dagaudit.errors import SourceUnreadable, SpecInvalid

if TYPE_CHECKING:
    from analyzers.log_analyzer.grading import Grade, Labels

FORMATS = ("text", "json")
SHIPPED = Path(__file__).parents[3] / "tools" / "failure_corpus" / "corpus"


def command(
    corpus: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[CORPUS]…", help="A folder or .tar.xz with labels.json and logs/; the shipped ones else."
        ),
    ] = None,
    drain3: Annotated[
        Path | None, typer.Option(metavar="PYTHON", help="A Python that has drain3: mine lines beside it.")
    ] = None,
    loghub: Annotated[Path | None, typer.Option(metavar="DIR", help="LogHub-2k: mine its sets too.")] = None,
    lines: Annotated[int, typer.Option(min=0, help="How many made lines the miners are timed on.")] = 0,
    rounds: Annotated[int, typer.Option(min=1, help="How often each miner runs.")] = 3,
    wrong: Annotated[bool, typer.Option("--wrong", help="Also list what is wrong.")] = False,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",  # noqa: A002
) -> None:
    """Explain the failed attempts of a labelled corpus and count what is right: 0 done, 2 nothing was read.

    With --drain3, --loghub or --lines the template miner is measured instead.
    """
    from dagaudit.cli.bench.logs_report import as_json, as_text
    from dagaudit.cli.output import print_json

    if format not in FORMATS:
        raise SpecInvalid(f"--format {format} is unknown; give one of {', '.join(FORMATS)}")
    if drain3 or loghub or lines:
        from dagaudit.cli.bench.logs_miners import compare

        compare(drain3=drain3, loghub=loghub, lines=lines, rounds=rounds, as_json=format == "json")
        return
    places = corpus or sorted(SHIPPED.glob("*.tar.xz"))
    if not places:
        raise SpecInvalid("the failure corpus is not installed; give a folder with labels.json and logs/")
    grades = {place.name.removesuffix(".tar.xz"): _graded(place) for place in places}
    if format == "json":
        print_json(as_json(grades))
    else:
        sys.stdout.write(as_text(grades, wrong=wrong))


def _graded(place: Path) -> "Grade":
    from analyzers.log_analyzer.analyze import analyze
    from analyzers.log_analyzer.grading import grade
    from dagaudit.adapters import open_log_source

    with ExitStack() as stack:
        folder = place if place.is_dir() else _unpacked(place, stack)
        labels = _labels(folder / "labels.json")
        logs = folder / "logs"

        def read_line(path: str, number: int) -> str:
            lines = (logs / path).read_text(errors="replace").split("\n")
            return lines[number - 1] if number <= len(lines) else ""

        return grade(labels.attempts, analyze(open_log_source(str(logs))), read_line)


def _unpacked(archive: Path, stack: ExitStack) -> Path:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="corpus-")))
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise SourceUnreadable(
            f"{archive} cannot be unpacked ({error}); give a folder or a tar file"
        ) from error
    return folder


def _labels(path: Path) -> "Labels":
    from analyzers.log_analyzer.grading import Labels

    try:
        return Labels.model_validate(json.loads(path.read_text()))
    except (OSError, ValueError, ValidationError) as error:
        raise SourceUnreadable(
            f"{path} cannot be read as labels ({error}); docs/benchmarks.md tells its form"
        ) from error
