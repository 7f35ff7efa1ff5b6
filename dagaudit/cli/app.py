"""The command group: one module per command, each with a function `command`."""

import gc
import logging
import os
import sys
from importlib import import_module

import typer

from analyzers.attempt import attempt
from dagaudit import __version__
from dagaudit.cli.output import problem
from dagaudit.errors import DagAuditError, SpecInvalid
from dagaudit.finding import Failure

# In the order of the help. Modules import heavy libraries inside their functions, so that start-up is short.
COMMANDS: tuple[str, ...] = (
    "audit",
    "code",
    "migrate",
    "logs",
    "note",
    "stats",
    "drift",
    "graph",
    "templates",
    "rules",
    "explain",
    "dashboard",
    "init",
    "run",
    "doctor",
)
EXIT_RETRY = 1
EXIT_TOOL_FAILED = 2
EXIT_SPEC_INVALID = 78

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name in COMMANDS:
    app.command(_name)(import_module(f"dagaudit.cli.{_name}").command)
app.add_typer(import_module("dagaudit.cli.bench").app, name="bench")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dagaudit {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show it."),
    verbose: bool = typer.Option(False, "--verbose", "-v", help="Tell the story on stderr."),
) -> None:
    """Audits Airflow DAGs: source, task logs and run history."""
    del version
    logging.basicConfig(
        level=logging.INFO if verbose else logging.CRITICAL, format="%(levelname)s %(name)s: %(message)s"
    )


def main() -> None:
    """Run the command line; an error of ours is one sentence and an exit code, never a traceback."""
    # Syntax trees are many small objects that all live until their file is done: looking at them again and
    # again for garbage took a sixth of the time.
    gc.set_threshold(100_000, 20, 20)
    crashed = attempt("dagaudit", _run)
    if isinstance(crashed, Failure):
        problem(
            f"dagaudit itself is at fault: {crashed.message}; please report it with what "
            "`dagaudit --verbose` and the same arguments say"
        )
        sys.exit(EXIT_RETRY if _is_audit() else EXIT_TOOL_FAILED)


def _run() -> None:
    try:
        try:
            app()
        finally:
            # Here, where it can be told, and not while the interpreter ends.
            sys.stdout.flush()
    except SpecInvalid as error:
        problem(str(error))
        sys.exit(EXIT_SPEC_INVALID if _is_audit() else EXIT_TOOL_FAILED)
    except DagAuditError as error:
        problem(str(error))
        sys.exit(EXIT_RETRY if _is_audit() else EXIT_TOOL_FAILED)
    except BrokenPipeError:
        # `dagaudit code | head`: the reader has gone, which is no error of ours.
        _drop_output()
        sys.exit(0)
    except SystemExit:
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":
            # Click met the same; it ends with 1, which would say that there are findings.
            _drop_output()
            sys.exit(0)
        raise
    except OSError as error:
        # A full disk under `> findings.json`; an exit code of 1 would say that there are findings.
        where = error.filename or "the output"
        problem(f"{where} cannot be read or written: {error.strerror or error}")
        _drop_output()
        sys.exit(EXIT_RETRY if _is_audit() else EXIT_TOOL_FAILED)


def _is_audit() -> bool:
    """Whether the exit codes of a run hold, which docs/contract.md lists, and not those of a linter."""
    return next((word for word in sys.argv[1:] if not word.startswith("-")), "") == "audit"


def _drop_output() -> None:
    """What could not be written would be tried again, and complained about again, at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
