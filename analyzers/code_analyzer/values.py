"""Values as the interpreter sees them: known, partly known or unknown, each with the place that set it.

`value.known` says whether the whole of it is known; then `value.plain()` is the Python value.
What is not known keeps its `reason`; where only a default is known it is in `candidates`.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzers.code_analyzer.parsed_file import ParsedFile

Plain = Any  # str, int, float, bool, None, bytes, datetime, timedelta, list, tuple or dict


@dataclass(slots=True, eq=False)
class Value:
    """The base: where it was set. Values are compared by identity."""

    node: ast.AST | None = field(default=None, kw_only=True, repr=False)
    """The expression that made it; None for what stands in no source (a default of Airflow's)."""
    file: "ParsedFile | None" = field(default=None, kw_only=True, repr=False)
    """The file of `node`: not always the DAG's own, imports inside the bundle are followed."""

    @property
    def known(self) -> bool:
        """Whether all of it is known as plain data."""
        return False

    @property
    def reason(self) -> str | None:
        """Why it is not (wholly) known."""
        return None if self.known else f"{type(self).__name__.lower()} is no plain value"

    def plain(self, default: Plain = None) -> Plain:
        """The Python value, or `default` where it is not wholly known."""
        return default

    @property
    def line(self) -> int:
        """1-based; 1 where there is no source."""
        return getattr(self.node, "lineno", 1)

    @property
    def column(self) -> int:
        """1-based."""
        return getattr(self.node, "col_offset", 0) + 1

    @property
    def path(self) -> str | None:
        """Of the file that set it."""
        return self.file.path if self.file else None


@dataclass(slots=True, eq=False)
class Const(Value):
    """A known scalar: str, int, float, bool, None, bytes, datetime, date, time or timedelta."""

    value: str | int | float | complex | bool | bytes | date | time | timedelta | None

    @property
    def known(self) -> bool:
        """Always."""
        return True

    def plain(self, default: Plain = None) -> Plain:  # noqa: ARG002
        """The scalar."""
        return self.value


@dataclass(slots=True, eq=False)
class Text(Value):
    """A string with holes: parts that are known, between values that are not (an f-string's, say)."""

    parts: tuple["str | Value", ...]

    @property
    def reason(self) -> str | None:
        """That of the first hole."""
        return next((part.reason for part in self.parts if isinstance(part, Value)), None)

    def pattern(self, hole: str = "…") -> str:
        """The text with a mark for each hole."""
        return "".join(part if isinstance(part, str) else hole for part in self.parts)


def _all_known(items: Iterable[Value]) -> bool:
    try:
        return all(item.known for item in items)
    except RecursionError:
        # A list that holds itself, or one nested as deep.
        return False


def _first_reason(items: Iterable[Value]) -> str | None:
    try:
        return next((item.reason for item in items if not item.known), None)
    except RecursionError:
        return "it holds itself"


@dataclass(slots=True, eq=False)
class Sequence(Value):
    """A list, tuple or set. Each item keeps its own place."""

    items: list[Value]
    kind: type = list
    """list, tuple, set or frozenset."""
    open: str | None = None
    """Why there may be more, fewer or other items than these; None where it is all."""

    @property
    def known(self) -> bool:
        """Whether every item is, and there are no others."""
        return self.open is None and _all_known(self.items)

    @property
    def reason(self) -> str | None:
        """Why not."""
        return self.open or _first_reason(self.items)

    def plain(self, default: Plain = None) -> Plain:
        """A list, or a tuple where it is one."""
        if not self.known:
            return default
        items = [item.plain() for item in self.items]
        return tuple(items) if self.kind is tuple else items


@dataclass(slots=True, eq=False)
class Mapping(Value):
    """A dict. Each value keeps its place; `key_nodes` has those of the keys."""

    items: dict[Plain, Value]
    key_nodes: dict[Plain, ast.AST] = field(default_factory=dict, repr=False)
    open: str | None = None
    """Why there may be other keys or values than these; None where it is all."""
    factory: "Value | None" = None
    """What makes the value of a missing key, in a defaultdict."""
    unkeyed: "list[Value]" = field(default_factory=list, repr=False)  # those of keys that are not known
    is_names: bool = False  # whether it is `globals()` of the DAG file: what it holds, Airflow finds

    @property
    def known(self) -> bool:
        """Whether every value is, and there are no others."""
        return self.open is None and _all_known(self.items.values())

    @property
    def reason(self) -> str | None:
        """Why not."""
        return self.open or _first_reason(self.items.values())

    def plain(self, default: Plain = None) -> Plain:
        """A dict."""
        return {key: item.plain() for key, item in self.items.items()} if self.known else default

    def get(self, key: Plain) -> Value | None:
        """The value of a key, None where it is not (known to be) there."""
        return self.items.get(key)


@dataclass(slots=True, eq=False)
class Symbol(Value):
    """A name from outside the bundle, as `pandas.read_csv` or `airflow.sdk.TriggerRule`."""

    name: str
    """Dotted, aliases resolved."""

    @property
    def reason(self) -> str | None:
        """It lies outside."""
        return f"{self.name} lies outside the DAG folder"


@dataclass(slots=True, eq=False)
class Made(Value):
    """What a call from outside the bundle returns: `MyTimetable("x")`, `Variable.get("y")`, `uuid4()`."""

    callee: str
    """The qualified name of what was called, as `airflow.sdk.Param`; methods as `<callee>().method`."""
    args: tuple[Value, ...] = ()
    kwargs: dict[str, Value] = field(default_factory=dict)
    candidates: tuple[Value, ...] = ()
    """Values that it probably has: the default of `os.environ.get(name, default)`."""

    @property
    def reason(self) -> str | None:
        """Only running it would tell."""
        return f"{self.callee}() at line {self.line} is known only when it runs"

    @property
    def class_name(self) -> str:
        """The last part of the callee."""
        return self.callee.rpartition(".")[2]


class Why(StrEnum):
    """What kind of not knowing: some rules treat them differently."""

    INPUT = "input"
    """It comes from outside: environment, Variable, network, a clock."""
    BRANCH = "branch"
    """Two arms of an `if` that could not be decided set it differently."""
    UNSUPPORTED = "unsupported"
    """The interpreter does not follow this construct."""
    BUDGET = "budget"
    """The file asked for more steps than it is granted."""
    ERROR = "error"
    """The code would raise here."""


@dataclass(slots=True, eq=False)
class Unknown(Value):
    """Nothing is known, for this reason."""

    because: str
    why: Why = Why.UNSUPPORTED
    candidates: tuple[Value, ...] = ()
    """What it may be, where that is known: both arms' values, a default."""

    @property
    def reason(self) -> str | None:
        """As given, with the line."""
        return f"{self.because} (line {self.line})" if self.node is not None else self.because


@dataclass(slots=True, eq=False)
class Function(Value):
    """A function or lambda of the bundle: `node` is its definition, `file` where it stands."""

    name: str
    definition: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda = field(repr=False)
    scope: Any = field(default=None, repr=False)
    decorators: tuple[Value, ...] = ()
    defaults: dict[str, Value] = field(default_factory=dict, repr=False)

    @property
    def parameters(self) -> ast.arguments:
        """As declared."""
        return self.definition.args


class SetBy(StrEnum):
    """Who gave an argument its value, weakest first."""

    DAG_DEFAULT_ARGS = "dag default_args"
    GROUP_DEFAULT_ARGS = "group default_args"
    TASK_DEFAULT_ARGS = "task default_args"
    CALL = "call"
    EXPAND = "expand"


@dataclass(slots=True, eq=False)
class Argument:
    """An argument with its value and the place that set it."""

    name: str
    value: Value
    set_by: SetBy = SetBy.CALL
    keyword: ast.keyword | None = field(default=None, repr=False)
    """The `name=value` in the source; None where it came from a dict or by position."""

    @property
    def node(self) -> ast.AST | None:
        """The expression that was given."""
        return self.value.node

    @property
    def line(self) -> int:
        """Where it was set, 1-based."""
        return self.value.line


def walk(value: Value) -> Iterator[Value]:
    """A value and all values inside it: items of containers, holes of texts, arguments of calls."""
    pending = [value]
    seen: set[int] = set()
    while pending:
        if id(current := pending.pop()) not in seen:
            seen.add(id(current))
            yield current
            pending.extend(reversed(_inside(current)))


def _inside(value: Value) -> list[Value]:
    match value:
        case Sequence():
            return value.items
        case Mapping():
            return [*value.items.values(), *value.unkeyed]
        case Text():
            return [part for part in value.parts if isinstance(part, Value)]
        case Made():
            return [*value.args, *value.kwargs.values()]
    return []
