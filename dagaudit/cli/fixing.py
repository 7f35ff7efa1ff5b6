"""`dagaudit code --fix` and `--diff`: tries the fixes in memory, then writes or shows what came of them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dagaudit.errors import DagAuditError, SpecInvalid

if TYPE_CHECKING:
    from analyzers.code_analyzer.fixes.mend import Audit, Mended
    from analyzers.code_analyzer.options import CodeOptions
    from dagaudit.ports import DagSource

EXIT_CHANGES = 1
EXIT_TOOL_FAILED = 2


@dataclass(frozen=True, slots=True)
class Fixing:
    """Which fixes are asked for, and what shall come of them."""

    fix: bool = False
    unsafe: bool = False
    diff: bool = False

    @property
    def asked(self) -> bool:
        """Whether any fix is to be tried."""
        return self.fix or self.diff

    def check(self, paths: Sequence[str], format: str) -> None:  # noqa: A002 - as the option is called
        """See that it can be done.

        Raises:
            SpecInvalid: the options contradict each other, or a source cannot be written to.
        """
        if self.unsafe and not self.asked:
            raise SpecInvalid("--unsafe-fixes says which fixes to make; give --fix or --diff with it")
        if self.diff and format != "text":
            raise SpecInvalid(f"--diff prints a diff and nothing else; leave out --format {format}")
        elsewhere = [path for path in paths if "://" in path and not path.startswith("file://")]
        if self.fix and not self.diff and elsewhere:
            raise SpecInvalid(
                f"--fix cannot write to {elsewhere[0]}; fix a folder of this machine, or see --diff"
            )


def mended(
    paths: Sequence[str],
    sources: Sequence["DagSource"],
    told: "Audit",
    options: "CodeOptions",
    fixing: Fixing,
) -> "Mended":
    """What the fixes make of the sources; with `--fix` it is on the disk afterwards."""
    from analyzers.code_analyzer.fixes.mend import mend
    from dagaudit.adapters.file_edit import refusal

    roots = [Path(path.removeprefix("file://")) for path in paths]

    def refuse(bundle: int, path: str) -> str | None:
        return None if fixing.diff else refusal(roots[bundle], path)

    made = mend(sources, told, options, refuse, unsafe=fixing.unsafe)
    if not fixing.diff:
        _write(made, roots)
    return made


def _write(made: "Mended", roots: Sequence[Path]) -> None:
    from dagaudit.adapters.file_edit import replace_file

    for bundle, files in enumerate(made.files):
        for path, data in sorted(files.items()):
            try:
                replace_file(roots[bundle], path, made.before[bundle][path], data)
            except DagAuditError as error:
                # The others are still worth having.
                made.undo(bundle, path, str(error))


def show_diff(made: "Mended", roots: Sequence[str]) -> int:
    """Print what would change; the exit code: 1 where anything would, 2 where a file could not be tried."""
    from analyzers.code_analyzer.fixes.diff import unified_diff
    from dagaudit.cli.output import console, plural, problem

    files = 0
    for bundle, changed in enumerate(made.files):
        for path, data in sorted(changed.items()):
            files += 1
            sys.stdout.write(unified_diff(roots[bundle] + path, made.before[bundle][path], data))
    for failure in made.failures:
        problem(failure.message)
    for each in made.dropped:
        place = f"{roots[each.finding.bundle]}{each.finding.path}:{each.finding.line}"
        console(stderr=True).print(f"{place}: not fixed: {each.finding.rule} {each.reason}", markup=False)
    text = f"{plural(len(made.made), 'finding')} would be fixed in {plural(files, 'file')}."
    console(stderr=True).print(text, markup=False)
    if made.failures:
        return EXIT_TOOL_FAILED
    return EXIT_CHANGES if files else 0
