"""`dagaudit graph`: the DAGs that a source defines, without running it."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dagaudit.errors import SpecInvalid

if TYPE_CHECKING:
    from dagaudit.dag import DagModel
    from dagaudit.finding import Failure

FORMATS = ("text", "json", "mermaid")
EXIT_TOOL_FAILED = 2


def command(
    paths: Annotated[list[str], typer.Argument(help="Folders, files or addresses; each is a bundle.")],
    dag: Annotated[str | None, typer.Option(help="Only the DAG of this id.")] = None,
    target: Annotated[str, typer.Option(help="The Airflow version to read for.")] = "3.3",
    format: Annotated[str, typer.Option(help="text, json or mermaid.")] = "text",  # noqa: A002
) -> None:
    """Show tasks and dependencies of DAGs: 0 done, 2 nothing could be read."""
    from analyzers.code_analyzer.graph_text import mermaid, outline
    from analyzers.code_analyzer.options import version_of
    from dagaudit.cli.output import plain, print_json, problem
    from dagaudit.section import SCHEMA_VERSION

    if format not in FORMATS:
        raise SpecInvalid(f"--format {format} is unknown; give one of {', '.join(FORMATS)}")
    dags, failures, analyzed = read(paths, version_of(target))
    if dag is not None:
        dags = [model for model in dags if model.dag_id == dag]
        if not dags:
            failures = [*failures, _missing(dag)]
    if format == "json":
        print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "dags": [model.model_dump(mode="json") for model in dags],
                "failures": [failure.model_dump(mode="json") for failure in failures],
            }
        )
    else:
        sys.stdout.write(mermaid(dags) if format == "mermaid" else outline(dags))
        for failure in failures:
            sys.stderr.write(plain(f"{failure.part}: {failure.message}") + "\n")
    if not analyzed:
        problem(f"nothing could be read in {', '.join(paths)}; give a folder with DAGs, or a DAG file")
    if not analyzed or (dag is not None and not dags):
        raise typer.Exit(EXIT_TOOL_FAILED)


def _missing(dag_id: str) -> "Failure":
    from dagaudit.finding import Failure

    return Failure(
        part="graph", message=f"no DAG has the id {dag_id}; `dagaudit graph PATH` lists those that there are"
    )


def read(paths: list[str], target: tuple[int, int]) -> "tuple[list[DagModel], list[Failure], int]":
    """All DAGs of the sources sorted by place, what could not be read, and how many files could."""
    from analyzers.attempt import attempt
    from analyzers.code_analyzer.bundle import BrokenFile, Bundle
    from analyzers.code_analyzer.file_model import FileModel
    from analyzers.code_analyzer.wire_model import wire_dags
    from dagaudit.adapters import open_dag_source
    from dagaudit.cli.commits import tell_commits
    from dagaudit.finding import Failure

    dags: list[DagModel] = []
    failures: list[Failure] = []
    analyzed = 0
    for number, path in enumerate(paths):
        bundle = Bundle(source := open_dag_source(path, os.environ), number, target)
        found = attempt("discovery", bundle.discover, path)
        if isinstance(found, Failure):
            failures.append(found)
            continue
        for model in bundle.models():
            if isinstance(model, BrokenFile):
                failures.append(Failure(part="parsing", path=model.path, message=str(model.error)))
                continue
            # Without a memory of earlier runs every file is read anew.
            assert isinstance(model, FileModel)
            analyzed += 1
            if model.raises_because is not None and not model.dags:
                message = (
                    f"{model.path} defines no DAG, because Airflow cannot load it: {model.raises_because}"
                )
                failures.append(Failure(part="interpreter", path=model.path, message=message))
            if model.is_dag_candidate:
                dags += wire_dags(model, bundle=number, target=target)
        failures += bundle.failures
        tell_commits([source])
    dags.sort(key=lambda model: (model.bundle, model.path, model.line, model.dag_id))
    failures.sort(key=lambda failure: (failure.path or "", failure.part, failure.message))
    return dags, failures, analyzed
