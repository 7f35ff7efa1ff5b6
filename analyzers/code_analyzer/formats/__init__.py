"""How the findings are written down: for people, for programs, for code scanning, for a pull request."""

from collections.abc import Callable
from dataclasses import dataclass

from analyzers.code_analyzer.fixes.mend import Mended
from dagaudit.finding import Applicability, Finding, Severity
from dagaudit.section import CodeSection


@dataclass(frozen=True, slots=True)
class Shown:
    """What a format is given."""

    section: CodeSection
    roots: tuple[str, ...] = ()
    """What goes before a finding's path, by bundle: `dags/`; empty for none."""
    known: int | None = None
    """How many findings were left out because they were there before; None where nobody asked."""
    gone: int | None = None
    """How many findings of the baseline are no more; None where there is none."""
    suppressed: tuple[Finding, ...] | None = None
    """What comments silenced; None where nobody asked."""
    mended: Mended | None = None
    """What `--fix` did; None where nobody asked."""
    colour: bool = False
    quiet: bool = False
    """Text only: one line a finding, no source."""

    def path(self, finding: Finding) -> str:
        """The finding's path as the reader would type it."""
        return self.root(finding.bundle) + finding.path

    def root(self, bundle: int) -> str:
        """What goes before a path of this bundle."""
        return self.roots[bundle] if bundle < len(self.roots) else ""


Format = Callable[[Shown], str]
FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit", "markdown", "rdjson")


def format_called(name: str) -> Format:
    """The format with this name, one of FORMATS."""
    from importlib import import_module

    render: Format = import_module(f"{__name__}.{name}").render
    return render


def fixable(findings: tuple[Finding, ...]) -> tuple[int, int]:
    """How many findings offer a safe fix, and how many an unsafe one."""
    kinds = [finding.fix.applicability for finding in findings if finding.fix is not None]
    safe = kinds.count(Applicability.SAFE)
    return safe, len(kinds) - safe


def counted(findings: tuple[Finding, ...]) -> str:
    """`3 findings (1 critical, 2 low)`."""
    if not findings:
        return "no findings"
    counts = {severity: sum(finding.severity is severity for finding in findings) for severity in Severity}
    parts = ", ".join(f"{count} {severity}" for severity, count in counts.items() if count)
    return f"{len(findings)} finding{'s' if len(findings) > 1 else ''} ({parts})"
