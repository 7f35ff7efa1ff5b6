"""The interpreter's state: what is being read, which DAG and group are open, what was made so far."""

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from analyzers.code_analyzer.interpreter.objects import BudgetSpent, DagFactory, Module, Scope, TaskFactory
from analyzers.code_analyzer.model import Dag, Reason, Task, TaskGroup
from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.values import Mapping, Sequence, Unknown, Value, Why

if TYPE_CHECKING:
    from analyzers.code_analyzer.interpreter.context_managers import Block
    from analyzers.code_analyzer.interpreter.setup_teardown import SetupStacks

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one file may cost."""

    steps: int = 200_000
    """Statements, loop turns and calls."""
    tasks: int = 5_000
    dags: int = 2_000
    edges: int = 100_000
    depth: int = 24
    """Nested calls."""
    items: int = 20_000
    """Items of one list, characters of one text / 50."""


class BundleFiles(Protocol):
    """What the interpreter may read besides the file at hand."""

    def module(self, name: str, importer: str) -> ParsedFile | None:
        """The bundle's module of this dotted name; None where it lies outside."""
        ...

    def data(self, path: str) -> bytes | None:
        """A data file of the bundle by its path, None where there is none."""
        ...

    def names(self, folder: str) -> tuple[str, ...]:
        """The paths of all files below a folder of the bundle, sorted; "" is the bundle itself."""
        ...


class NoFiles:
    """A file on its own."""

    def module(self, name: str, importer: str) -> ParsedFile | None:  # noqa: ARG002
        """None."""
        return None

    def data(self, path: str) -> bytes | None:  # noqa: ARG002
        """None."""
        return None

    def names(self, folder: str) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing."""
        return ()


@dataclass(slots=True, eq=False)
class Machine:
    """One file's interpretation."""

    main: ParsedFile
    target: Version = (3, 3)
    files: BundleFiles = field(default_factory=NoFiles)
    budget: Budget = field(default_factory=Budget)
    forgiving: bool = False
    """Whether an import that fails in the target is let pass."""
    steps: int = 0
    depth: int = 0
    edge_count: int = 0
    task_count: int = 0
    dags: list[Dag] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    dag_factories: list[DagFactory] = field(default_factory=list)
    task_factories: list[TaskFactory] = field(default_factory=list)
    dag_stack: list[Dag] = field(default_factory=list)
    group_stack: list[TaskGroup] = field(default_factory=list)
    arms: tuple[tuple[ast.AST, int], ...] = ()
    """The undecided conditions that the code at hand stands under."""
    arm_reasons: tuple[str, ...] = ()
    modules: dict[str, Module] = field(default_factory=dict)
    importing: list[str] = field(default_factory=list)
    setup_stacks: "SetupStacks" = field(default_factory=lambda: _new_stacks())  # noqa: PLW0108 - it is defined below
    fresh: dict[int, Value] = field(default_factory=dict)
    """Containers made under the innermost undecided condition: they may be changed freely."""
    order_free: int = 0
    """Counts the calls that are being made for which the order of items is all one, as `sorted()`."""
    uncertain: int = 0
    """Counts what may raise: imports and calls of things from outside."""
    main_node: ast.AST | None = None
    """The statement of the main file that is running."""
    notes: list[Reason] = field(default_factory=list)
    """Reasons that concern every DAG of the file."""
    elsewhere: ast.AST | None = None
    """Where code that is not at hand may give the file global names."""
    calling: list[tuple[object, int]] = field(default_factory=list)
    """The functions that are running, each with the number of undecided conditions above its call."""
    yielded: "list[Sequence | Block]" = field(default_factory=list)
    """Where a `yield` goes: to the list that a generator becomes, or to the block of a `with`."""
    foreign: list[Dag] = field(default_factory=list)
    """DAGs that imported modules made for themselves."""

    def step(self, cost: int = 1) -> None:
        """Count work.

        Raises:
            BudgetSpent: there was too much.
        """
        self.steps += cost
        if self.steps > self.budget.steps:
            raise BudgetSpent

    @property
    def dag(self) -> Dag | None:
        """The DAG that is open."""
        return self.dag_stack[-1] if self.dag_stack else None

    @property
    def group(self) -> TaskGroup | None:
        """The task group that is open."""
        return self.group_stack[-1] if self.group_stack else None

    def note(self, dag: Dag | None, node: ast.AST | None, text: str, file: ParsedFile | None = None) -> None:
        """Say why a DAG is not exact; without a DAG it holds for all of the file."""
        reason = Reason(text, getattr(node, "lineno", 1), (file or self.main).path)
        reasons = self.notes if dag is None else dag.reasons
        if len(reasons) < MAX_REASONS and not any(
            old.text == reason.text and old.line == reason.line for old in reasons
        ):
            reasons.append(reason)

    def changed(self, container: Sequence | Mapping, node: ast.AST) -> None:
        """A container is changed: under an undecided condition it is no longer known."""
        if self.arms and id(container) not in self.fresh and container.open is None:
            container.open = f"changed at line {getattr(node, 'lineno', 1)} only {self.arm_reasons[-1]}"

    def new(self, container: Value) -> Value:
        """Remember a container that was made under an undecided condition."""
        if self.arms:
            self.fresh[id(container)] = container
        return container


MAX_REASONS = 50


def _new_stacks() -> "SetupStacks":
    from analyzers.code_analyzer.interpreter.setup_teardown import SetupStacks

    return SetupStacks()


def unknown(scope: Scope, node: ast.AST, because: str, why: Why = Why.UNSUPPORTED) -> Unknown:
    """An unknown value, made here."""
    return Unknown(because, why, node=node, file=scope.file)
