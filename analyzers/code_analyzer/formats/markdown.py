"""A Markdown table, for job summaries and comments on pull requests."""

import re

from analyzers.code_analyzer.formats import Shown, counted
from dagaudit.finding import Finding

# A comment on GitHub ends at 65,536 characters, so the table ends before that.
MAX_CHARACTERS = 60_000
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~@$-])")


def render(shown: Shown) -> str:
    """A headline, a table worst first, the failures."""
    section = shown.section
    files = f"{section.coverage.analyzed} file{'' if section.coverage.analyzed == 1 else 's'}"
    headline = f"{counted(section.findings)} in {files}"
    if shown.known:
        headline += f"; {shown.known} known before left out"
    text = f"### DagAudit: {headline}\n"
    if section.findings:
        text += "\n| severity | place | rule | what is wrong |\n|---|---|---|---|\n"
    worst = sorted(section.findings, key=lambda finding: (finding.severity.rank, finding.place))
    for number, finding in enumerate(worst):
        row = _row(shown, finding)
        if len(text) + len(row) > MAX_CHARACTERS:
            text += f"\n{len(worst) - number} more findings are left out here.\n"
            break
        text += row
    failed = section.failures[:20]
    if failed:
        text += f"\n**{len(section.failures)} could not be looked at:**\n\n"
    for failure in failed:
        place = f"{_code(failure.path)}: " if failure.path else ""
        text += f"- {place}{_escaped(failure.part)}: {_escaped(failure.message)}\n"
    return text


def _row(shown: Shown, finding: Finding) -> str:
    words = _escaped(finding.message)
    if finding.suggestion:
        words += f"<br>{_escaped(finding.suggestion)}"
    place = _code(f"{shown.path(finding)}:{finding.line}")
    return f"| {finding.severity} | {place} | {finding.rule} {_escaped(finding.name)} | {words} |\n"


def _code(text: str) -> str:
    # Neither a backtick nor a bar of a file's name may end the cell.
    return f"<code>{_entities(text)}</code>"


def _escaped(text: str) -> str:
    """Untrusted text as plain words: no markup, no mention, no link."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[1])};", _one_line(text).replace("&", "&amp;"))


def _entities(text: str) -> str:
    return _SPECIAL.sub(
        lambda found: found[1] if found[1] in "-()" else f"&#{ord(found[1])};",
        _one_line(text).replace("&", "&amp;"),
    )


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
