"""Tells a log source that its logs are in a published report."""

import logging

from analyzers.report_merger.sections import looked
from dagaudit.errors import DagAuditError
from dagaudit.ports import MarkedLogs
from dagaudit.section import LogsSection

log = logging.getLogger(__name__)


def commit(logs: object, section: LogsSection) -> None:
    """Only what this report holds whole: what could not be read comes again with the next one."""
    if not isinstance(logs, MarkedLogs) or not section.coverage.complete or not looked(section):
        return
    try:
        logs.commit()
    except DagAuditError as error:
        log.warning("the next run reads the same logs again: %s", error)
