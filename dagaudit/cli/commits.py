"""Says which commit a branch or a tag was."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dagaudit.cli.output import console

if TYPE_CHECKING:
    from dagaudit.ports import DagSource


def tell_commits(sources: Iterable["DagSource"]) -> None:
    """One line on stderr for each source that came out of a repository."""
    for source in sources:
        commit = getattr(source, "commit", None)
        if commit:
            console(stderr=True).print(f"{source.address} is at commit {commit}", markup=False)
