"""What a log analysis may be told besides where the logs are."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LogOptions:
    """All optional; the defaults look at everything in Airflow's own layouts."""

    since: datetime | None = None
    """Attempts that ended before are left out, and counted as skipped."""
    log_filename_template: str | None = None
    """Airflow's `[logging] log_filename_template`, where the site has one of its own."""
