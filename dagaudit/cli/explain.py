"""`dagaudit explain`: what a rule finds, why, and what to write instead."""

from typing import Annotated

import typer


def command(rule: Annotated[str, typer.Argument(help="Its id or name: DGA301, no-retries.")]) -> None:
    """Say what a rule finds, why that is a problem, and what to write instead."""
    from analyzers.code_analyzer.registry import find_rule
    from analyzers.code_analyzer.rule_page import page

    typer.echo(page(find_rule(rule)), nl=False)
