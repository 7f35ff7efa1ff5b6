"""What a DAG is like and how its runs went, in numbers."""

from datetime import datetime

from pydantic import Field

from dagaudit.run_problem import Intervention, RunProblem
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


class VersionStats(Wire):
    """The runs of one version of a DAG's code; Airflow 3 only. Runs that were cleared are left out."""

    version: str
    first_run_at: datetime | None = None
    runs: int = 0
    failed_runs: int = 0
    rescued_runs: int = Field(default=0, description="That succeeded, but only because a task was retried.")
    flips: int = Field(default=0, description="Changes between success and failure in the last 30 runs.")
    flakiness: float | None = Field(
        default=None, description="rescued_runs / successful runs, 0..1; null below 5 of them."
    )


class PathTask(Wire):
    """A task's share in when its DAG lands."""

    task_id: str
    runs: int = Field(description="Runs in which it lay on the critical path.")
    share: float = Field(description="Of these runs' time, the part spent on it and on waiting for it, 0..1.")
    p50_seconds: float | None = Field(default=None, description="From its first try's start to its end.")
    wait_p50_seconds: float | None = Field(
        default=None, description="From the end of what it waits for to its start: scheduler, queue, pool."
    )
    slack_p50_seconds: float | None = Field(
        default=None, description="How much longer it could take before the run lands later."
    )


class CriticalPath(Wire):
    """Which tasks decide when a DAG lands, from what its runs really did."""

    runs: int = Field(description="Successful, never cleared runs of the newest version, at most 30.")
    version: str | None = None
    usual: tuple[str, ...] = Field(default=(), description="Task ids: the path that was critical most often.")
    usual_runs: int = Field(default=0, description="Runs in which it was.")
    tasks: tuple[PathTask, ...] = Field(default=(), description="The greatest share first; at most 50.")


class PoolStats(Wire):
    """A pool over the window, by the task instances that were in it."""

    pool: str
    slots: int
    peak: int = Field(default=0, description="Most slots taken at once.")
    full_seconds: float = Field(default=0.0, description="How long no slot was free.")
    full_share: float = Field(default=0.0, description="Of the window, 0..1.")
    waited_seconds: float = Field(
        default=0.0, description="Sum over task instances that were to start while it was full."
    )
    waiting: tuple[str, ...] = Field(default=(), description="dag_id.task_id that waited longest, at most 5.")


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
    waiting_runs: int = Field(default=0, description="Due for more than 5 minutes and still not started.")
    known_since: datetime | None = Field(
        default=None, description="From when on the history is whole; earlier ends are not known."
    )
    first_time_runs: int = Field(
        default=0, description="Counted runs of which it is known how they first ended."
    )
    first_time_successes: int = Field(default=0, description="Those that first ended in success.")
    first_time_success_rate: float | None = None
    first_time_success_rate_low: float | None = Field(default=None, description="Wilson 95 % interval.")
    first_time_success_rate_high: float | None = None
    overwritten_failures: int = Field(
        default=0,
        description="Runs that are a success now and had failed before somebody cleared or marked them.",
    )
    interval_seconds: float | None = Field(default=None, description="Median from one due run to the next.")
    versions: tuple[VersionStats, ...] = Field(default=(), description="Oldest first, at most 10.")
    critical_path: CriticalPath | None = Field(
        default=None, description="null without the DAG's source or without such runs."
    )
    by_hand: tuple[Intervention, ...] = Field(default=(), description="Newest first, at most 20.")
    by_hand_total: int = 0
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
    problems: tuple[RunProblem, ...] = Field(default=(), description="Of its runs, worst first, at most 50.")


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
