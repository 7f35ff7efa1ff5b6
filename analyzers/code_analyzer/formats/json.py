"""One JSON object, as the design fixes it: for programs."""

from typing import Any

import orjson

from analyzers.code_analyzer.fixes.mend import Mended
from analyzers.code_analyzer.formats import Shown
from dagaudit.finding import Finding


def render(shown: Shown) -> str:
    """The document, with every key present."""
    section = shown.section
    document: dict[str, Any] = {
        "schema_version": section.schema_version,
        "status": section.status.value,
        "findings": [finding.model_dump(mode="json") for finding in section.findings],
        "failures": [failure.model_dump(mode="json") for failure in section.failures],
        "coverage": {
            "files_seen": section.coverage.seen,
            "files_analyzed": section.coverage.analyzed,
            "files_skipped": section.coverage.skipped,
        },
    }
    if shown.known is not None:
        document["known"] = shown.known
    if shown.gone is not None:
        document["gone"] = shown.gone
    if shown.suppressed is not None:
        document["suppressed"] = [finding.model_dump(mode="json") for finding in shown.suppressed]
    if shown.mended is not None:
        document["fixes"] = _fixes(shown.mended)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _fixes(mended: Mended) -> dict[str, Any]:
    dropped = [_place(each.finding) | {"reason": each.reason} for each in mended.dropped]
    made = [_place(finding) for finding in mended.made]
    files = [
        {"bundle": bundle, "path": path}
        for bundle, changed in enumerate(mended.files)
        for path in sorted(changed)
    ]
    return {"files": files, "made": made, "dropped": dropped}


def _place(finding: Finding) -> dict[str, Any]:
    """Where it was before the fix."""
    keys = {"bundle", "path", "line", "rule", "name", "dag_id", "task_id", "message"}
    return finding.model_dump(mode="json", include=keys) | {
        "applicability": finding.fix.applicability.value if finding.fix else None,
        "fix": finding.fix.message if finding.fix else None,
    }
