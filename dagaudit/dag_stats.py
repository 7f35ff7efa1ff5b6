"""What a DAG is like and how its runs went, in numbers."""

from datetime import datetime

from pydantic import Field

from dagaudit.wire import Wire


class StructureStats(Wire):
    """What the source alone tells of a DAG."""

    tasks: int = 0
    edges: int = 0
    mapped_tasks: int = 0
    operators: dict[str, int] = Field(default_factory=dict, description="Operator to number of tasks.")
    max_fan_out: int = Field(default=0, description="Most downstream tasks of any task.")
    max_fan_in: int = 0
    depth: int = Field(default=0, description="Tasks on the longest path.")
    width: int = Field(default=0, description="Most tasks on one level.")
    critical_path: tuple[str, ...] = Field(
        default=(), description="Task ids: the slowest path where durations are known, else the longest."
    )
    interval_seconds: float | None = Field(default=None, description="Median time between scheduled runs.")
    runs_per_day: float | None = None


class DayStats(Wire):
    """One DAG on one UTC day."""

    day: str = Field(description="YYYY-MM-DD.")
    runs: int = 0
    failed_runs: int = 0
    attempts: int = 0
    failed_attempts: int = 0
    seconds: float = Field(default=0.0, description="Sum of the attempts' durations.")


class TaskStats(Wire):
    """One task over the window."""

    task_id: str
    attempts: int = 0
    failed_attempts: int = 0
    retries: int = Field(default=0, description="Attempts after the first.")
    p50_seconds: float | None = None
    p95_seconds: float | None = None


class HistoryStats(Wire):
    """What only Airflow's own run history tells; delays are those of scheduled runs never cleared."""

    left_out_runs: dict[str, int] = Field(
        default_factory=dict, description="Run type to number of runs that count nowhere else here."
    )
    unended_runs: int = Field(default=0, description="Queued or running when it was read.")
    cleared_runs: int = Field(default=0, description="Runs that were cleared: their times are the re-run's.")
    caught_up_runs: int = Field(default=0, description="Scheduled for before the first of them was queued.")
    late_runs: int = Field(default=0, description="Started more than 5 minutes after they were due.")
    stuck_runs: tuple[str, ...] = Field(default=(), description="Run ids far beyond the usual time.")
    missed_since: datetime | None = Field(
        default=None, description="When the next run was due, where none was started though it could be."
    )
    schedule_delay_p50_seconds: float | None = Field(default=None, description="From due to started.")
    schedule_delay_p95_seconds: float | None = None
    landing_p50_seconds: float | None = Field(default=None, description="From due to ended, of successes.")
    landing_p95_seconds: float | None = None
    scheduler_wait_p50_seconds: float | None = Field(
        default=None, description="Of first tries: from scheduled to queued; Airflow 3 only."
    )
    scheduler_wait_p95_seconds: float | None = None
    queue_wait_p50_seconds: float | None = Field(
        default=None, description="Of first tries: from queued to started."
    )
    queue_wait_p95_seconds: float | None = None


class RunStats(Wire):
    """What logs or run history tell of a DAG over the window."""

    source: str = Field(description="logs or history.")
    runs: int = 0
    failed_runs: int = Field(default=0, description="Runs in which a task's last attempt failed.")
    successful_runs: int = Field(default=0, description="Runs in which every task's last attempt succeeded.")
    attempts: int = 0
    failed_attempts: int = 0
    unknown_attempts: int = 0
    retries: int = 0
    recovered_by_retry: int = Field(
        default=0, description="Task instances whose last attempt succeeded after a failure."
    )
    success_rate: float | None = Field(
        default=None, description="Successful runs / runs of known outcome, 0..1."
    )
    success_rate_low: float | None = Field(default=None, description="Wilson 95 % interval, lower end.")
    success_rate_high: float | None = None
    p50_seconds: float | None = Field(
        default=None, description="Median duration of successful runs, first to last record."
    )
    p95_seconds: float | None = Field(default=None, description="null below 20 successful runs.")
    wasted_seconds: float = Field(default=0.0, description="Time spent in failed attempts.")
    first_run_at: datetime | None = None
    last_run_at: datetime | None = None
    last_success_at: datetime | None = None
    days: tuple[DayStats, ...] = ()
    tasks: tuple[TaskStats, ...] = ()
    history: HistoryStats | None = Field(default=None, description="null unless the source is history.")


class DagStats(Wire):
    """One DAG in numbers; `structure` is null where its source is not known, `runs` where nothing ran."""

    dag_id: str
    path: str | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    schedule: str | None = Field(default=None, description="In words fit for a table.")
    structure: StructureStats | None = None
    runs: RunStats | None = None


class FleetStats(Wire):
    """All DAGs together."""

    dags: int = 0
    tasks: int = 0
    scheduled_dags: int = 0
    operators: dict[str, int] = Field(default_factory=dict)
    owners: dict[str, int] = Field(default_factory=dict, description="Owner to number of DAGs.")
    schedules: dict[str, int] = Field(default_factory=dict)
    runs: int = 0
    failed_runs: int = 0
    attempts: int = 0
    failed_attempts: int = 0
    days: tuple[DayStats, ...] = ()
