"""What the URL may say: every key, and the parsers that check its value.

A value in a URL is whatever somebody typed. Widgets that are bound to a key check it against their
options; everything else goes through here.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

_REPORT_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
MAX_ID = 500
MAX_LINE = 1_000_000


class Key(StrEnum):
    """The query parameters. They outlive a change of page, so no two pages share one by accident."""

    REPORT = "report"
    DAG = "id"
    TAB = "tab"
    TASK = "task"
    LINE = "line"
    SEARCH = "q"
    OWNER = "owner"
    TAG = "tag"
    HEALTH = "health"
    SEVERITY = "severity"
    FAILED = "failed"
    PAGE = "page"
    CAUSE = "cause"
    CAUSE_STATE = "cause_state"
    CAUSE_OWNER = "cause_owner"
    CATEGORY = "category"
    RULE = "rule"
    FINDING_SEVERITY = "finding_severity"
    FINDING_STATE = "finding_state"
    FINDING_SEARCH = "finding"
    FINDING_PAGE = "finding_page"


Params = Mapping[str, str]


def report_id(params: Params) -> str | None:
    """The report that the URL asks for, or None for the newest."""
    value = params.get(Key.REPORT, "")
    if not _REPORT_ID.fullmatch(value):
        return None
    try:
        moment(value)
    except ValueError:
        return None
    return value


def moment(report: str) -> datetime:
    """When the report of this id was made; ValueError where the id is none."""
    return datetime.strptime(report[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def dag_id(params: Params) -> str | None:
    """The DAG that the URL names; whether the report has it is another question."""
    value = params.get(Key.DAG, "")
    return value if 0 < len(value) <= MAX_ID and "\0" not in value else None


def task_id(params: Params) -> str | None:
    """The task that the URL names."""
    value = params.get(Key.TASK, "")
    return value if 0 < len(value) <= MAX_ID else None


def cause_id(params: Params) -> str | None:
    """The cause that the URL names."""
    value = params.get(Key.CAUSE, "")
    return value if 0 < len(value) <= MAX_ID else None


def line(params: Params) -> int | None:
    """The source line that the URL points at."""
    value = params.get(Key.LINE, "")
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(MAX_LINE))):
        return None
    return int(value) if 1 <= int(value) <= MAX_LINE else None
