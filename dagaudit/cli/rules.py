"""`dagaudit rules`: the catalogue."""

from typing import Annotated, Any

import typer

from dagaudit.cli.output import print_json
from dagaudit.errors import SpecInvalid


def command(
    format: Annotated[str, typer.Option(help="text or json.")] = "text",  # noqa: A002
) -> None:
    """List every rule: id, name, severity, profile and what it finds."""
    from analyzers.code_analyzer.registry import all_rules
    from analyzers.code_analyzer.rule_text import rule_text

    rows: list[dict[str, Any]] = [
        {
            "id": rule.id,
            "name": rule.name,
            "severity": rule.severity.value,
            "profile": rule.profile.value,
            "kind": rule.kind.value,
            "tags": list(rule.tags),
            "since": rule.since,
            "options": dict(rule.options),
            "fixes": [kind.value for kind in rule.fixes],
            "summary": rule_text(rule.documentation).summary,
        }
        for rule in all_rules()
    ]
    if format == "json":
        print_json({"schema_version": "1.0.0", "rules": rows})
    elif format == "text":
        width = max(len(str(row["name"])) for row in rows)
        for row in rows:
            profile = "" if row["profile"] == "default" else f" ({row['profile']})"
            fix = f" [{' or '.join(row['fixes'])} fix]" if row["fixes"] else ""
            typer.echo(
                f"{row['id']}  {row['name']:{width}}  {row['severity']:8}  {row['summary']}{profile}{fix}"
            )
    else:
        raise SpecInvalid(f"--format {format} is unknown; give one of text, json")
