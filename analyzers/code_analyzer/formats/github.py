"""Workflow commands of GitHub Actions: each finding becomes an annotation in the pull request."""

from analyzers.code_analyzer.formats import Shown
from dagaudit.finding import Applicability, Finding, Severity

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def render(shown: Shown) -> str:
    """One line for each finding and failure."""
    lines = [_annotation(shown, finding) for finding in shown.section.findings]
    for failure in shown.section.failures:
        place = f" file={_property(failure.path)}" if failure.path else ""
        lines.append(f"::error{place}::{_data(f'{failure.part} failed: {failure.message}')}")
    return "".join(f"{line}\n" for line in lines)


def _annotation(shown: Shown, finding: Finding) -> str:
    properties = {
        "file": shown.path(finding),
        "line": finding.line,
        "endLine": finding.end_line or finding.line,
        "col": finding.column,
        "title": f"{finding.rule} {finding.name}",
    }
    if properties["endLine"] != finding.line:
        # GitHub refuses a column where the annotation spans several lines.
        del properties["col"]
    words = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = finding.message if finding.suggestion is None else f"{finding.message}\n{finding.suggestion}"
    if finding.fix is not None:
        # Annotations can carry no edit, only words.
        kind = " --unsafe-fixes" if finding.fix.applicability is Applicability.UNSAFE else ""
        text += f"\ndagaudit code --fix{kind} can do it: {finding.fix.message}"
    return f"::{_LEVELS[finding.severity]} {words}::{_data(text)}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    # What is left would colour or move the log of the job.
    return "".join(char if char.isprintable() else "?" for char in escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
