"""`dagaudit templates FILE`: the patterns of any text log."""

import sys
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import IO, cast

import typer

from dagaudit.cli.output import console, plural, print_json
from dagaudit.errors import SourceUnreadable

SCHEMA_VERSION = "1.0.0"


class Format(StrEnum):
    """How the result is written."""

    TEXT = "text"
    JSON = "json"


def command(
    file: str = typer.Argument(
        metavar="FILE", help="A log of any kind, plain or gzip; - reads standard input."
    ),
    assign: bool = typer.Option(False, "--assign", help="Also say which template each line follows (JSON)."),
    output: Format = typer.Option(Format.TEXT, "--format", help="How the result is written."),
) -> None:
    """Group the lines of a log by the statement that wrote them, most lines first."""
    from analyzers.log_analyzer.template_miner import Miner

    with _opened(file) as stream:
        try:
            mined = Miner(assign=assign and output is Format.JSON).read(stream)
        except (OSError, EOFError) as error:
            raise SourceUnreadable(
                f"{file} cannot be read to its end ({error}); unpack or copy it anew"
            ) from error
    if output is Format.JSON:
        document: dict[str, object] = {
            "schema_version": SCHEMA_VERSION,
            "templates": [
                {"id": t.id, "template": t.template, "count": t.count, "example": t.example}
                for t in mined.templates
            ],
        }
        print_json(document | ({"lines": list(mined.lines)} if assign else {}))
        return
    out = console()
    for template in mined.templates:
        out.print(f"{template.count:>9}  {template.template}", markup=False)
    followed = plural(len(mined.templates), "template")
    out.print(f"{plural(mined.total, 'line', 'follows', 'follow')} {followed}", markup=False)


def _opened(file: str) -> AbstractContextManager[IO[bytes]]:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    path = Path(file)
    try:
        stream: IO[bytes] = path.open("rb")
    except OSError as error:
        raise SourceUnreadable(f"{file} cannot be read: {error.strerror}; give a file") from error
    if stream.peek(2)[:2] != b"\x1f\x8b":  # type: ignore[attr-defined]
        return stream
    stream.close()
    import gzip

    return cast("IO[bytes]", gzip.open(path, "rb"))
