"""The DAG model that rules read: what a file defines, built without running it.

    for dag in file_model.dags:
        for task in dag.tasks:
            retries = task.effective("retries")     # Argument or None
            if retries and retries.value.known and retries.value.plain() == 0:
                yield Problem(retries.node, ...)    # where it was *set*: the call or default_args

Nothing is guessed: what is not known is a value whose `known` is False, a `task_id` that is None,
a reason in `dag.reasons`. Rules that need completeness look at `dag.tier`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyzers.code_analyzer.assets import Asset, AssetExpression, Schedule, ScheduleKind
from analyzers.code_analyzer.values import Argument, Function, Mapping, SetBy, Value
from dagaudit.dag import Tier

if TYPE_CHECKING:
    from analyzers.code_analyzer.parsed_file import ParsedFile

__all__ = [
    "Argument", "Asset", "AssetExpression", "Dag", "Edge", "Reason", "Schedule", "ScheduleKind", "SetBy",
    "Task", "TaskGroup", "XComArg",
]  # fmt: skip


@dataclass(slots=True, eq=False)
class Reason:
    """Why a DAG is not exact."""

    text: str
    line: int
    path: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


@dataclass(slots=True, eq=False)
class Edge:
    """A dependency between two tasks, and the statement that made it."""

    upstream: "Task"
    downstream: "Task"
    node: ast.AST | None = field(default=None, repr=False)
    file: "ParsedFile | None" = field(default=None, repr=False)
    label: str | None = None
    origin: str = "shift"
    """shift (`>>`), set (set_upstream…), chain, xcom (an XComArg argument), setup (as_teardown, with)."""

    @property
    def line(self) -> int:
        """1-based."""
        return getattr(self.node, "lineno", 1)


@dataclass(slots=True, eq=False)
class TaskGroup(Value):
    """A task group; `group_id` is full, None where it is not known."""

    group_id: str | None
    dag: "Dag | None" = None
    parent: "TaskGroup | None" = None
    prefix: bool = True
    """prefix_group_id."""
    arguments: dict[str, Argument] = field(default_factory=dict)
    default_args: Mapping | None = None
    tasks: "list[Task]" = field(default_factory=list, repr=False)
    groups: "list[TaskGroup]" = field(default_factory=list, repr=False)
    before: "list[Task]" = field(default_factory=list, repr=False)
    """Tasks that were set upstream of the group as a whole."""
    is_mapped: bool = False
    function: Function | None = None
    """The function under @task_group."""

    def all_tasks(self) -> "Iterator[Task]":
        """Its tasks and those of the groups in it."""
        yield from self.tasks
        for group in self.groups:
            yield from group.all_tasks()


@dataclass(slots=True, eq=False)
class Task(Value):
    """An operator or a call of a @task function."""

    task_id: str | None
    """Full, with the prefixes of its groups; None where it is not known (see `id_value`)."""
    operator: str
    """Airflow's task_type: BashOperator, _PythonDecoratedOperator."""
    operator_class: str | None
    """Qualified, as airflow.providers.standard.operators.bash.BashOperator."""
    id_value: Value | None = None
    dag: "Dag | None" = field(default=None, repr=False)
    group: TaskGroup | None = field(default=None, repr=False)
    arguments: dict[str, Argument] = field(default_factory=dict, repr=False)
    """As given in the call, `.partial()` or `.override()`; not those of default_args."""
    expanded: dict[str, Argument] = field(default_factory=dict, repr=False)
    """As given to `.expand()`; `expand_kwargs` has its one argument under that name."""
    inherited: dict[str, Argument] = field(default_factory=dict, repr=False)
    """From default_args, merged DAG -> group -> task; the call's own arguments win over these."""
    inherited_open: str | None = None
    """Why default_args may hold more than that."""
    open: str | None = None
    """Why the call may give more arguments than those (`**unknown`)."""
    function: Function | None = field(default=None, repr=False)
    """The decorated function or the python_callable, where it is one of the bundle."""
    decorator: str | None = None
    """For @task functions: task, task.branch, task.sensor…; None for operators."""
    template_fields: frozenset[str] | None = None
    """Of an operator class of the bundle; for all others ask the operator table."""
    is_mapped: bool = False
    is_setup: bool = False
    is_teardown: bool = False
    arms: tuple[tuple[ast.AST, int], ...] = ()
    """The undecided `if`s it was made under, each with its arm: two tasks of different arms never coexist."""

    def effective(self, name: str) -> Argument | None:
        """The argument after default_args of DAG, group and task were merged under the call; None: not set.

        Where `open` or `inherited_open` tells that more may be given, None is no proof.
        """
        return self.arguments.get(name) or self.expanded.get(name) or self.inherited.get(name)

    def value_of(self, name: str, default: object = None) -> object:
        """The plain effective value, `default` where it is unset or not known."""
        argument = self.effective(name)
        return argument.value.plain(default) if argument else default

    @property
    def complete(self) -> bool:
        """Whether all its arguments are seen, so that what is not there is not set."""
        return self.open is None and self.inherited_open is None

    @property
    def name(self) -> str:
        """The id, or what can be said of it."""
        if self.task_id is not None:
            return self.task_id
        pattern = getattr(self.id_value, "pattern", None)
        return pattern() if pattern else "…"

    @property
    def upstream(self) -> "list[Task]":
        """Its direct upstream tasks, in the order of their edges."""
        return self.dag.upstream_of(self) if self.dag else []

    @property
    def downstream(self) -> "list[Task]":
        """Its direct downstream tasks."""
        return self.dag.downstream_of(self) if self.dag else []


@dataclass(slots=True, eq=False)
class XComArg(Value):
    """What a task will return: `extract()`, `task.output["key"]`."""

    task: Task
    key: str | None = "return_value"
    """None where it is not known."""
    mapped_over: bool = False
    """Whether `.map`, `.zip` or `.concat` made it."""
    others: "tuple[XComArg, ...]" = ()
    """The further ones that `.zip` and `.concat` joined."""


@dataclass(slots=True, eq=False)
class Dag(Value):
    """A DAG; `dag_id` is None where it is not known (see `id_value`)."""

    dag_id: str | None
    form: str = "call"
    """call (`DAG(...)`, `with DAG(...)`), decorator (`@dag`), asset (`@asset`), yaml."""
    id_value: Value | None = None
    arguments: dict[str, Argument] = field(default_factory=dict, repr=False)
    open: str | None = None
    """Why the call may give more arguments than those (`**unknown`)."""
    default_args: Mapping | None = field(default=None, repr=False)
    schedule: Schedule = field(default_factory=lambda: Schedule(ScheduleKind.NONE, explicit=False))
    tasks: list[Task] = field(default_factory=list, repr=False)
    groups: list[TaskGroup] = field(default_factory=list, repr=False)
    edges: list[Edge] = field(default_factory=list, repr=False)
    """In the order they were made; the same pair may come twice."""
    reasons: list[Reason] = field(default_factory=list, repr=False)
    """Why the model is not exact, in the order found."""
    function: Function | None = field(default=None, repr=False)
    """The function under @dag or @asset."""
    opaque: bool = False
    """Nothing but its existence is known."""
    refusals: "list[tuple[str, ast.AST | None, ParsedFile | None]]" = field(default_factory=list, repr=False)
    """Why Airflow would refuse to load it: what is wrong, and where."""
    ids: set[str] = field(default_factory=set, repr=False)
    """Every task and group id that is taken."""
    registered: bool = True
    """Whether Airflow would find it: at module level, a context manager, or decorated."""
    used_as_context: bool = False
    home_line: int = 1
    """Its line in the file that defines it: of the call that led to it, where it is made elsewhere."""
    params: dict[str, Value] = field(default_factory=dict, repr=False)
    """Those of `params=`, of default_args and of a @dag function's parameters, by name."""
    arms: tuple[tuple[ast.AST, int], ...] = ()
    _up: "dict[Task, list[Task]] | None" = field(default=None, repr=False)
    _down: "dict[Task, list[Task]] | None" = field(default=None, repr=False)

    @property
    def tier(self) -> Tier:
        """exact: all of ids, edges, schedule and arguments are known; partial: see reasons."""
        if self.opaque or self.dag_id is None:
            return Tier.OPAQUE
        return Tier.PARTIAL if self.reasons else Tier.EXACT

    @property
    def exact(self) -> bool:
        """Whether the model is complete, so that what is not in it does not exist."""
        return self.tier is Tier.EXACT

    def argument(self, name: str) -> Argument | None:
        """An argument of the DAG itself; None where it is not given (see `open`)."""
        return self.arguments.get(name)

    def task(self, task_id: str) -> Task | None:
        """The task of this full id."""
        return next((task for task in self.tasks if task.task_id == task_id), None)

    def upstream_of(self, task: Task) -> list[Task]:
        """Direct upstream tasks."""
        return self._neighbours()[0].get(task, [])

    def downstream_of(self, task: Task) -> list[Task]:
        """Direct downstream tasks."""
        return self._neighbours()[1].get(task, [])

    def ancestors(self, task: Task) -> set[Task]:
        """All tasks from which this one can be reached; in a cycle also itself."""
        return _reach(task, self._neighbours()[0])

    def descendants(self, task: Task) -> set[Task]:
        """All tasks that can be reached from this one."""
        return _reach(task, self._neighbours()[1])

    @property
    def roots(self) -> list[Task]:
        """Tasks without upstream."""
        return [task for task in self.tasks if not self.upstream_of(task)]

    @property
    def leaves(self) -> list[Task]:
        """Tasks without downstream."""
        return [task for task in self.tasks if not self.downstream_of(task)]

    def edge(self, upstream: Task, downstream: Task) -> Edge | None:
        """The first edge of this pair."""
        return next((e for e in self.edges if e.upstream is upstream and e.downstream is downstream), None)

    def forget_neighbours(self) -> None:
        """An edge is added."""
        self._up = self._down = None

    def _neighbours(self) -> "tuple[dict[Task, list[Task]], dict[Task, list[Task]]]":
        if self._up is None or self._down is None:
            up: dict[Task, dict[Task, None]] = {}
            down: dict[Task, dict[Task, None]] = {}
            for edge in self.edges:
                up.setdefault(edge.downstream, {})[edge.upstream] = None
                down.setdefault(edge.upstream, {})[edge.downstream] = None
            self._up = {task: list(found) for task, found in up.items()}
            self._down = {task: list(found) for task, found in down.items()}
        return self._up, self._down


def _reach(start: Task, neighbours: dict[Task, list[Task]]) -> set[Task]:
    found: set[Task] = set()
    pending = list(neighbours.get(start, ()))
    while pending:
        task = pending.pop()
        if task not in found:
            found.add(task)
            pending.extend(neighbours.get(task, ()))
    return found
