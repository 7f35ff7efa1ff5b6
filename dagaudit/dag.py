"""The DAG model as it crosses process borders: what `dagaudit graph` prints."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from dagaudit.wire import Wire


class Tier(StrEnum):
    """How far the model may be trusted."""

    EXACT = "exact"
    PARTIAL = "partial"
    OPAQUE = "opaque"


class Unknown(Wire):
    """Stands where the source does not tell the value; never null."""

    unknown: str = Field(description="Why it is not known, with the line.")


class TimedeltaSchedule(Wire):
    """A DAG that runs every so many seconds."""

    timedelta_seconds: float


class AssetSchedule(Wire):
    """A DAG that runs when assets are updated."""

    assets: str = Field(description="The asset expression, as a & (b | c).")


class TimetableSchedule(Wire):
    """A DAG that runs by a timetable of its own."""

    timetable: str = Field(description="The timetable's class name.")


Schedule = Annotated[
    str | TimedeltaSchedule | AssetSchedule | TimetableSchedule | Unknown | None,
    Field(description="null, the cron or preset as written, or one of the objects."),
]


class TaskModel(Wire):
    """One task of a DAG."""

    task_id: str = Field(description="With the prefixes of its groups.")
    operator: str = Field(description="As Airflow's task_type: BashOperator, _PythonDecoratedOperator.")
    line: int
    trigger_rule: str | Unknown = "all_success"
    retries: int | Unknown = 0
    is_mapped: bool = False
    is_setup: bool = False
    is_teardown: bool = False
    group: str | None = Field(default=None, description="The full id of the innermost group.")
    owner: str | Unknown | None = None
    pool: str | Unknown | None = None
    execution_timeout_seconds: float | Unknown | None = None

    def model_post_init(self, _context: object, /) -> None:
        """Share the set of fields that pydantic keeps for each value: a fleet has a hundred thousand."""
        object.__setattr__(self, "__pydantic_fields_set__", _TASK_FIELDS)


_TASK_FIELDS = set(TaskModel.model_fields)


class DagModel(Wire):
    """One DAG, built from its source without running it."""

    dag_id: str
    bundle: int = 0
    path: str
    line: int
    tier: Tier
    reasons: tuple[str, ...] = Field(default=(), description="Why it is not exact, each with its line.")
    schedule: Schedule = None
    catchup: bool | Unknown = False
    start_date: str | Unknown | None = Field(default=None, description="ISO 8601 with offset.")
    tags: tuple[str, ...] = ()
    params: dict[str, Any] = Field(default_factory=dict, description="Name to default value.")
    description: str | None = None
    owners: tuple[str, ...] = ()
    max_active_runs: int | Unknown | None = None
    tasks: tuple[TaskModel, ...] = ()
    edges: tuple[tuple[str, str], ...] = Field(default=(), description="(upstream, downstream), sorted.")

    def model_post_init(self, _context: object, /) -> None:
        """Share the set of fields that pydantic keeps for each value: a fleet has a hundred thousand."""
        object.__setattr__(self, "__pydantic_fields_set__", _DAG_FIELDS)


_DAG_FIELDS = set(DagModel.model_fields)
