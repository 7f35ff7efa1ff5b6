"""What is wrong with the way a DAG runs, each with its numbers, so that nobody has to guess."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from dagaudit.finding import Confidence
from dagaudit.wire import Wire


class ProblemKind(StrEnum):
    """What it is, worst first."""

    IMPORT_ERROR = "import_error"
    MISSED = "missed"
    STUCK = "stuck"
    OVERDUE = "overdue"
    FAILING_SINCE_CHANGE = "failing_since_change"
    LATE = "late"
    SLOWER = "slower"
    FLAKY = "flaky"
    UNUSUALLY_LONG = "unusually_long"
    UNUSUALLY_SHORT = "unusually_short"
    FASTER = "faster"
    AIRFLOW_WARNING = "airflow_warning"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(ProblemKind).index(self)


class RunProblem(Wire):
    """One problem with a DAG's runs."""

    kind: ProblemKind
    confidence: Confidence = Field(
        description="confirmed: told by Airflow's own times; a shift also where it holds among all series "
        "that were tested. likely: by a test of this series alone. suspected: from logs, which know no "
        "backfills."
    )
    message: str = Field(description="One sentence with the numbers.")
    task_id: str | None = None
    run_id: str | None = Field(default=None, description="The run, or the first of several.")
    since: datetime | None = Field(default=None, description="Since when it is so.")
    seconds: float | None = Field(default=None, description="How long it takes or took, or how late it is.")
    usual_seconds: float | None = Field(default=None, description="How long it usually takes.")
    runs_before: int | None = Field(default=None, description="Runs that `usual_seconds` comes from.")
    runs_since: int | None = None
    p_value: float | None = Field(
        default=None, description="Of a shift: by a rank test, times the places where it could have begun."
    )


class Intervention(Wire):
    """What a person did to a DAG, by Airflow's event log."""

    when: datetime | None
    who: str | None
    did: str = Field(description="cleared, marked, paused or unpaused, deleted.")
    run_id: str | None = None
    task_id: str | None = None
    new_state: str | None = Field(default=None, description="What it was marked as.")
