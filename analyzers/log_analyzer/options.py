"""What a log analysis may be told besides where the logs are."""

from dataclasses import dataclass
from datetime import datetime

from dagaudit.run_history import History


@dataclass(frozen=True, slots=True)
class LogOptions:
    """All optional; the defaults look at everything in Airflow's own layouts."""

    since: datetime | None = None
    """Attempts that ended before are left out, and counted as skipped."""
    log_filename_template: str | None = None
    """Airflow's `[logging] log_filename_template`, where the site has one of its own."""
    history: History | None = None
    """Airflow's own account of the same runs, where there is one."""
    skip_successes: bool = False
    """Logs of attempts that history knows as successes are not read: for sources where each read costs."""
