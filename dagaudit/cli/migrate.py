"""`dagaudit migrate`: what stands between DAGs of Airflow 2 and Airflow 3."""

import sys
from functools import partial
from typing import Annotated

import typer

from dagaudit.errors import SpecInvalid
from dagaudit.finding import Failure

FORMATS = ("text", "json", "markdown")
EXIT_WORK = 1
EXIT_TOOL_FAILED = 2


def command(
    paths: Annotated[list[str], typer.Argument(help="Folders, files or addresses; each is a bundle.")],
    from_: Annotated[str, typer.Option("--from", help="The Airflow 2 that runs them today.")] = "2.11",
    to: Annotated[str, typer.Option(help="The Airflow 3 that they shall run on.")] = "3.3",
    format: Annotated[str, typer.Option(help="text, json or markdown.")] = "text",  # noqa: A002
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Say what must change for Airflow 3: 0 every DAG is ready, 1 there is work, 2 the tool failed."""
    from analyzers.attempt import attempt
    from analyzers.code_analyzer.migration import as_text
    from analyzers.code_analyzer.migration.migrate import migrate
    from dagaudit.cli.code import _source
    from dagaudit.cli.output import plain, print_json, problem
    from dagaudit.cli.progress import ProgressBar

    if format not in FORMATS:
        raise SpecInvalid(f"--format {format} is unknown; give one of {', '.join(FORMATS)}")
    sources = [_source(path) for path in paths]
    with ProgressBar(quiet=quiet) as bar:
        report = attempt("migrate", partial(migrate, sources, from_, to, bar))
    if isinstance(report, Failure):
        problem(report.message)
        raise typer.Exit(EXIT_TOOL_FAILED)
    if format == "json":
        print_json(report)
    else:
        made = as_text.text(report) if format == "text" else as_text.markdown(report)
        sys.stdout.write("\n".join(map(plain, made.split("\n"))))
    if not report.coverage.analyzed:
        problem(f"no DAG file could be read in {', '.join(paths)}; give a folder with DAGs, or a DAG file")
        raise typer.Exit(EXIT_TOOL_FAILED)
    if report.failures:
        raise typer.Exit(EXIT_TOOL_FAILED)
    raise typer.Exit(0 if report.totals.ready == report.totals.dags else EXIT_WORK)
