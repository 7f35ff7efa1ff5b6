"""The `dagaudit` command: a composition root, one module per command."""

from dagaudit.cli.app import main

__all__ = ["main"]
