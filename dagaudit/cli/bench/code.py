"""`dagaudit bench code`: how many planted defects the rules find, and what they say besides."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagaudit.errors import SpecInvalid

if TYPE_CHECKING:
    from analyzers.code_analyzer.planting.host import Host
    from analyzers.code_analyzer.planting.structure import Agreement

FORMATS = ("text", "json")
ROUNDS = 3
EXIT_NOTHING_PLANTED = 2
EXAMPLES = Path(__file__).parents[3] / "examples" / "dags"
# These show what an audit finds; all others are clean.
FLAWED = frozenset({"churn_scores.py", "crm_export.py", "finance_close.py", "price_updates.py"})


def command(
    dags: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DAGS]…", help="Folders with clean DAG files; else the shipped ones."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Chooses the places where defects are planted.")] = 0,
    cases: Annotated[int, typer.Option(min=1, help="At most so many cases for each rule.")] = 12,
    select: Annotated[list[str] | None, typer.Option(help="Only these rules: DGA4, DGA301.")] = None,
    airflow: Annotated[
        str | None,
        typer.Option(
            metavar="PYTHON", help="A Python with Airflow 3: its examples, and its word on structure."
        ),
    ] = None,
    peers: Annotated[
        list[Path] | None,
        typer.Option(metavar="VENV", help="Virtualenvs with other linters: their speed."),
    ] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",  # noqa: A002
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Plant defects into clean DAG files and count which are found: 0 done, 2 nothing could be planted."""
    from analyzers.code_analyzer.planting.bench import run_bench
    from analyzers.code_analyzer.planting.forms import all_forms
    from dagaudit.cli.bench.airflow_examples import example_folders
    from dagaudit.cli.bench.code_report import Beside, as_json, as_text
    from dagaudit.cli.bench.peers import measured
    from dagaudit.cli.output import print_json, problem
    from dagaudit.cli.progress import ProgressBar

    if format not in FORMATS:
        raise SpecInvalid(f"--format {format} is unknown; give one of {', '.join(FORMATS)}")
    wanted = tuple(key.strip().upper() for keys in select or () for key in keys.split(",") if key.strip())
    forms = [form for form in all_forms() if not wanted or form.rule.startswith(wanted)]
    folders = example_folders(airflow) if airflow else []
    hosts = _hosts(dags or [], folders)
    with ProgressBar(quiet=quiet) as bar:
        result = run_bench(forms, hosts, bar, seed=seed, most=cases)
    beside = Beside(
        _agreement(airflow, folders) if airflow else None,
        measured([(host.path, host.text) for host in hosts], peers, ROUNDS) if peers else {},
        len(hosts),
    )
    if format == "json":
        print_json(as_json(result, beside))
    else:
        sys.stdout.write(as_text(result, beside))
    if not result.cases:
        chosen = f" of {', '.join(wanted)}" if wanted else ""
        problem(f"nothing{chosen} could be planted; give a folder with clean DAG files, or other rules")
        raise typer.Exit(EXIT_NOTHING_PLANTED)


def _agreement(airflow: str, folders: list[Path]) -> "Agreement":
    from analyzers.code_analyzer.options import DEFAULT_TARGET
    from analyzers.code_analyzer.planting.structure import agreement
    from dagaudit.cli.bench.airflow_examples import real_structure
    from dagaudit.cli.graph import read

    ours, _, _ = read([str(folder) for folder in folders], DEFAULT_TARGET)
    return agreement(ours, real_structure(airflow, folders))


def _hosts(dags: list[str], folders: list[Path]) -> "list[Host]":
    from analyzers.code_analyzer.planting.hosts import hosts_of, own_hosts
    from dagaudit.adapters import open_dag_source

    found = [] if dags else own_hosts()
    if not dags and EXAMPLES.is_dir():
        found += [host for host in hosts_of(open_dag_source(str(EXAMPLES))) if host.path not in FLAWED]
    given = [*dags, *map(str, folders)]
    return [*found, *(host for address in given for host in hosts_of(open_dag_source(address)))]
