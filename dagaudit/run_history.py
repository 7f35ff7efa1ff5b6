"""Airflow's own account of its runs, in one form for Airflow 2 and 3.

States and run types are text, not choices: a minor release of Airflow may add one, and a report that
stops at a new word would tell nothing at all. What is not known here is counted in `unknown_values`.
"""

from datetime import datetime, timedelta

from pydantic import Field

from dagaudit.finding import Failure
from dagaudit.wire import Wire

OVERLAP = timedelta(minutes=2)
RUN_STATES = frozenset(("queued", "running", "success", "failed"))
ENDED_STATES = frozenset(("success", "failed"))
RUN_TYPES = frozenset(
    (
        "scheduled", "manual", "backfill", "dataset_triggered", "asset_triggered",
        "asset_materialization", "operator_triggered",
    )
)  # fmt: skip
TASK_STATES = frozenset(
    (
        "none", "removed", "scheduled", "queued", "running", "success", "restarting", "failed",
        "up_for_retry", "up_for_reschedule", "upstream_failed", "skipped", "deferred", "awaiting_input",
        "shutdown",
    )
)  # fmt: skip

BY_HAND = {
    "post_clear_task_instances": "cleared", "clear": "cleared", "clear_dag_run": "cleared",
    "clear_dag_runs": "cleared", "dagrun_clear": "cleared",
    "patch_task_instance": "marked", "patch_task_group_instances": "marked", "patch_dag_run": "marked",
    "post_set_task_instances_state": "marked", "update_dag_run_state": "marked",
    "dagrun_failed": "marked", "dagrun_success": "marked", "patch_mapped_task_instance": "marked",
    # Without the prefix these are what a task says of itself.
    "ui.failed": "marked", "ui.success": "marked",
    "patch_dag": "paused or unpaused", "paused": "paused or unpaused",
    "delete_dag_run": "deleted", "delete_task_instance": "deleted",
}  # fmt: skip
"""What a person did, by its name in the event log of Airflow 2 or 3."""


class DagRecord(Wire):
    """A DAG as Airflow knows it."""

    dag_id: str
    path: str | None = None
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    schedule: str | None = None
    is_paused: bool = False
    is_stale: bool = Field(default=False, description="Its file no longer holds it.")
    max_active_runs: int | None = None
    next_run_after: datetime | None = Field(default=None, description="When the next run is due.")


class RunRecord(Wire):
    """A DAG run, as it stands now: a clear overwrites its times and its state."""

    dag_id: str
    run_id: str
    state: str
    run_type: str
    run_after: datetime | None = Field(default=None, description="The earliest moment it could start.")
    queued_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    version: str | None = Field(default=None, description="Of the DAG; Airflow 3 only.")

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same over reads."""
        return (self.dag_id, self.run_id)

    @property
    def has_ended(self) -> bool:
        """Whether it is over, as far as anybody lets it be."""
        return self.state in ENDED_STATES

    def ended_like(self, other: "RunRecord") -> bool:
        """Whether both tell of the same end."""
        return (self.state, self.ended_at) == (other.state, other.ended_at)


class TaskInstanceRecord(Wire):
    """A task instance as it stands now, or one of its tries."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1
    try_number: int = 0
    state: str = "none"
    operator: str | None = None
    pool: str | None = None
    pool_slots: int = 1
    scheduled_at: datetime | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What stays the same over reads; Airflow's own id changes with every retry."""
        return (self.dag_id, self.run_id, self.task_id, self.map_index)

    @property
    def try_key(self) -> tuple[str, str, str, int, int]:
        """The key of one try."""
        return (*self.key, self.try_number)


class HealthRecord(Wire):
    """One of Airflow's components, as its health page and its jobs tell."""

    component: str = Field(description="metadatabase, scheduler, triggerer, dag_processor.")
    status: str | None = Field(default=None, description="null where it never ran.")
    latest_heartbeat: datetime | None = None


class JobRecord(Wire):
    """A daemon that announced itself; one that was killed stays `running` with an old heartbeat."""

    job_type: str
    state: str | None = None
    hostname: str | None = None
    latest_heartbeat: datetime | None = None


class PoolRecord(Wire):
    """A pool's slots at the moment of reading; -1 slots are without bound."""

    name: str
    slots: int = 0
    occupied: int = 0
    queued: int = 0
    scheduled: int = 0


class ImportErrorRecord(Wire):
    """A file that Airflow could not import."""

    path: str
    stack_trace: str = ""
    seen_at: datetime | None = None


class DagWarningRecord(Wire):
    """What Airflow itself warns of."""

    dag_id: str
    kind: str
    message: str = ""


class EventRecord(Wire):
    """A row of the event log that stands nowhere else: an infrastructure fault, or what a person did."""

    event_id: int
    event: str
    when: datetime | None = None
    dag_id: str | None = None
    run_id: str | None = None
    task_id: str | None = None
    map_index: int | None = None
    try_number: int | None = None
    owner: str | None = Field(default=None, description="Who did it; the DAG's owner where nobody did.")
    new_state: str | None = Field(default=None, description="What it was marked as.")


class History(Wire):
    """What one read brought, or several of them put together."""

    airflow_version: str
    read_at: datetime = Field(description="By the server's clock: what the next read starts from.")
    since: datetime = Field(description="Nothing that last changed before this was asked for.")
    dags: tuple[DagRecord, ...] = ()
    runs: tuple[RunRecord, ...] = ()
    earlier_runs: tuple[RunRecord, ...] = Field(
        default=(),
        description="How runs had ended before a clear or a mark changed them; own history alone knows.",
    )
    task_instances: tuple[TaskInstanceRecord, ...] = ()
    tries: tuple[TaskInstanceRecord, ...] = Field(default=(), description="Of those tried more than once.")
    health: tuple[HealthRecord, ...] = ()
    jobs: tuple[JobRecord, ...] = ()
    pools: tuple[PoolRecord, ...] = ()
    import_errors: tuple[ImportErrorRecord, ...] = ()
    warnings: tuple[DagWarningRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()
    unknown_values: dict[str, int] = Field(default_factory=dict, description="field=value to count.")
    failures: tuple[Failure, ...] = ()
    complete: bool = Field(default=True, description="Whether all that changed came: nothing is left behind.")
    calls: int = Field(default=0, description="Requests that the read took.")

    @property
    def next_since(self) -> datetime:
        """What the next read asks from: a little earlier, for what was being written just then."""
        return self.read_at - OVERLAP

    def followed_by(self, later: "History") -> "History":
        """This with what changed since: later rows replace earlier ones, tries, events and ends are kept."""
        runs = {one.key: one for one in self.runs}
        ends = dict.fromkeys((*self.earlier_runs, *later.earlier_runs))
        for one in later.runs:
            before = runs.get(one.key)
            if before and before.has_ended and not before.ended_like(one):
                ends[before] = None
            runs[one.key] = one
        instances = {one.key: one for one in (*self.task_instances, *later.task_instances)}
        tries = {one.try_key: one for one in (*self.tries, *later.tries)}
        events = {one.event_id: one for one in (*self.events, *later.events)}
        return later.model_copy(
            update={
                "since": min(self.since, later.since),
                "runs": tuple(runs[key] for key in sorted(runs)),
                "earlier_runs": tuple(sorted(ends, key=lambda one: (one.key, str(one.ended_at)))),
                "task_instances": tuple(instances[key] for key in sorted(instances)),
                "tries": tuple(tries[key] for key in sorted(tries)),
                "events": tuple(events[key] for key in sorted(events)),
            }
        )

    def beyond(self, known: "History") -> "History":
        """Only the observations that `known` does not hold yet."""
        runs, ends = set(known.runs), set(known.earlier_runs)
        instances, tries, events = set(known.task_instances), set(known.tries), set(known.events)
        return self.model_copy(
            update={
                "runs": tuple(one for one in self.runs if one not in runs),
                "earlier_runs": tuple(one for one in self.earlier_runs if one not in ends),
                "task_instances": tuple(one for one in self.task_instances if one not in instances),
                "tries": tuple(one for one in self.tries if one not in tries),
                "events": tuple(one for one in self.events if one not in events),
            }
        )

    def within(self, since: datetime) -> "History":
        """Without the runs that ended before, and all that belongs to them."""
        runs = tuple(run for run in self.runs if run.ended_at is None or run.ended_at >= since)
        keys = {run.key for run in runs}
        return self.model_copy(
            update={
                "since": max(self.since, since),
                "runs": runs,
                "earlier_runs": tuple(one for one in self.earlier_runs if one.key in keys),
                "task_instances": tuple(
                    one for one in self.task_instances if (one.dag_id, one.run_id) in keys
                ),
                "tries": tuple(one for one in self.tries if (one.dag_id, one.run_id) in keys),
                "events": tuple(one for one in self.events if one.when is None or one.when >= since),
            }
        )
