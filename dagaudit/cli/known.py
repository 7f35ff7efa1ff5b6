"""What `dagaudit code` leaves out because it was there before: in a baseline, or at a git ref."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dagaudit.errors import SpecInvalid

if TYPE_CHECKING:
    from analyzers.code_analyzer.baseline import Compared
    from dagaudit.ports import DagSource
    from dagaudit.section import CodeSection


@dataclass(frozen=True, slots=True)
class Before:
    """What counts as known."""

    baseline: Path | None = None
    write: Path | None = None
    """A baseline to be made of what is found now."""
    ref: str | None = None
    paths: Sequence[str] = ()
    """The audited paths, which are read at the ref, too."""

    @property
    def asked(self) -> bool:
        """Whether anything is compared."""
        return self.baseline is not None or self.write is not None or self.ref is not None

    def check(self) -> None:
        """See that it makes sense before the work begins.

        Raises:
            SpecInvalid: a path that no git repository holds is compared with a ref; or the baseline is none.
        """
        elsewhere = [path for path in self.paths if "://" in path]
        if self.ref is not None and elsewhere:
            raise SpecInvalid(f"--new-only compares folders in git; {elsewhere[0]} is none, use --baseline")
        if self.baseline is not None and self.baseline != self.write:
            _fingerprints(self.baseline)


def known_before(before: Before, audit: Callable[[Sequence["DagSource"]], "CodeSection"]) -> frozenset[str]:
    """The fingerprints of what is not told: those of the baseline and those of the ref.

    Raises:
        SpecInvalid: a baseline cannot be read.
        SourceUnreadable: git does not have what is asked for.
    """
    known: frozenset[str] = frozenset()
    if before.baseline is not None and before.baseline != before.write:
        known |= _fingerprints(before.baseline)
    if before.ref is not None:
        from dagaudit.adapters.git_source import GitTree

        then = audit([GitTree(Path(path), before.ref) for path in before.paths])
        known |= {finding.fingerprint for finding in then.findings}
    return known


def without_known(section: "CodeSection", before: Before, known: frozenset[str]) -> "Compared":
    """The section with its new findings alone; a baseline to be written holds all of them.

    Raises:
        SpecInvalid: a baseline cannot be read or written.
    """
    from analyzers.code_analyzer.baseline import compared, written
    from dagaudit.cli.output import console, plural

    if before.write is not None:
        try:
            before.write.write_bytes(written(section.findings))
        except OSError as error:
            raise SpecInvalid(f"{before.write} cannot be written: {error.strerror}") from error
        count = plural(len(section.findings), "finding", "is", "are")
        console(stderr=True).print(f"{before.write}: {count} the baseline now", markup=False)
        known |= _fingerprints(before.write)
    listed = _fingerprints(before.baseline) if before.baseline is not None else frozenset()
    here = {finding.fingerprint for finding in section.findings}
    return replace(compared(section, known), gone=len(listed - here))


def _fingerprints(file: Path) -> frozenset[str]:
    from analyzers.code_analyzer.baseline import read

    try:
        data = file.read_bytes()
    except OSError as error:
        raise SpecInvalid(
            f"{file} cannot be read: {error.strerror}; make it with --write-baseline {file}"
        ) from error
    return read(data, str(file)).fingerprints
