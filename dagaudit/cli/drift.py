"""`dagaudit drift REPORTS`: what slowly changes over the nights of a reports root."""

from datetime import UTC, datetime
from enum import StrEnum

import typer

from dagaudit.cli.output import console, print_json, problem


class Format(StrEnum):
    """How the result is written."""

    TEXT = "text"
    JSON = "json"


EXIT_NOTHING_READ = 2


def command(
    reports: str = typer.Argument(metavar="REPORTS", help="The reports root: a folder, file:// or s3://."),
    output: Format = typer.Option(Format.TEXT, "--format", help="How the result is written."),
    pin: bool = typer.Option(
        False, "--pin", help="Take the newest nights as the reference from now on: what they are is normal."
    ),
    nights: int = typer.Option(14, help="How many nights --pin takes, at least 7."),
) -> None:
    """Compare the newest night with the pinned ones, and say what moved: 0 done, 2 nothing could be read."""
    from analyzers.drift_checker.analyze import look_again
    from analyzers.drift_checker.keep import pin as pin_nights
    from dagaudit.adapters import open_report_store
    from dagaudit.section import SectionStatus

    store = open_report_store(reports)
    pinned = pin_nights(store, nights, datetime.now(UTC)) if pin else {}
    section = look_again(store)
    if output is Format.JSON:
        print_json(section)
    else:
        from dagaudit.cli.drift_text import show

        show(section, pinned, console())
    if section.status is SectionStatus.SKIPPED:
        problem(f"nothing could be compared: {section.reason}")
        raise typer.Exit(EXIT_NOTHING_READ)
