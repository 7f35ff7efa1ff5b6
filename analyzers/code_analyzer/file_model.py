"""What one file defines, and the facts of it that outlive its AST."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from analyzers.code_analyzer.assets import ScheduleKind
from analyzers.code_analyzer.model import Dag, Task
from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.values import Function
from dagaudit.dag import Tier
from dagaudit.finding import Failure


@dataclass(frozen=True, slots=True)
class Raising:
    """What a file certainly raises when it is loaded."""

    node: ast.AST
    """Where in the file, or the statement that has another file do it."""
    error: str
    """The exception's name."""
    text: str


@dataclass(slots=True)
class FileModel:
    """One file, interpreted. It holds ASTs: drop it when the rules are done with it, keep `facts`."""

    parsed: ParsedFile
    dags: list[Dag] = field(default_factory=list)
    """In the order they were made."""
    dags_before: list[Dag] = field(default_factory=list)
    """What it would define in Airflow 2, where an import of those days fails in the target."""
    loose_tasks: list[Task] = field(default_factory=list)
    """Operators made outside any DAG and never joined to one."""
    uncalled_dag_functions: list[Function] = field(default_factory=list)
    """`@dag` functions that the file never calls (nor returns, nor hands on)."""
    uncalled_task_functions: list[Function] = field(default_factory=list)
    """`@task` functions that the file never calls nor mentions."""
    unreachable_dags: list[Dag] = field(default_factory=list)
    """DAGs made in a function that reach no global name: Airflow does not see them. Not in `dags`."""
    failures: list[Failure] = field(default_factory=list)
    """What of the interpretation broke."""
    dags_before_because: str | None = None
    """Which import that was."""
    lost: str | None = None
    """Why there may be DAGs though none was found, where Airflow would load the file."""
    raises: ast.AST | None = None
    """The module-level statement that certainly raises, where one was met."""
    raises_because: str | None = None
    """What it raises, with the line."""
    raised: Raising | None = None
    """The first thing that it raises."""
    imported: tuple[str, ...] = ()
    """Paths of the bundle's files that were followed."""
    read_data: Callable[[str], bytes | None] | None = None
    """Reads another file of the bundle, as a template beside the DAG; None where it is not there."""
    read_module: Callable[[str, str], ParsedFile | None] | None = None
    """The bundle's module of a dotted name, as a file at a path would import it."""
    is_dag_candidate: bool = True
    """False for a file that is only read because another imports it."""

    @property
    def path(self) -> str:
        """Relative to the bundle."""
        return self.parsed.path


@dataclass(frozen=True, slots=True)
class CrossDagLink:
    """A task that points at another DAG: ExternalTaskSensor, TriggerDagRunOperator, ExternalTaskMarker."""

    kind: str
    """sensor, trigger or marker."""
    task_id: str | None
    target_dag_id: str | None
    """None where it is not known or a template."""
    target_task_ids: tuple[str, ...] = ()
    line: int = 1
    path: str = ""
    has_delta: bool = False
    """Whether execution_delta or execution_date_fn is given."""
    conditional: bool = False
    """Whether the task has upstream tasks that may skip it (a branch), or a trigger rule of its own."""


@dataclass(frozen=True, slots=True)
class DagFacts:
    """One DAG without its AST: light, picklable, enough for rules over a whole bundle."""

    dag_id: str | None
    bundle: int
    path: str
    line: int
    tier: Tier
    form: str = "call"
    schedule_kind: ScheduleKind = ScheduleKind.NONE
    schedule: str | None = None
    """Cron, preset, timetable or asset expression."""
    schedule_seconds: float | None = None
    schedule_line: int = 1
    schedule_explicit: bool = True
    timezone: str | None = None
    """Of the start_date, where it is known."""
    start_date: str | None = None
    """ISO 8601, where it is known."""
    catchup: bool | None = None
    tags: tuple[str, ...] = ()
    task_ids: tuple[str, ...] = ()
    """Those that are known."""
    group_ids: tuple[str, ...] = ()
    links: tuple[CrossDagLink, ...] = ()
    assets_in: tuple[tuple[str, int], ...] = ()
    """(name or URI, line) of those in the schedule; aliases as alias:name."""
    assets_out: tuple[tuple[str, int, str | None], ...] = ()
    """(name or URI, line, task_id) of the outlets."""
    arms: tuple[tuple[int, int], ...] = ()
    """(line of the undecided `if`, arm): two DAGs of different arms never coexist."""
    registered: bool = True


@dataclass(slots=True)
class BundleFacts:
    """What is kept of a bundle after its ASTs are dropped."""

    bundle: int = 0
    dags: list[DagFacts] = field(default_factory=list)
    """Sorted by path, line."""
    analyzed: list[str] = field(default_factory=list)
    """Paths that were interpreted."""
    failed: list[str] = field(default_factory=list)
    """Paths that could not be: what they define is not known."""

    @property
    def complete(self) -> bool:
        """Whether every DAG of the bundle is here with its true id."""
        return not self.failed and all(dag.dag_id is not None for dag in self.dags)
