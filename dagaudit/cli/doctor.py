"""`dagaudit doctor`: checks every connection and permission it can reach, and says how to mend each."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer


def command(
    namespace: Annotated[
        str | None,
        typer.Option("--namespace", "-n", metavar="NS", help="Whose DagAudits; default: the context's."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", metavar="FILE", help="Check what this DagAudit names, from here."),
    ] = None,
    kubeconfig: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: KUBECONFIG, or ~/.kube/config.")
    ] = None,
) -> None:
    """Check the cluster, or with -f the places that a DagAudit names; 1 where something fails."""
    from dagaudit.cli.doctor_check import Check, Verdict

    checks: list[Check] = []

    def tell(found: Iterable[Check]) -> None:
        for check in found:
            checks.append(check)
            typer.echo(check.text)

    if file:
        from dagaudit.cli.doctor_places import place_checks

        tell(place_checks(file))
    # With a file alone, a laptop without a cluster is no failure.
    if not file or namespace or kubeconfig:
        from dagaudit.cli.cluster import connect
        from dagaudit.cli.doctor_cluster import cluster_checks

        tell(cluster_checks(connect(kubeconfig, namespace)))
    failed = sum(check.verdict is Verdict.FAIL for check in checks)
    warned = sum(check.verdict is Verdict.WARN for check in checks)
    typer.echo(f"{len(checks)} checks: {failed} failed, {warned} with a warning")
    raise typer.Exit(1 if failed else 0)
