"""GitLab's Code Quality report: findings in the merge request's widget and beside its lines."""

import hashlib
from typing import Any

import orjson

from analyzers.code_analyzer.formats import Shown
from dagaudit.finding import Failure, Finding, Severity

_LEVELS = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}


def render(shown: Shown) -> str:
    """An array with one issue for each finding and failure."""
    issues = [_issue(shown, finding) for finding in shown.section.findings]
    issues += [_failure(shown, failure) for failure in shown.section.failures]
    # GitLab shows only one of two issues with the same fingerprint; two bundles may well hold the same DAG.
    unique = {issue["fingerprint"]: issue for issue in reversed(issues)}
    kept = [issue for issue in issues if unique[issue["fingerprint"]] is issue]
    return orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _issue(shown: Shown, finding: Finding) -> dict[str, Any]:
    words = finding.message if finding.suggestion is None else f"{finding.message}; {finding.suggestion}"
    path = shown.path(finding)
    return {
        "description": f"{finding.rule}: {words}",
        "check_name": f"{finding.rule} {finding.name}",
        "fingerprint": _hash(path, finding.fingerprint),
        "severity": _LEVELS[finding.severity],
        "location": {
            "path": path,
            "lines": {"begin": finding.line, "end": finding.end_line or finding.line},
        },
    }


def _failure(shown: Shown, failure: Failure) -> dict[str, Any]:
    return {
        "description": f"{failure.part} failed: {failure.message}",
        "check_name": failure.part,
        "fingerprint": _hash(failure.part, failure.path or "", failure.message),
        "severity": "blocker",
        "location": {"path": shown.root(0) + (failure.path or "."), "lines": {"begin": 1, "end": 1}},
    }


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
