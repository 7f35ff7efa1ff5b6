"""`dagaudit bench code`: how many planted defects the rules find, and what they say besides."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagaudit.errors import SpecInvalid

if TYPE_CHECKING:
    from analyzers.code_analyzer.planting.host import Host

FORMATS = ("text", "json")
EXAMPLES = Path(__file__).parents[3] / "examples" / "dags"
# These show what an audit finds; all others are clean.
FLAWED = frozenset({"churn_scores.py", "crm_export.py", "finance_close.py", "price_updates.py"})


def command(
    dags: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DAGS]…", help="Folders with clean DAG files; the shipped examples else."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Chooses the places where defects are planted.")] = 0,
    cases: Annotated[int, typer.Option(min=1, help="At most so many cases for each rule.")] = 12,
    select: Annotated[list[str] | None, typer.Option(help="Only these rules: DGA4, DGA301.")] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",  # noqa: A002
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Plant defects into clean DAG files and count which are found: 0 done, 2 nothing could be planted."""
    from analyzers.code_analyzer.planting.bench import run_bench
    from analyzers.code_analyzer.planting.forms import all_forms
    from dagaudit.cli.bench.code_report import as_json, as_text
    from dagaudit.cli.output import print_json
    from dagaudit.cli.progress import ProgressBar

    if format not in FORMATS:
        raise SpecInvalid(f"--format {format} is unknown; give one of {', '.join(FORMATS)}")
    wanted = tuple(key.upper() for key in select or ())
    forms = [form for form in all_forms() if not wanted or form.rule.startswith(wanted)]
    with ProgressBar(quiet=quiet) as bar:
        result = run_bench(forms, _hosts(dags or []), bar, seed=seed, most=cases)
    if format == "json":
        print_json(as_json(result))
    else:
        sys.stdout.write(as_text(result))


def _hosts(dags: list[str]) -> "list[Host]":
    from analyzers.code_analyzer.planting.hosts import hosts_of
    from dagaudit.adapters import open_dag_source

    if not dags and not EXAMPLES.is_dir():
        raise SpecInvalid("the example DAGs are not installed; give a folder with clean DAG files")
    if not dags:
        return [host for host in hosts_of(open_dag_source(str(EXAMPLES))) if host.path not in FLAWED]
    return [host for address in dags for host in hosts_of(open_dag_source(address))]
