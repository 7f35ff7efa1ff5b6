"""`dagaudit stats`: what DAGs are like and how their runs went."""

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dagaudit.errors import SpecInvalid

if TYPE_CHECKING:
    from dagaudit.cli.progress import ProgressBar
    from dagaudit.finding import Failure
    from dagaudit.ports import RunHistory
    from dagaudit.section import CodeSection, LogsSection

FORMATS = ("text", "json")
EXIT_NOTHING_READ = 2


def command(
    dags: Annotated[
        str, typer.Argument(metavar="ADDR", help="The DAG source: a folder, a file or an address.")
    ],
    logs: Annotated[str | None, typer.Option(help="Task logs, to count runs and durations from.")] = None,
    history: Annotated[
        str | None,
        typer.Option(
            help="Airflow, as airflow+https://host (AIRFLOW_USERNAME and AIRFLOW_PASSWORD sign in)"
            " or mwaa://region/environment."
        ),
    ] = None,
    reports: Annotated[
        str | None,
        typer.Option(help="A reports root that keeps what was read of --history, and is read with it."),
    ] = None,
    target: Annotated[str, typer.Option(help="The Airflow version to read for.")] = "3.3",
    format: Annotated[str, typer.Option(help="text or json (docs/contract.md).")] = "text",  # noqa: A002
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Count what DAGs are like and how their runs went: 0 done, 2 nothing could be read."""
    from analyzers.stat_reporter.analyze import analyze
    from dagaudit.cli.output import console, print_json, problem
    from dagaudit.cli.progress import ProgressBar
    from dagaudit.cli.stats_table import render
    from dagaudit.section import SectionStatus, status_of

    if format not in FORMATS:
        raise SpecInvalid(f"--format {format} is unknown; give one of {', '.join(FORMATS)}")
    now = datetime.now(UTC)
    with ProgressBar(quiet=quiet) as bar:
        code, files = _code_section(dags, target)
        found = _logs_section(logs, bar) if logs else None
        told = _history(history, reports) if history else None
        section = analyze(code, found, told, now=now, progress=bar)
    unread = (*code.failures, *(found.failures if found else ()))
    failures = (*unread, *section.failures)
    nothing = not files and not (found and found.attempts) and not section.dags
    status = SectionStatus.FAILED if nothing else status_of(failures, section.coverage)
    reason = _nothing(dags, failures) if nothing else None
    section = section.model_copy(update={"failures": failures, "status": status, "reason": reason})
    if format == "json":
        print_json(section)
    elif not nothing:
        sys.stdout.write(render(section, now, width=console().width if sys.stdout.isatty() else None))
    if reason:
        problem(reason)
        raise typer.Exit(EXIT_NOTHING_READ)


def _code_section(address: str, target: str) -> "tuple[CodeSection, int]":
    """The DAG models without any rule's findings, and how many files could be read."""
    from analyzers.code_analyzer.options import version_of
    from dagaudit.cli.graph import read
    from dagaudit.section import CodeSection, SectionStatus

    dags, failures, files = read([address], version_of(target))
    # Its failures are shown one by one, so it need not be called partial as a whole.
    return CodeSection(status=SectionStatus.OK, dags=tuple(dags), failures=tuple(failures)), files


def _history(address: str, reports: str | None) -> "RunHistory":
    from dagaudit.adapters import open_report_store, open_run_history

    return open_run_history(address, os.environ, open_report_store(reports) if reports else None)


def _logs_section(address: str, bar: "ProgressBar") -> "LogsSection":
    from analyzers.log_analyzer.analyze import analyze
    from dagaudit.adapters import open_log_source
    from dagaudit.ports import FailuresAlone
    from dagaudit.section import SectionStatus

    source = open_log_source(address)
    if isinstance(source, FailuresAlone):
        raise SpecInvalid(
            f"--logs {address} gives logs of failed attempts alone, which nothing can be counted from; "
            "give the address as --history"
        )
    section = analyze(source, progress=bar)
    return section.model_copy(update={"status": SectionStatus.OK})


def _nothing(address: str, unread: "tuple[Failure, ...]") -> str:
    if unread:
        more = f" (and {len(unread) - 1} more: see --format json)" if len(unread) > 1 else ""
        return f"nothing could be read: {unread[0].message}{more}"
    return f"{address} holds no DAG file; give a folder with DAGs, or a DAG file"
