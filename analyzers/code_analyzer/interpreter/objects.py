"""Values that only the interpreter knows: scopes, methods, classes, factories, decorators."""

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analyzers.code_analyzer.interpreter.class_order import linear
from analyzers.code_analyzer.model import Dag, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Function, Symbol, Value

if TYPE_CHECKING:
    from analyzers.code_analyzer.interpreter.machine import Machine
    from analyzers.code_analyzer.parsed_file import ParsedFile


class Scope:
    """Names of a module, function or class body, and the scope around it."""

    __slots__ = (
        "file",
        "globals",
        "is_class",
        "machine",
        "nonlocal_names",
        "outer",
        "pending_results",
        "result",
        "stars",
        "variables",
    )

    def __init__(
        self,
        file: "ParsedFile",
        outer: "Scope | None" = None,
        *,
        is_class: bool = False,
        machine: "Machine | None" = None,
    ) -> None:
        owner = outer.machine if outer is not None else machine
        assert owner is not None, "a module's scope names its machine, all others have one around them"
        self.machine: Machine = owner
        self.file = file
        self.outer = outer
        self.variables: dict[str, Value] = {}
        self.globals: Scope = outer.globals if outer else self
        self.is_class = is_class
        self.stars: list[str] = []
        """Modules outside the bundle whose every name was imported."""
        self.nonlocal_names: dict[str, Scope] = {}
        """Names declared global or nonlocal, with the scope that holds them."""
        self.pending_results: list[Value] = []
        """What a function returned in undecided arms before."""
        self.result: Value | None = None
        """What a function returned."""

    def find(self, name: str) -> Value | None:
        """A name's value: local, then around, class bodies left out."""
        if name in self.nonlocal_names:
            return self.nonlocal_names[name].variables.get(name)
        scope: Scope | None = self
        while scope is not None:
            if name in scope.variables and (scope is self or not scope.is_class):
                return scope.variables[name]
            scope = scope.outer
        return None

    def assign(self, name: str, value: Value) -> None:
        """Bind a name."""
        self.nonlocal_names.get(name, self).variables[name] = value


@dataclass(slots=True, eq=False)
class Method(Value):
    """An attribute of a value that is about to be called, as `tasks.append`."""

    receiver: Value
    name: str


@dataclass(slots=True, eq=False)
class Module(Value):
    """A module of the bundle; its body runs when it is imported."""

    scope: Scope


_HARMLESS_BASES = {"object", "abc.ABC", "typing.Generic", "typing.Protocol"}


def is_outside(base: Value) -> bool:
    """Whether a base is a class that nobody here can read."""
    return not isinstance(base, ClassValue) and getattr(base, "name", None) not in _HARMLESS_BASES


@dataclass(slots=True, eq=False)
class ClassValue(Value):
    """A class of the bundle."""

    name: str
    bases: tuple[Value, ...]
    scope: Scope
    operator_base: str | None = None
    """The qualified name of the operator that it derives from, where it does."""
    is_dag: bool = False
    is_group: bool = False
    is_named_tuple: bool = False
    members: "dict[str, Value]" = field(default_factory=dict, repr=False)
    """Of an enum, once they were asked for."""
    fields: dict[str, Value | None] | None = None
    """Of a dataclass or named tuple: the fields in their order, with their defaults."""

    resolution: "tuple[Value, ...] | None" = field(default=None, repr=False)
    """The method resolution order, once it was asked for."""

    def mro(self) -> tuple[Value, ...]:
        """Itself and all its bases in the order in which Python looks for names."""
        if self.resolution is None:
            self.resolution = (self,)
            ways = [list(base.mro()) if isinstance(base, ClassValue) else [base] for base in self.bases]
            self.resolution = (self, *linear([*ways, list(self.bases)]))
        return self.resolution

    def find(self, name: str) -> Value | None:
        """An attribute of the class or of its bases in the bundle."""
        if name in self.scope.variables:
            return self.scope.variables[name]
        for base in self.mro()[1:]:
            if isinstance(base, ClassValue) and name in base.scope.variables:
                return base.scope.variables[name]
        return None

    @property
    def is_enum(self) -> bool:
        """Whether it is an enum."""
        return any(
            base.is_enum
            if isinstance(base, ClassValue)
            else isinstance(base, Symbol) and base.name.startswith("enum.")
            for base in self.bases
        )

    def is_base_of(self, other: "ClassValue") -> bool:
        """Whether another class is this one or derives from it."""
        return other is self or any(
            isinstance(base, ClassValue) and self.is_base_of(base) for base in other.bases
        )

    @property
    def open_base(self) -> Value | None:
        """A base that lies outside the bundle, where there is one (`object` aside)."""
        return next((base for base in self.mro() if is_outside(base)), None)


@dataclass(slots=True, eq=False)
class Instance(Value):
    """An object of a class of the bundle."""

    cls: ClassValue
    attributes: dict[str, Value] = field(default_factory=dict)
    super_arguments: Any = None
    """What it gave to the class outside the bundle that it derives from."""


@dataclass(slots=True, eq=False)
class Super(Value):
    """`super()`: the rest of the class chain, bound to an instance."""

    instance: Instance | ClassValue
    cls: ClassValue


@dataclass(slots=True, eq=False)
class Decorator(Value):
    """`@task(retries=2)`, `@task.branch`, `@dag(...)`, `@task_group(...)`, `@asset(...)`, `@teardown`."""

    kind: str
    """task, dag, task_group, asset, asset.multi, setup or teardown."""
    flavour: str = ""
    """Of a task: "", branch, sensor…"""
    args: list[Value] = field(default_factory=list)
    kwargs: dict[str, Value] = field(default_factory=dict)
    keywords: dict[str, ast.keyword] = field(default_factory=dict)
    open: str | None = None


@dataclass(slots=True, eq=False)
class TaskFactory(Value):
    """A function under @task: each call makes a task."""

    function: Value
    flavour: str
    kwargs: dict[str, Value] = field(default_factory=dict)
    keywords: dict[str, ast.keyword] = field(default_factory=dict)
    open: str | None = None
    partial: dict[str, Value] = field(default_factory=dict)
    is_setup: bool = False
    is_teardown: bool = False
    used: list[bool] = field(default_factory=lambda: [False])
    """Whether it was called or mentioned; shared with what `.override()` and `.partial()` make."""


@dataclass(slots=True, eq=False)
class GroupFactory(Value):
    """A function under @task_group."""

    function: Function
    kwargs: dict[str, Value] = field(default_factory=dict)
    open: str | None = None
    partial: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class DagFactory(Value):
    """A function under @dag: each call makes a DAG."""

    function: Function
    decorator: Decorator
    used: bool = False


@dataclass(slots=True, eq=False)
class OperatorPartial(Value):
    """`Operator.partial(...)`, waiting for `.expand()`."""

    operator: Value
    kwargs: dict[str, Value]
    keywords: dict[str, ast.keyword]
    open: str | None = None


@dataclass(slots=True, eq=False)
class MappedArgument(Value):
    """A parameter of a mapped task group: known only when it runs, but its origin is."""

    sources: list[Value]


@dataclass(slots=True, eq=False)
class LabelValue(Value):
    """An edge label between two sides that come one after the other."""

    text: str | None
    up: list[Value] = field(default_factory=list)
    down: list[Value] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class PartialFunction(Value):
    """`functools.partial(f, ...)`."""

    function: Value
    args: list[Value]
    kwargs: dict[str, Value]


@dataclass(slots=True, eq=False)
class SetupScope(Value):
    """What `with setup >> teardown:` binds."""


class Raised(Exception):
    """The interpreted program raises."""

    def __init__(self, node: ast.AST, text: str, name: str = "Exception") -> None:
        super().__init__(text)
        self.node = node
        self.text = text
        self.name = name


class BudgetSpent(Exception):
    """The file asked for more steps than it is granted."""


Node = Task | TaskGroup | XComArg | LabelValue
DagLike = Dag
