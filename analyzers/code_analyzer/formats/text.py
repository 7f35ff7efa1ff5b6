"""Findings for people: a place, what is wrong, the line with a caret, what to write instead."""

import unicodedata
from collections.abc import Iterator

from analyzers.code_analyzer.fixes.mend import Settled
from analyzers.code_analyzer.formats import Shown, counted, fixable
from dagaudit.finding import Applicability, Finding, Severity

_COLOURS = {Severity.CRITICAL: "1;31", Severity.HIGH: "31", Severity.MEDIUM: "33", Severity.LOW: "36"}


def render(shown: Shown) -> str:
    """Every finding, every failure and one line that sums up."""
    parts = [_finding(shown, finding) for finding in shown.section.findings]
    parts += [_suppressed(shown, finding) for finding in shown.suppressed or ()]
    for failure in shown.section.failures:
        place = f"{_plain(failure.path)}: " if failure.path else ""
        head = _painted(shown, "1;31", "failed")
        parts.append(f"{place}{head} {_plain(failure.part)}: {_plain(failure.message)}\n")
    if shown.mended is not None:
        parts += [_dropped(shown, settled) for settled in shown.mended.dropped]
    return "".join(parts) + _summary(shown)


def _finding(shown: Shown, finding: Finding) -> str:
    place = _painted(shown, "1", f"{_plain(shown.path(finding))}:{finding.line}:{finding.column}")
    severity = _painted(shown, _COLOURS[finding.severity], finding.severity.value)
    head = f"{place}: {severity} {finding.rule} {_plain(finding.message)} [{finding.name}]\n"
    if shown.quiet:
        return head
    return head + _excerpt(finding) + "\n"


def _suppressed(shown: Shown, finding: Finding) -> str:
    place = f"{_plain(shown.path(finding))}:{finding.line}:{finding.column}"
    head = f"{place}: suppressed {finding.rule} {_plain(finding.message)} [{finding.name}]\n"
    return head if shown.quiet else head + _excerpt(finding) + "\n"


def _dropped(shown: Shown, settled: Settled) -> str:
    finding = settled.finding
    place = f"{_plain(shown.path(finding))}:{finding.line}:{finding.column}"
    return f"{place}: not fixed: {finding.rule} {_plain(settled.reason or '')}\n"


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
    if finding.fix is not None:
        options = "--fix" if finding.fix.applicability is Applicability.SAFE else "--fix --unsafe-fixes"
        what = finding.fix.message if finding.fix.message != finding.suggestion else "do that"
        lines.append(f"  {gutter} = {options}: {_plain(what)}\n")
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
    return f"{text[0].upper()}{text[1:]}.\n" + "".join(f"{line}\n" for line in _notes(shown))


def _notes(shown: Shown) -> Iterator[str]:
    if shown.mended is not None:
        files = sum(map(len, shown.mended.files))
        yield f"{_number(len(shown.mended.made), 'finding')} fixed in {_number(files, 'file')}."
    safe, unsafe = fixable(shown.section.findings)
    if safe and shown.mended is None:
        yield f"{safe} can be fixed with --fix{f', {unsafe} more with --unsafe-fixes' if unsafe else ''}."
    elif unsafe:
        yield f"{unsafe} can be fixed with --fix --unsafe-fixes, which a person should look through."
    if shown.suppressed:
        yield f"{_number(len(shown.suppressed), 'finding')} suppressed."
    if shown.gone:
        verb = "is" if shown.gone == 1 else "are"
        yield f"{shown.gone} of the baseline {verb} no more; renew it with --write-baseline."


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _painted(shown: Shown, colour: str, text: str) -> str:
    return f"\033[{colour}m{text}\033[0m" if shown.colour else text


def _plain(text: str) -> str:
    # Source is untrusted: an escape sequence in it must not drive the reader's terminal.
    return "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text)
