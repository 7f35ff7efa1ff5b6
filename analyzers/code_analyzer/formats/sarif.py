"""SARIF 2.1.0 for code scanning, within GitHub's limits."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import orjson

from analyzers.code_analyzer.formats import Shown
from analyzers.code_analyzer.registry import all_rules
from analyzers.code_analyzer.rule import Rule
from analyzers.code_analyzer.rule_text import rule_text
from dagaudit import __version__
from dagaudit.finding import Failure, Finding, Fix, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# GitHub refuses a run of more than 25,000 results, and shows the first 5,000 of it.
MAX_RESULTS = 25_000
MAX_TAGS = 20
_DOCS = "https://github.com/dagaudit/dagaudit/blob/main/docs/rules"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_SECURITY = {Severity.CRITICAL: "9.0", Severity.HIGH: "7.0", Severity.MEDIUM: "5.0", Severity.LOW: "2.0"}


def render(shown: Shown) -> str:
    """The log file, with one run."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(shown)]}
    return orjson.dumps(log, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _run(shown: Shown) -> dict[str, Any]:
    section = shown.section
    # Worst first: what GitHub cuts off is then the least of it.
    worst = sorted(section.findings, key=lambda finding: (finding.severity.rank, finding.place))
    kept = worst[:MAX_RESULTS]
    used = {finding.rule for finding in kept}
    rules = [rule for rule in all_rules() if rule.id in used]
    index = {rule.id: number for number, rule in enumerate(rules)}
    notes = [_failure(shown, failure) for failure in section.failures]
    if len(worst) > len(kept):
        left = (
            f"{len(worst) - len(kept)} less severe findings were left out: SARIF uploads end at {MAX_RESULTS}"
        )
        notes.append({"level": "warning", "message": {"text": left}})
    return {
        "tool": {
            "driver": {
                "name": "DagAudit",
                "informationUri": "https://github.com/dagaudit/dagaudit",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not section.failures,
                "toolExecutionNotifications": notes,
            }
        ],
        "results": [_result(shown, finding, index) for finding in kept] + _suppressed(shown, index),
    }


def _rule(rule: Rule) -> dict[str, Any]:
    text = rule_text(rule.documentation)
    url = f"{_DOCS}/{rule.id}.md"
    properties: dict[str, Any] = {
        "tags": _tags(rule),
        "precision": "high",
        "problem.severity": _problem(rule),
    }
    if "security" in rule.tags:
        properties["security-severity"] = _SECURITY[rule.severity]
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": text.summary},
        "fullDescription": {"text": text.why or text.summary},
        "help": {"text": text.why or text.summary, "markdown": _markdown(rule)},
        "helpUri": url,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": properties,
    }


def _markdown(rule: Rule) -> str:
    from analyzers.code_analyzer.rule_page import page

    return page(rule)


def _tags(rule: Rule) -> list[str]:
    return sorted({"airflow", *rule.tags})[:MAX_TAGS]


def _problem(rule: Rule) -> str:
    return {"error": "error", "warning": "warning", "note": "recommendation"}[_LEVELS[rule.severity]]


def _result(shown: Shown, finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": " ".join(_words(finding))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(shown.path(finding)), "uriBaseId": "%SRCROOT%"},
                    "region": _region(finding),
                },
                "logicalLocations": _logical(finding),
            }
        ],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
            "dagaudit/v1": finding.fingerprint,
        },
        "properties": {
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "origin": finding.origin.value,
        },
    }
    if finding.fix is not None:
        result["fixes"] = [_fix(shown, finding, finding.fix)]
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    return result


def _suppressed(shown: Shown, index: dict[str, int]) -> list[dict[str, Any]]:
    found = (_result(shown, finding, index) for finding in shown.suppressed or ())
    return [result | {"suppressions": [{"kind": "inSource", "status": "accepted"}]} for result in found]


def _fix(shown: Shown, finding: Finding, fix: Fix) -> dict[str, Any]:
    replacements = [
        {
            "deletedRegion": {
                "startLine": edit.start_line,
                "startColumn": edit.start_column,
                "endLine": edit.end_line,
                "endColumn": edit.end_column,
            },
            "insertedContent": {"text": edit.text},
        }
        for edit in fix.edits
    ]
    place = {"uri": _uri(shown.path(finding)), "uriBaseId": "%SRCROOT%"}
    return {
        "description": {"text": f"{fix.message} ({fix.applicability})"},
        "artifactChanges": [{"artifactLocation": place, "replacements": replacements}],
    }


def _words(finding: Finding) -> Iterable[str]:
    yield finding.message
    if finding.suggestion:
        yield finding.suggestion


def _region(finding: Finding) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line, "startColumn": finding.column}
    if finding.end_line is not None and finding.end_line > finding.line:
        region["endLine"] = finding.end_line
    if finding.evidence:
        region["snippet"] = {"text": finding.evidence}
    return region


def _logical(finding: Finding) -> list[dict[str, str]]:
    named = [("dag", finding.dag_id), ("task", finding.task_id)]
    return [{"kind": kind, "fullyQualifiedName": name} for kind, name in named if name]


def _failure(shown: Shown, failure: Failure) -> dict[str, Any]:
    note: dict[str, Any] = {
        "level": "error",
        "message": {"text": f"{failure.part} failed: {failure.message}"},
    }
    if failure.path:
        place = {"artifactLocation": {"uri": _uri(shown.root(0) + failure.path), "uriBaseId": "%SRCROOT%"}}
        note["locations"] = [{"physicalLocation": place}]
    return note


def _uri(path: str) -> str:
    return quote(path, safe="/")
