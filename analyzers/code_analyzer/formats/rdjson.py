"""Reviewdog's diagnostic format, for review bots and editors."""

from typing import Any

import orjson

from analyzers.code_analyzer.formats import Shown
from analyzers.masking import MARK
from dagaudit.finding import Edit, Failure, Finding, Severity

_LEVELS = {
    Severity.CRITICAL: "ERROR",
    Severity.HIGH: "ERROR",
    Severity.MEDIUM: "WARNING",
    Severity.LOW: "INFO",
}
_DOCS = "https://github.com/dagaudit/dagaudit/blob/main/docs/rules"


def render(shown: Shown) -> str:
    """One DiagnosticResult."""
    source = {"name": "dagaudit", "url": "https://github.com/dagaudit/dagaudit"}
    diagnostics = [_diagnostic(shown, finding) for finding in shown.section.findings]
    diagnostics += [_failure(shown, failure) for failure in shown.section.failures]
    document = {"source": source, "diagnostics": diagnostics}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _diagnostic(shown: Shown, finding: Finding) -> dict[str, Any]:
    words = finding.message if finding.suggestion is None else f"{finding.message}\n{finding.suggestion}"
    found: dict[str, Any] = {
        "message": words,
        "location": {"path": shown.path(finding), "range": _range(finding)},
        "severity": _LEVELS[finding.severity],
        "code": {"value": finding.rule, "url": f"{_DOCS}/{finding.rule}.md"},
    }
    suggestions = [_suggestion(finding, edit) for edit in finding.fix.edits] if finding.fix else []
    if suggestions and None not in suggestions:
        found["suggestions"] = suggestions
    return found


def _suggestion(finding: Finding, edit: Edit) -> dict[str, Any] | None:
    start = _bytes(finding, edit.start_line, edit.start_column)
    end = _bytes(finding, edit.end_line, edit.end_column)
    if start is None or end is None:
        return None
    places = {
        "start": {"line": edit.start_line, "column": start},
        "end": {"line": edit.end_line, "column": end},
    }
    return {"range": places, "text": edit.text}


def _bytes(finding: Finding, line: int, column: int) -> int | None:
    """The column in bytes of UTF-8; None where the text before it is not known, or masked."""
    if column == 1:
        return 1
    before = (finding.evidence or "")[: column - 1] if line == finding.line else ""
    return len(before.encode()) + 1 if len(before) == column - 1 and MARK not in before else None


def _range(finding: Finding) -> dict[str, Any]:
    # The format counts columns in bytes of UTF-8, we count characters; the masked line may be another text,
    # so a column is told only where both counts agree.
    start: dict[str, int] = {"line": finding.line}
    before = (finding.evidence or "")[: finding.column - 1]
    if len(before) == finding.column - 1 and before.isascii():
        start["column"] = finding.column
    found = {"start": start}
    if finding.end_line is not None and finding.end_line > finding.line:
        found["end"] = {"line": finding.end_line}
    return found


def _failure(shown: Shown, failure: Failure) -> dict[str, Any]:
    return {
        "message": f"{failure.part} failed: {failure.message}",
        "location": {"path": shown.root(0) + (failure.path or ".")},
        "severity": "ERROR",
    }
