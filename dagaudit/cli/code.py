"""`dagaudit code`: the linter."""

import os
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagaudit.cli.commits import tell_commits
from dagaudit.cli.fixing import Fixing, mended, show_diff
from dagaudit.cli.known import Before, known_before, without_known
from dagaudit.errors import AccessRefused, SourceMissing, SpecInvalid
from dagaudit.finding import Failure, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzers.code_analyzer.fixes.mend import Mended
    from analyzers.code_analyzer.formats import Shown
    from analyzers.code_analyzer.options import CodeOptions
    from dagaudit.finding import Finding
    from dagaudit.ports import AuditCache, DagSource
    from dagaudit.section import CodeSection

EXIT_FINDINGS = 1
EXIT_TOOL_FAILED = 2
# A file that cannot be read costs that file: the findings of the others decide.
OF_FILES = ("discovery", "reading")


def command(
    paths: Annotated[list[str], typer.Argument(help="Folders, files or addresses; each is a bundle.")],
    format: Annotated[  # noqa: A002
        str, typer.Option(help="text, json, sarif, github, gitlab, junit, markdown or rdjson.")
    ] = "text",
    select: Annotated[list[str] | None, typer.Option(help="Only these: DGA4, DGA301, no-retries.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Not these rules.")] = None,
    profile: Annotated[str | None, typer.Option(help="default or strict.")] = None,
    target: Annotated[str | None, typer.Option(help="The Airflow version to audit for.")] = None,
    fail_on: Annotated[str | None, typer.Option(help="Exit 1 from this severity on (high).")] = None,
    min_severity: Annotated[str | None, typer.Option(help="Leave out what is less bad.")] = None,
    baseline: Annotated[Path | None, typer.Option(help="Leave out the findings in this file.")] = None,
    write_baseline: Annotated[Path | None, typer.Option(help="Make that file of today's findings.")] = None,
    new_only: Annotated[
        str | None, typer.Option(metavar="REF", help="Leave out what git has at this ref.")
    ] = None,
    cache: Annotated[bool, typer.Option("--cache/--no-cache", help="Skip files that did not change.")] = True,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes at most; default: the cores there are.")
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended safely, in the files.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Also fixes that a person should look through.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what --fix would change; exit 1 if anything.")
    ] = False,
    show_suppressed: Annotated[
        bool, typer.Option("--show-suppressed", help="List what comments silence, too.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="One line for each finding.")] = False,
) -> None:
    """Find what is wrong in the source of DAGs: 0 clean, 1 findings, 2 the tool failed."""
    from analyzers.attempt import attempt
    from analyzers.code_analyzer.analyze import analyze
    from analyzers.code_analyzer.formats import FORMATS, format_called
    from dagaudit.cli.output import problem
    from dagaudit.cli.progress import ProgressBar
    from dagaudit.cores import usable_cores

    if format not in FORMATS:
        raise SpecInvalid(f"--format {format} is unknown; give one of {', '.join(FORMATS)}")
    fixing = Fixing(fix=fix, unsafe=unsafe_fixes, diff=diff)
    fixing.check(paths, format)
    given = {
        "select": ",".join(select or ()),
        "ignore": ",".join(ignore or ()),
        "profile": profile,
        "target": target,
        "fail-on": fail_on,
        "min-severity": min_severity,
    }
    options = replace(_options(given, paths), keep_suppressed=show_suppressed)
    before = Before(baseline, write_baseline, new_only, tuple(paths))
    before.check()
    sources = [_source(path) for path in paths]
    with ProgressBar(quiet=quiet) as bar:
        audits = _cache() if cache else None
        many = jobs or usable_cores()
        audit = partial(analyze, options=options, audits=audits, progress=bar, jobs=many)
        shown = attempt("code", _Work(tuple(paths), sources, audit, options, before, fixing).shown)
    if isinstance(shown, Failure):
        problem(shown.message)
        raise typer.Exit(EXIT_TOOL_FAILED)
    if diff and shown.mended is not None:
        raise typer.Exit(show_diff(shown.mended, shown.roots))
    sys.stdout.write(format_called(format)(replace(shown, quiet=quiet)))
    if not shown.section.coverage.analyzed:
        problem(f"no DAG file could be read in {', '.join(paths)}; give a folder with DAGs, or a DAG file")
    raise typer.Exit(_exit_code(shown.section, options))


def _options(given: dict[str, str | None], paths: list[str]) -> "CodeOptions":
    from analyzers.code_analyzer.options import options_from
    from dagaudit.cli.config import code_options

    local = [Path(path) for path in paths if "://" not in path]
    options = options_from({key: value for key, value in given.items() if value}, code_options(local))
    return replace(options, today=datetime.now(UTC).date())


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be done, with all that it needs."""

    paths: tuple[str, ...]
    sources: "Sequence[DagSource]"
    audit: "Callable[..., CodeSection]"
    options: "CodeOptions"
    before: Before
    fixing: Fixing

    def shown(self) -> "Shown":
        """What is to be told, after the fixes if there are any."""
        from analyzers.code_analyzer.formats import Shown
        from dagaudit.cli.output import console

        known = known_before(self.before, self.audit)
        made = self._mended(known) if self.fixing.asked else None
        found = without_known(self.audit(self.sources), self.before, known)
        tell_commits(self.sources)
        section = found.section
        if made is not None and made.failures:
            section = section.model_copy(update={"failures": (*section.failures, *made.failures)})
        return Shown(
            section,
            tuple(_root(path) for path in self.paths),
            known=found.known if self.before.asked else None,
            gone=found.gone if self.before.baseline is not None else None,
            suppressed=section.suppressed if self.options.keep_suppressed else None,
            mended=made,
            colour=console().is_terminal and not console().no_color,
        )

    def audit_of(self, sources: "Sequence[DagSource]", scope: frozenset[str] | None) -> "CodeSection":
        """The audit of some files alone, of which nothing is kept; or of all."""
        if scope is None:
            return self.audit(sources)
        return self.audit(sources, options=replace(self.options, scope=scope), audits=None, progress=None)

    def _mended(self, known: frozenset[str]) -> "Mended":
        held: set[object] = set()

        def told(sources: "Mapping[int, DagSource]", scope: frozenset[str] | None) -> "Sequence[Finding]":
            # What a baseline leaves out is not mended, not even once an edit gave it another fingerprint.
            numbers = list(sources)
            found = [
                finding.model_copy(update={"bundle": numbers[finding.bundle]})
                for finding in self.audit_of(list(sources.values()), scope).findings
            ]
            held.update(_owner(finding) for finding in found if finding.fingerprint in known)
            return [finding for finding in found if _owner(finding) not in held]

        return mended(self.paths, self.sources, told, self.options, self.fixing)


def _source(path: str) -> "DagSource":
    from dagaudit.adapters import open_dag_source

    place = Path(path)
    if "://" not in path:
        try:
            missing = not place.exists()
            empty = place.is_dir() and not any(place.iterdir())
        except PermissionError as error:
            raise AccessRefused(f"{path} may not be read by this user; grant read permission") from error
        if missing:
            raise SourceMissing(f"{path} does not exist; give a folder with DAGs, or a DAG file")
        if empty:
            raise SourceMissing(f"{path} is empty; give a folder with DAGs, or a DAG file")
    return open_dag_source(path, os.environ)


def _cache() -> "AuditCache":
    from dagaudit.adapters.audit_cache import FolderCache

    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return FolderCache(Path(home) / "dagaudit" / "code")


def _root(path: str) -> str:
    """What leads from the working directory to the bundle's files; empty where nothing short does."""
    place = Path(path)
    if "://" in path:
        return ""
    folder = place if place.is_dir() else place.parent
    try:
        inside = folder.resolve().relative_to(Path.cwd())
    except ValueError:
        return f"{folder.as_posix()}/" if not folder.is_absolute() else ""
    return "" if inside == Path() else f"{inside.as_posix()}/"


def _owner(finding: "Finding") -> tuple[object, ...]:
    return finding.bundle, finding.path, finding.rule, finding.dag_id, finding.task_id


def _exit_code(section: "CodeSection", options: "CodeOptions") -> int:
    crashed = any(failure.part not in OF_FILES for failure in section.failures)
    if crashed or not section.coverage.analyzed:
        return EXIT_TOOL_FAILED
    floor: Severity = options.fail_on
    return EXIT_FINDINGS if any(finding.severity.at_least(floor) for finding in section.findings) else 0
