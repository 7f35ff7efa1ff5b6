"""`dagaudit logs ADDR`: the causes of failed task attempts, from Airflow's task logs."""

import math
import os
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import typer

from dagaudit.address import Use, parse
from dagaudit.cli.output import console, print_json, problem
from dagaudit.errors import SpecInvalid


class Format(StrEnum):
    """How the result is written."""

    TEXT = "text"
    JSON = "json"


def command(
    address: str = typer.Argument(
        metavar="ADDR",
        help="Where the task logs are: a folder, file://, s3://, cloudwatch://, or airflow+https:// "
        "(failed attempts alone, through Airflow's API).",
    ),
    output: Format = typer.Option(Format.TEXT, "--format", help="How the result is written."),
    since: str = typer.Option(
        "", help="Only attempts that ended since: 2026-11-20, 2026-11-20T08:00Z, 24h or 7d."
    ),
    log_filename_template: str = typer.Option(
        "", help="Airflow's [logging] log_filename_template, where it is not the default."
    ),
    reports: str = typer.Option("", help="A reports root: notes on causes that it knows are shown."),
) -> None:
    """Say why task attempts failed, causes of most impact first."""
    from analyzers.log_analyzer.analyze import analyze
    from analyzers.log_analyzer.options import LogOptions
    from dagaudit.adapters import open_log_source
    from dagaudit.cli.progress import ProgressBar
    from dagaudit.ports import FailuresAlone
    from dagaudit.section import SectionStatus

    options = LogOptions(
        since=since_moment(since, datetime.now(UTC)) if since else None,
        log_filename_template=log_filename_template or None,
    )
    source = open_log_source(_looking_back(address, options.since), environment=os.environ)
    with ProgressBar(quiet=output is Format.JSON) as progress:
        section = analyze(source, options, progress)
    nothing = not section.attempts and section.coverage.skipped == 0
    if isinstance(source, FailuresAlone):
        nothing = nothing and bool(section.failures)
    if nothing:
        section = section.model_copy(update={"status": SectionStatus.FAILED})
    if reports:
        from analyzers.log_analyzer.incidents import recalled
        from dagaudit.adapters import open_report_store

        section = recalled(section, open_report_store(reports))
    if output is Format.JSON:
        print_json(section.model_dump(mode="json", include=_JSON_KEYS))
    else:
        from dagaudit.cli.logs_text import show

        show(section, console())
    if nothing:
        problem(
            f"nothing could be read at {address}: no task log lies there; give the folder of the task logs"
        )
        raise typer.Exit(2)


_JSON_KEYS = {"schema_version", "status", "attempts", "causes", "failures", "coverage", "metrics"}
_SPAN = re.compile(r"(\d{1,6})\s*(m|h|d|w)$")
_WITH_WINDOW = ("cloudwatch", "airflow+https", "airflow+http")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _looking_back(address: str, since: datetime | None) -> str:
    """A source with a window looks back as far as --since asks, unless the address itself says how far."""
    place = parse(address, Use.LOGS)
    if since is None or place.scheme not in _WITH_WINDOW or "lookbackHours" in place.options:
        return address
    hours = max(1, math.ceil((datetime.now(UTC) - since) / timedelta(hours=1)))
    return str(place.with_options({**place.options, "lookbackHours": str(hours)}))


def since_moment(text: str, now: datetime) -> datetime:
    """A date, a time or a span back from now."""
    span = _SPAN.match(text.strip())
    if span:
        return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise SpecInvalid(
            f"--since {text}: give a date as 2026-11-20, a time as 2026-11-20T08:00Z, or 24h, 7d"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
