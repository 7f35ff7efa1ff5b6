"""One JSON object, as the design fixes it: for programs."""

from typing import Any

import orjson

from analyzers.code_analyzer.formats import Shown


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
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
