"""JUnit XML: every finding is a failed test, for CI systems that know nothing else."""

import re
from xml.sax.saxutils import escape, quoteattr

from analyzers.code_analyzer.formats import Shown
from dagaudit.finding import Failure, Finding

# What no XML 1.0 document may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(shown: Shown) -> str:
    """One suite; where nothing is wrong it has one test that passed, as some readers refuse an empty one."""
    section = shown.section
    cases = [_case(shown, finding) for finding in section.findings]
    cases += [_error(failure) for failure in section.failures]
    if not cases:
        cases = ['  <testcase classname="dagaudit" name="no findings"/>\n']
    totals = f'tests="{len(cases)}" failures="{len(section.findings)}" errors="{len(section.failures)}"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites {totals}>\n <testsuite name="dagaudit code" {totals}>\n'
        f"{''.join(cases)}"
        " </testsuite>\n</testsuites>\n"
    )


def _case(shown: Shown, finding: Finding) -> str:
    path = shown.path(finding)
    name = f"{finding.rule} {finding.name} at line {finding.line}"
    lines = [f"{path}:{finding.line}:{finding.column}", finding.message]
    lines += [text for text in (finding.evidence, finding.suggestion) if text]
    place = f'file={_attribute(path)} line="{finding.line}"'
    return (
        f"  <testcase classname={_attribute(path)} name={_attribute(name)} {place}>\n"
        f"   <failure type={_attribute(finding.severity.value)} message={_attribute(finding.message)}>"
        f"{_text(chr(10).join(lines))}</failure>\n"
        "  </testcase>\n"
    )


def _error(failure: Failure) -> str:
    return (
        f"  <testcase classname={_attribute(failure.path or 'dagaudit')} name={_attribute(failure.part)}>\n"
        f'   <error type="failed" message={_attribute(failure.message)}/>\n'
        "  </testcase>\n"
    )


def _attribute(text: str) -> str:
    # A raw line end in an attribute would be read as a blank.
    return quoteattr(_legal(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("?", text)
