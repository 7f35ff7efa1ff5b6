"""`dagaudit note REPORTS CAUSE TEXT`: what a person learned of a cause, shown when it comes again."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from dagaudit.errors import ReportMissing, SpecInvalid
from dagaudit.incident import MAX_NOTE, note_key


def command(
    reports: Annotated[str, typer.Argument(metavar="REPORTS", help="The reports root: a folder or s3://.")],
    cause: Annotated[str, typer.Argument(metavar="CAUSE", help="The cause's id, as C198cb0b8b19a319e.")],
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="What helped; without it the note is shown.")
    ] = "",
) -> None:
    """Attach a resolution to a cause; later reports show it with this cause and with similar ones."""
    from dagaudit.adapters import open_report_store
    from dagaudit.cli.output import plain

    if not cause.isalnum():
        raise SpecInvalid(
            f"{cause} is no cause id; `dagaudit logs` and the report show it, as C198cb0b8b19a319e"
        )
    store, key = open_report_store(reports), note_key(cause)
    try:
        before = store.read(key).data.decode("utf-8", "replace")
    except ReportMissing:
        before = ""
    if not text.strip():
        typer.echo("\n".join(map(plain, before.splitlines())) or f"{cause} has no note")
        return
    line = f"{datetime.now(UTC):%Y-%m-%d} {' '.join(text.split())}\n"
    if len(before) + len(line) > MAX_NOTE:
        raise SpecInvalid(f"the note of {cause} would be longer than {MAX_NOTE} characters; shorten {key}")
    store.write(key, (before + line).encode())
    typer.echo(f"noted for {cause}")
