"""`dagaudit bench`: measures on planted cases what the analyzers find; one module per analyzer."""

from importlib import import_module

import typer

COMMANDS: tuple[str, ...] = ("code", "logs")

app = typer.Typer(no_args_is_help=True, help="Measure what the analyzers find, on planted cases.")
for _name in COMMANDS:
    app.command(_name)(import_module(f"dagaudit.cli.bench.{_name}").command)
