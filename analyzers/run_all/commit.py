"""What is kept once a report is published: its incidents, and up to when its logs were read."""

import logging

from analyzers.log_analyzer.incidents import keep_incidents
from analyzers.report_merger.sections import looked
from dagaudit.errors import DagAuditError
from dagaudit.ports import MarkedLogs, ReportStore
from dagaudit.section import LogsSection

log = logging.getLogger(__name__)


def commit(logs: object, section: LogsSection, reports: ReportStore) -> None:
    """Logs only as far as this report holds them whole: what could not be read comes with the next one."""
    if not looked(section):
        return
    try:
        keep_incidents(section, reports)
        if isinstance(logs, MarkedLogs) and section.coverage.complete:
            logs.commit()
    except DagAuditError as error:
        log.warning("the next run reads the same logs again: %s", error)
