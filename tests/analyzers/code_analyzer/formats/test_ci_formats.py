"""What GitLab, JUnit readers, Markdown and reviewdog get."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from analyzers.code_analyzer.formats import FORMATS, Shown, format_called
from analyzers.code_analyzer.formats import markdown as markdown_format
from dagaudit.finding import Failure, Finding, Severity
from dagaudit.section import CodeSection, Coverage, SectionStatus

FAILURE = Failure(part="rule DGA402", path="b.py", message="ZeroDivisionError: 50% of\nnothing")
HOSTILE = "</failure>]]> <script>|`@everyone` [a](javascript:b)\n# \x1b[31m\x00 & \ud800 \U0001f600"


def finding(**changes):
    fields = {
        "rule": "DGA401",
        "name": "metadata-call-at-parse",
        "severity": Severity.MEDIUM,
        "path": "a.py",
        "line": 3,
        "column": 5,
        "end_line": 4,
        "dag_id": "load",
        "message": "Variable.get() asks",
        "evidence": "    Variable.get('x')",
        "suggestion": "use a template",
        "fingerprint": "0123456789abcdef",
    }
    return Finding(**{**fields, **changes})


def render(name, *findings, failures=(), **shown):
    section = CodeSection(
        status=SectionStatus.PARTIAL if failures else SectionStatus.OK,
        findings=findings,
        failures=failures,
        coverage=Coverage(seen=3, analyzed=2, skipped=1),
    )
    return format_called(name)(Shown(section, **shown))


def test_gitlab_issue_has_what_code_quality_asks_for():
    issues = json.loads(render("gitlab", finding(), roots=("dags/",)))

    assert [issue["location"] for issue in issues] == [{"path": "dags/a.py", "lines": {"begin": 3, "end": 4}}]
    assert issues[0]["check_name"] == "DGA401 metadata-call-at-parse"
    assert issues[0]["severity"] == "major"
    assert issues[0]["description"] == "DGA401: Variable.get() asks; use a template"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("critical", "blocker"), ("high", "critical"), ("medium", "major"), ("low", "minor")],
)
def test_gitlab_severities(ours, theirs):
    (issue,) = json.loads(render("gitlab", finding(severity=Severity(ours))))

    assert issue["severity"] == theirs


def test_gitlab_fingerprint_outlives_a_moved_line():
    (before,), (after,) = (json.loads(render("gitlab", finding(line=line))) for line in (3, 4))

    assert before["fingerprint"] == after["fingerprint"]


def test_gitlab_fingerprints_are_unique():
    issues = json.loads(render("gitlab", finding(), finding(bundle=1), roots=("a/", "b/")))

    assert len({issue["fingerprint"] for issue in issues}) == 2


def test_gitlab_without_findings_is_an_empty_array():
    assert json.loads(render("gitlab")) == []


def test_junit_counts_findings_as_failures_and_failures_as_errors():
    root = ElementTree.fromstring(render("junit", finding(), failures=(FAILURE,)))

    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "1", "1")
    assert root.find(".//failure").get("message") == "Variable.get() asks"
    assert root.find(".//error").get("message") == FAILURE.message
    assert root.find(".//testcase").get("line") == "3"


def test_junit_without_findings_has_a_test_that_passed():
    root = ElementTree.fromstring(render("junit"))

    assert [list(case) for case in root.iter("testcase")] == [[]]


def test_markdown_table_is_worst_first():
    text = render("markdown", finding(), finding(rule="DGA101", severity=Severity.CRITICAL))

    assert text.startswith("### DagAudit: 2 findings (1 critical, 1 medium) in 2 files\n")
    assert text.index("DGA101") < text.index("DGA401")


def test_markdown_stays_within_a_comment():
    text = render("markdown", *[finding(line=line) for line in range(1, 2000)])

    assert len(text) < 65_536
    assert "more findings are left out here" in text
    assert len(text) > markdown_format.MAX_CHARACTERS - 1000


def test_markdown_shows_failures():
    assert "**1 could not be looked at:**" in render("markdown", failures=(FAILURE,))


def test_markdown_of_hostile_text_has_our_tags_only():
    seen = set()

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            seen.add(tag)

    text = render("markdown", finding(message=HOSTILE, path="a|b`<b>.py"), failures=(FAILURE,))
    Tags().feed(text)
    row = next(line for line in text.splitlines() if "DGA401" in line)

    assert seen <= {"code", "br"}
    assert row.count("|") == 5
    assert not any(char in text for char in "`@[")


def test_rdjson_diagnostic_names_place_rule_and_page():
    document = json.loads(render("rdjson", finding(), roots=("dags/",)))

    assert document["source"]["name"] == "dagaudit"
    assert document["diagnostics"] == [
        {
            "message": "Variable.get() asks\nuse a template",
            "location": {
                "path": "dags/a.py",
                "range": {"start": {"line": 3, "column": 5}, "end": {"line": 4}},
            },
            "severity": "WARNING",
            "code": {
                "value": "DGA401",
                "url": "https://github.com/dagaudit/dagaudit/blob/main/docs/rules/DGA401.md",
            },
        }
    ]


def test_rdjson_leaves_out_a_column_that_bytes_would_shift():
    document = json.loads(render("rdjson", finding(evidence="é = Variable.get('x')")))

    assert document["diagnostics"][0]["location"]["range"]["start"] == {"line": 3}


@pytest.mark.parametrize("name", ["gitlab", "rdjson"])
def test_failures_are_told(name):
    assert "ZeroDivisionError" in render(name, failures=(FAILURE,))


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json", "sarif", "text", "github"}))
def test_hostile_text_breaks_no_format(name):
    message = HOSTILE.replace("\ud800", "")
    text = render(name, finding(message=message, path="a</x>.py"), failures=(FAILURE,))

    if name == "junit":
        ElementTree.fromstring(text)
    elif name != "markdown":
        json.loads(text)
    assert "\x00" not in text
    assert "\x1b" not in text
