"""One attempt at one task, and the cause that failed attempts share."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from dagaudit.finding import Confidence
from dagaudit.wire import Wire


class Outcome(StrEnum):
    """How an attempt ended. One that will be retried has failed; skipped and deferred are unknown."""

    FAILED = "failed"
    SUCCESS = "success"
    UNKNOWN = "unknown"


class Category(StrEnum):
    """What kind of thing broke."""

    CODE = "code"
    IMPORT_DEPENDENCY = "import_dependency"
    DATA_QUALITY = "data_quality"
    UPSTREAM_SERVICE = "upstream_service"
    PERMISSION_CREDENTIAL = "permission_credential"
    QUOTA_THROTTLE = "quota_throttle"
    TIMEOUT = "timeout"
    MEMORY_RESOURCE = "memory_resource"
    INFRA_K8S = "infra_k8s"
    SCHEDULER_HEARTBEAT = "scheduler_heartbeat"
    CONFIG = "config"
    UNKNOWN = "unknown"


class CauseOwner(StrEnum):
    """Who can mend it."""

    DAG_AUTHOR = "dag_author"
    PLATFORM = "platform"
    UPSTREAM = "upstream"


class Course(StrEnum):
    """How it went on with the task instance of a failed attempt."""

    RECOVERED = "recovered"
    PERSISTENT = "persistent"
    CHANGING = "changing"
    SINGLE = "single"


class EvidenceLine(Wire):
    """A physical line of a log file that shows why."""

    line: int = Field(ge=1, description="1-based line number in the file.")
    text: str = Field(max_length=500, description="Secrets masked, at most 500 characters.")
    path: str | None = Field(default=None, description="Where it is not the attempt's own path.")


class Attempt(Wire):
    """One attempt at one task. Its identity comes from its path, never from a record."""

    path: str = Field(description="The main log file, relative to the log address.")
    also: tuple[str, ...] = Field(default=(), description="Side files of the same attempt.")
    dag_id: str
    run_id: str
    task_id: str
    map_index: int | None = Field(default=None, description="null when not mapped.")
    try_number: int = 1
    outcome: Outcome = Outcome.UNKNOWN
    started_at: datetime | None = None
    ended_at: datetime | None = None
    category: Category | None = Field(default=None, description="null unless the attempt failed.")
    confidence: Confidence | None = None
    signature: str | None = Field(default=None, description="The id of the signature that decided.")
    root_exception: str | None = Field(default=None, description="The exception's dotted type.")
    fingerprint: str | None = None
    cause_id: str | None = None
    retryable: bool | None = None
    course: Course | None = Field(default=None, description="How it went on; null unless the attempt failed.")
    evidence: tuple[EvidenceLine, ...] = ()

    def model_post_init(self, _context: object, /) -> None:
        """Share the set of fields that pydantic keeps for each value: it is half of an attempt's memory."""
        object.__setattr__(self, "__pydantic_fields_set__", _ALL_FIELDS)

    @property
    def duration_seconds(self) -> float | None:
        """From the first record to the last, or None where the log does not tell."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()


_ALL_FIELDS = set(Attempt.model_fields)


class CauseState(StrEnum):
    """A cause against the previous report."""

    NEW = "new"
    ONGOING = "ongoing"
    REGRESSED = "regressed"


class Recalled(Wire):
    """An earlier incident that helps with this cause."""

    cause_id: str
    title: str
    likeness: float = Field(ge=0, le=1, description="1 where it is the very same cause.")
    last_seen: datetime | None = None
    note: str | None = Field(default=None, description="What a person wrote of it.")


class Cause(Wire):
    """What a group of failed attempts, of one DAG or of many, have in common."""

    cause_id: str = Field(description="Stable over runs.")
    category: Category
    confidence: Confidence = Confidence.SUSPECTED
    title: str
    owner: CauseOwner
    retryable: bool
    advice: str
    attempts: int = Field(ge=1, description="How many failed attempts share it.")
    dags: tuple[str, ...]
    dags_total: int | None = Field(default=None, description="How many DAGs, where `dags` was cut.")
    tasks: tuple[str, ...] = Field(default=(), description="dag_id.task_id, sorted.")
    tasks_total: int | None = Field(default=None, description="How many tasks, where `tasks` was cut.")
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    state: CauseState | None = Field(default=None, description="null without a previous report.")
    root_exception: str | None = None
    evidence: tuple[EvidenceLine, ...] = Field(
        default=(), description="Of the newest attempt, with its path."
    )
    explanation: str | None = Field(default=None, description="An LLM's wording; null without one.")
    known_since: datetime | None = Field(
        default=None, description="When any report first saw it; null where none did before."
    )
    recalled: tuple[Recalled, ...] = Field(
        default=(), description="Earlier incidents with a note: this very cause first, then similar ones."
    )
