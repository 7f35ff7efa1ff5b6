"""Labels: what is true of each attempt of a corpus."""

from pydantic import Field

from dagaudit.task_attempt import Category, Outcome
from dagaudit.wire import Wire


class Label(Wire):
    """The truth about one attempt."""

    path: str = Field(description="The attempt's main log file, relative to the corpus' `logs` folder.")
    outcome: Outcome = Field(description="What Airflow itself has recorded.")
    category: Category | None = Field(default=None, description="null unless it failed.")
    retryable: bool | None = None
    cause: str | None = Field(default=None, description="Attempts that share one were broken by one thing.")
    marker: str | None = Field(
        default=None, description="Stands in the physical line that shows why; null where no line does."
    )


class Labels(Wire):
    """`labels.json` of a corpus."""

    part: str = ""
    attempts: tuple[Label, ...]
