"""`dagaudit stats`: what DAGs are like and how their runs went."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dagaudit.errors import SpecInvalid

if TYPE_CHECKING:
    from dagaudit.cli.progress import ProgressBar
    from dagaudit.finding import Failure
    from dagaudit.section import CodeSection, LogsSection, StatsSection

EXIT_NOTHING_READ = 2
BROKEN_FILE = "DGA101"


def command(
    dags: Annotated[
        str, typer.Argument(metavar="ADDR", help="The DAG source: a folder, a file or an address.")
    ],
    logs: Annotated[str | None, typer.Option(help="Task logs, to count runs and durations from.")] = None,
    format: Annotated[str, typer.Option(help="text or json (a stats section of docs/contract.md).")] = "text",  # noqa: A002
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Count what DAGs are like and how their runs went: 0 done, 2 nothing could be read."""
    from analyzers.stat_reporter.analyze import analyze
    from dagaudit.cli.output import console, print_json, problem
    from dagaudit.cli.progress import ProgressBar
    from dagaudit.cli.stats_table import render

    if format not in ("text", "json"):
        raise SpecInvalid(f"--format {format} is unknown; give one of text, json")
    now = datetime.now(UTC)
    with ProgressBar(quiet=quiet) as bar:
        code = _code_section(dags, bar)
        found = _logs_section(logs, bar) if logs else None
        section = analyze(code, found, now=now, progress=bar)
    section = section.model_copy(update={"failures": (*_unread(code, found), *section.failures)})
    if format == "json":
        print_json(section)
    else:
        sys.stdout.write(render(section, now, width=console().width if sys.stdout.isatty() else None))
    if _nothing_read(code, section):
        problem(f"{dags}: no DAG file could be read; give a folder with DAG files")
        raise typer.Exit(EXIT_NOTHING_READ)


def _code_section(address: str, bar: "ProgressBar") -> "CodeSection":
    from analyzers.code_analyzer.analyze import analyze
    from analyzers.code_analyzer.options import CodeOptions
    from dagaudit.adapters import open_dag_source

    # One rule only: the models are wanted, and the files that have none because they cannot be parsed.
    return analyze([open_dag_source(address)], CodeOptions(select=(BROKEN_FILE,)), progress=bar)


def _logs_section(address: str, bar: "ProgressBar") -> "LogsSection":
    from analyzers.log_analyzer.analyze import analyze
    from dagaudit.adapters import open_log_source

    return analyze(open_log_source(address), progress=bar)


def _unread(code: "CodeSection", logs: "LogsSection | None") -> "tuple[Failure, ...]":
    """What the numbers lack: files that are no Python, and all that the analyzers could not look at."""
    from dagaudit.finding import Failure

    broken = (
        Failure(part="parsing", path=finding.path, message=f"line {finding.line}: {finding.message}")
        for finding in code.findings
        if finding.rule == BROKEN_FILE
    )
    return (*broken, *code.failures, *(logs.failures if logs else ()))


def _nothing_read(code: "CodeSection", section: "StatsSection") -> bool:
    unreadable = sum(finding.rule == BROKEN_FILE for finding in code.findings)
    return not section.dags and code.coverage.analyzed - unreadable <= 0
