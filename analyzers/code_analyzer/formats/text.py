"""Findings for people: a place, what is wrong, the line with a caret, what to write instead."""

import unicodedata

from analyzers.code_analyzer.formats import Shown, counted
from dagaudit.finding import Finding, Severity

_COLOURS = {Severity.CRITICAL: "1;31", Severity.HIGH: "31", Severity.MEDIUM: "33", Severity.LOW: "36"}


def render(shown: Shown) -> str:
    """Every finding, every failure and one line that sums up."""
    parts = [_finding(shown, finding) for finding in shown.section.findings]
    for failure in shown.section.failures:
        place = f"{_plain(failure.path)}: " if failure.path else ""
        head = _painted(shown, "1;31", "failed")
        parts.append(f"{place}{head} {_plain(failure.part)}: {_plain(failure.message)}\n")
    return "".join(parts) + _summary(shown)


def _finding(shown: Shown, finding: Finding) -> str:
    place = _painted(shown, "1", f"{_plain(shown.path(finding))}:{finding.line}:{finding.column}")
    severity = _painted(shown, _COLOURS[finding.severity], finding.severity.value)
    head = f"{place}: {severity} {finding.rule} {_plain(finding.message)} [{finding.name}]\n"
    if shown.quiet:
        return head
    return head + _excerpt(finding) + "\n"


def _excerpt(finding: Finding) -> str:
    lines = []
    gutter = " " * len(str(finding.line))
    if finding.evidence:
        text = _plain(finding.evidence.expandtabs(1))
        indent = len(text) - len(text.lstrip())
        lines.append(f"  {finding.line} | {text[indent:]}\n")
        lines.append(f"  {gutter} | {' ' * max(0, finding.column - 1 - indent)}^\n")
    if finding.suggestion:
        lines.append(f"  {gutter} = {_plain(finding.suggestion)}\n")
    return "".join(lines)


def _summary(shown: Shown) -> str:
    section = shown.section
    coverage = section.coverage
    files = f"{coverage.analyzed} file{'' if coverage.analyzed == 1 else 's'}"
    text = f"{counted(section.findings)} in {files}"
    if coverage.skipped:
        text += f", {coverage.skipped} without a DAG left out"
    if shown.known:
        text += f"; {shown.known} known before left out"
    if section.failures:
        text += f"; {len(section.failures)} could not be looked at"
    return f"{text[0].upper()}{text[1:]}.\n"


def _painted(shown: Shown, colour: str, text: str) -> str:
    return f"\033[{colour}m{text}\033[0m" if shown.colour else text


def _plain(text: str) -> str:
    # Source is untrusted: an escape sequence in it must not drive the reader's terminal.
    return "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text)
