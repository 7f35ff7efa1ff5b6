"""How findings are written down."""

import json
import re

import pytest
from jsonschema import Draft7Validator

from analyzers.code_analyzer.formats import Shown, format_called
from analyzers.code_analyzer.formats import sarif as sarif_format
from analyzers.code_analyzer.registry import all_rules
from dagaudit.finding import Failure, Finding, Severity
from dagaudit.section import CodeSection, Coverage, SectionStatus

FAILURE = Failure(part="rule DGA402", path="b.py", message="ZeroDivisionError: 50% of\nnothing")


def finding(**changes):
    fields = {
        "rule": "DGA401",
        "name": "metadata-call-at-parse",
        "severity": Severity.MEDIUM,
        "path": "team a/a.py",
        "line": 3,
        "column": 5,
        "end_line": 3,
        "dag_id": "load",
        "message": "Variable.get() asks: often, 100%",
        "evidence": "    Variable.get('x')",
        "suggestion": "use a template",
        "fingerprint": "0123456789abcdef",
    }
    return Finding(**{**fields, **changes})


def section(*findings, failures=()):
    status = SectionStatus.PARTIAL if failures else SectionStatus.OK
    return CodeSection(
        status=status,
        findings=findings,
        failures=failures,
        coverage=Coverage(seen=3, analyzed=2, skipped=1),
    )


def render(name, *findings, failures=(), **shown):
    return format_called(name)(Shown(section(*findings, failures=failures), **shown))


def test_text_shows_place_message_source_and_advice():
    assert render("text", finding(), roots=("dags/",)) == (
        "dags/team a/a.py:3:5: medium DGA401 Variable.get() asks: often, 100% [metadata-call-at-parse]\n"
        "  3 | Variable.get('x')\n"
        "    | ^\n"
        "    = use a template\n"
        "\n"
        "1 finding (1 medium) in 2 files, 1 without a DAG left out.\n"
    )


def test_text_puts_the_caret_under_the_column():
    lines = render("text", finding(column=14, evidence="    Variable.get('x')")).splitlines()

    assert lines[2].index("^") - lines[1].index("V") == 9


def test_quiet_text_has_one_line_for_each_finding():
    assert len(render("text", finding(), finding(line=9), quiet=True).splitlines()) == 3


def test_text_shows_failures():
    text = render("text", failures=(FAILURE,))

    assert "b.py: failed rule DGA402: ZeroDivisionError" in text
    assert "No findings in 2 files" in text
    assert "1 could not be looked at" in text


def test_text_has_colour_only_when_asked():
    assert "\033[" not in render("text", finding())
    assert "\033[33mmedium\033[0m" in render("text", finding(), colour=True)


def test_text_lets_no_control_character_of_the_source_through():
    text = render("text", finding(evidence="x = '\033]0;evil\007'", message="a\033[2Jb", path="a\r\n.py"))

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)


def test_json_has_the_keys_of_the_design():
    document = json.loads(render("json", finding(), failures=(FAILURE,)))

    assert list(document) == ["schema_version", "status", "findings", "failures", "coverage"]
    assert set(document["findings"][0]) == set(Finding.model_fields)
    assert document["findings"][0]["task_id"] is None
    assert document["coverage"] == {"files_seen": 3, "files_analyzed": 2, "files_skipped": 1}
    assert document["failures"] == [FAILURE.model_dump()]
    assert document["status"] == "partial"


def test_github_escapes_properties_and_text():
    text = render("github", finding(path="a,b:c/d%.py", message="50%\nmore, of: it"))

    assert text == (
        "::warning file=a%2Cb%3Ac/d%25.py,line=3,endLine=3,col=5,title=DGA401 metadata-call-at-parse"
        "::50%25%0Amore, of: it%0Ause a template\n"
    )


def test_github_lets_no_control_character_through():
    assert "the id ?[31mred" in render("github", finding(message="the id \x1b[31mred"))


@pytest.mark.parametrize(
    ("severity", "level"),
    [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "notice")],
)
def test_github_level(severity, level):
    assert render("github", finding(severity=severity)).startswith(f"::{level} ")


def test_github_gives_no_column_for_several_lines():
    assert ",col=" not in render("github", finding(end_line=5))


def test_github_shows_failures():
    assert render("github", failures=(FAILURE,)) == (
        "::error file=b.py::rule DGA402 failed: ZeroDivisionError: 50%25 of%0Anothing\n"
    )


# The parts of the SARIF 2.1.0 schema that we write, with what it and GitHub require of them.
_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_PLACE = {
    "type": "object",
    "required": ["artifactLocation"],
    "properties": {
        "artifactLocation": {
            "type": "object",
            "required": ["uri"],
            "properties": {"uri": {"type": "string", "pattern": r"^[^\s/\\][^\s\\]*$"}},
        },
        "region": {
            "type": "object",
            "required": ["startLine"],
            "properties": {
                "startLine": {"type": "integer", "minimum": 1},
                "startColumn": {"type": "integer", "minimum": 1},
                "endLine": {"type": "integer", "minimum": 1},
                "snippet": _TEXT,
            },
            "additionalProperties": False,
        },
    },
}
_RESULT = {
    "type": "object",
    "required": ["ruleId", "message", "locations", "partialFingerprints", "level"],
    "properties": {
        "message": _TEXT,
        "level": _LEVEL,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "locations": {
            "type": "array",
            "minItems": 1,
            "maxItems": 10,
            "items": {
                "type": "object",
                "required": ["physicalLocation"],
                "properties": {"physicalLocation": _PLACE},
            },
        },
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
_RULE = {
    "type": "object",
    "required": ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "pattern": "^[A-Za-z0-9]+$"},
        "shortDescription": _TEXT,
        "fullDescription": _TEXT,
        "help": _TEXT,
        "helpUri": {"type": "string", "format": "uri"},
        "defaultConfiguration": {"type": "object", "properties": {"level": _LEVEL}},
        "properties": {
            "type": "object",
            "required": ["tags"],
            "properties": {
                "tags": {"type": "array", "maxItems": 20, "uniqueItems": True},
                "security-severity": {"type": "string", "pattern": r"^\d+\.\d$"},
            },
        },
    },
}
SARIF = {
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["tool", "results", "invocations"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules", "version"],
                                "properties": {"rules": {"type": "array", "items": _RULE}},
                            }
                        },
                    },
                    "results": {"type": "array", "maxItems": 25_000, "items": _RESULT},
                },
            },
        },
    },
}


def sarif(*findings, failures=(), **shown):
    document = json.loads(render("sarif", *findings, failures=failures, **shown))
    Draft7Validator(SARIF).validate(document)
    return document["runs"][0]


def test_sarif_is_valid_and_names_its_rule():
    run = sarif(finding(), finding(rule="DGA402", name="network-at-parse"), roots=("dags/",))

    assert [run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] for each in run["results"]] == [
        "DGA401",
        "DGA402",
    ]
    assert (
        run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        == "dags/team%20a/a.py"
    )
    assert run["results"][0]["partialFingerprints"]["primaryLocationLineHash"] == "0123456789abcdef:1"


def test_every_rule_is_valid_in_sarif():
    findings = [finding(rule=rule.id, name=rule.name, severity=rule.severity) for rule in all_rules()]

    run = sarif(*findings)

    assert {each["id"] for each in run["tool"]["driver"]["rules"]} == {rule.id for rule in all_rules()}


def test_sarif_shows_the_place_in_the_dag():
    logical = sarif(finding(task_id="extract"))["results"][0]["locations"][0]["logicalLocations"]

    assert [each["fullyQualifiedName"] for each in logical] == ["load", "extract"]


def test_sarif_tells_failures():
    run = sarif(failures=(FAILURE,))

    assert run["invocations"][0]["executionSuccessful"] is False
    assert "ZeroDivisionError" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_keeps_the_worst_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(sarif_format, "MAX_RESULTS", 2)
    findings = [finding(severity="low"), finding(severity="critical"), finding(severity="high")]

    run = sarif(*findings)

    assert [each["properties"]["severity"] for each in run["results"]] == ["critical", "high"]
    assert "1 less severe" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_security_rules_have_a_security_severity():
    rule = sarif(finding(rule="DGA501", name="hard-coded-secret"))["tool"]["driver"]["rules"][0]

    assert rule["properties"]["security-severity"] == "9.0"
