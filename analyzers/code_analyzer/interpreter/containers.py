"""Containers: their items, keys, entries and slices."""

import ast
from collections.abc import Iterable
from typing import Any

from analyzers.code_analyzer.interpreter import file_calls
from analyzers.code_analyzer.interpreter.enums import member, member_names
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import ClassValue, Instance, Module, Raised, Scope
from analyzers.code_analyzer.model import Asset, Dag, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Const, Made, Mapping, Sequence, Symbol, Unknown, Value

NO_KEY = object()
MATCH_GROUPS = "(groups)"
"""Where a match of `re` keeps its groups."""


def hashable(value: Value) -> Any:  # noqa: ANN401 - any hashable constant
    """A dict key, NO_KEY where it is not known."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Sequence) and value.kind is tuple and value.known:
        plain = value.plain()
        return plain if all(isinstance(item, str | int | float | bool | None) for item in plain) else NO_KEY
    if isinstance(value, Task | Asset | Symbol):
        return value if not isinstance(value, Symbol) else value.name
    return NO_KEY


def items_of(value: Value) -> tuple[list[Value] | None, str | None]:
    """The items of a container, and why there may be others; None: it cannot be iterated."""
    if isinstance(value, Sequence):
        return list(value.items), value.open
    if isinstance(value, ClassValue) and value.is_enum:
        return [member(value, name) for name in member_names(value)], None
    if isinstance(value, Instance):
        return (list(value.attributes.values()), None) if value.cls.is_named_tuple else (None, None)
    if isinstance(value, Mapping):
        keys: list[Value] = [
            Const(key, node=value.key_nodes.get(key, value.node), file=value.file)
            if not isinstance(key, Value)
            else key
            for key in value.items
        ]
        return keys, value.open
    if isinstance(value, Const) and isinstance(value.value, str):
        return [Const(letter, node=value.node, file=value.file) for letter in value.value], None
    return None, None


def iterated(scope: Scope, node: ast.AST, value: Value) -> tuple[list[Value] | None, str | None]:
    """As `items_of`, with the items counted; a set comes in the order of its text, which is said."""
    if isinstance(value, XComArg):
        raise Raised(node, "an XComArg cannot be iterated", "TypeError")
    if isinstance(value, TaskGroup):
        return list(value.all_tasks()), None
    if isinstance(value, Made):
        return file_calls.lines_of(scope, node, value), None
    items, why = items_of(value)
    if (
        isinstance(value, Sequence)
        and value.kind in (set, frozenset)
        and not scope.machine.order_free
        and not _has_fixed_order(value)
    ):
        scope.machine.note(
            scope.machine.dag,
            node,
            "the order of a set or of an unsorted folder changes from one run to the next",
            scope.file,
        )
    if items is not None and len(items) > scope.machine.budget.items:
        return items[: scope.machine.budget.items], "it is longer than the interpreter's budget"
    return items, why


def _has_fixed_order(value: Sequence) -> bool:
    # Numbers hash to themselves; texts get another hash in every process.
    return len(value.items) < 2 or all(
        isinstance(item, Const) and isinstance(item.value, int) for item in value.items
    )


def item(scope: Scope, node: ast.Subscript, value: Value, key: Value) -> Value:
    """`value[key]`."""
    if isinstance(value, XComArg):
        known = key.value if isinstance(key, Const) else None
        return XComArg(value.task, str(known) if known is not None else None, node=node, file=scope.file)
    if isinstance(value, Mapping):
        return _entry(scope, node, value, key)
    if isinstance(value, Sequence) and isinstance(key, Const) and isinstance(key.value, int):
        if value.open is None or 0 <= key.value < len(value.items):
            try:
                found = value.items[key.value]
            except IndexError:
                raise Raised(node, "list index out of range", "IndexError") from None
            if value.open is None:
                return found
        return unknown(scope, node, value.open or "the list is not known")
    if isinstance(value, Const) and isinstance(value.value, str) and isinstance(key, Const):
        try:
            return Const(value.value[key.value], node=node, file=scope.file)  # type: ignore[index]
        except (TypeError, IndexError) as error:
            raise Raised(node, str(error), type(error).__name__) from None
    return _member(scope, node, value, key)


def _entry(scope: Scope, node: ast.AST, value: Mapping, key: Value) -> Value:
    wanted = hashable(key)
    if wanted is not NO_KEY and wanted in value.items and value.open is None:
        return value.items[wanted]
    if value.open is not None or wanted is NO_KEY:
        found = value.items.get(wanted) if wanted is not NO_KEY else None
        candidates = (found,) if found is not None else ()
        return Unknown(
            value.open or key.reason or "its key is not known",
            candidates=candidates,
            node=node,
            file=scope.file,
        )
    if value.factory is not None:
        return _made_for(scope, node, value, wanted)
    raise Raised(node, f"key {wanted!r} is missing", "KeyError")


def _made_for(scope: Scope, node: ast.AST, value: Mapping, key: Any) -> Value:  # noqa: ANN401 - any constant
    """A defaultdict makes the value of a missing key."""
    from analyzers.code_analyzer.interpreter.calls import call_value
    from analyzers.code_analyzer.interpreter.functions import Arguments

    assert value.factory is not None
    scope.machine.changed(value, node)
    call = ast.copy_location(
        ast.Call(func=ast.Name(id="default", ctx=ast.Load()), args=[], keywords=[]), node
    )
    made = call_value(scope, call, value.factory, Arguments())
    value.items[key] = made
    return made


def _member(scope: Scope, node: ast.Subscript, value: Value, key: Value) -> Value:
    if isinstance(value, file_calls.Ini):
        found = file_calls.ini_section(scope, node, value, key)
    elif isinstance(value, TaskGroup | Symbol | ClassValue | Instance) and isinstance(key, Const):
        found = _keyed(scope, node, value, key)
    else:
        found = None
    if found is not None:
        return found
    if isinstance(value, Symbol) and value.name == "os.environ":
        return Made("os.environ.get", (key,), node=node, file=scope.file)
    if isinstance(value, Symbol):
        # A subscripted type, as list[str].
        return value
    return Made("operator.getitem", (value, key), node=node, file=scope.file)


def _keyed(
    scope: Scope, node: ast.Subscript, value: TaskGroup | Symbol | ClassValue | Instance, key: Const
) -> Value | None:
    if isinstance(value, TaskGroup):
        prefix = f"{value.group_id}." if value.prefix and value.group_id else ""
        wanted = f"{prefix}{key.plain()}"
        return next((task for task in value.all_tasks() if task.task_id == wanted), None)
    if isinstance(value, Symbol):
        of_this = value.name == "sys.modules" and key.value == scope.file.module
        return Module(scope.globals, node=node, file=scope.file) if of_this else None
    if isinstance(value, ClassValue):
        if value.is_enum and key.value not in member_names(value):
            raise Raised(node, f"{value.name} has no member {key.value!r}", "KeyError")
        return member(value, str(key.value)) if value.is_enum else None
    if isinstance(groups := value.attributes.get(MATCH_GROUPS), Mapping):
        return _entry(scope, node, groups, key)
    if value.cls.is_named_tuple:
        items = list(value.attributes.values())
        return item(scope, node, Sequence(items, tuple, node=value.node, file=value.file), key)
    return None


def sliced(scope: Scope, node: ast.Subscript, value: Value, bounds: list[Value | None]) -> Value:
    """`value[a:b:c]`."""
    plain = [bound.plain() if bound is not None else None for bound in bounds]
    if all(bound is None or bound.known for bound in bounds):
        cut: slice[Any, Any, Any] = slice(*plain)
        try:
            if isinstance(value, Sequence) and value.open is None:
                return Sequence(value.items[cut], value.kind, node=node, file=scope.file)
            if isinstance(value, Const) and isinstance(value.value, str):
                return Const(value.value[cut], node=node, file=scope.file)
        except TypeError as error:
            raise Raised(node, str(error), "TypeError") from None
    return unknown(scope, node, value.reason or "what is sliced is not known")


def put_unkeyed(container: Mapping, values: Iterable[Value], because: str | None) -> None:
    """Values go into a dict under keys that are not known; in `globals()` Airflow finds them all the same."""
    container.open = container.open or because
    container.unkeyed += values
    if container.is_names:
        for value in container.unkeyed:
            register(value)


def register(value: Value) -> None:
    """A DAG has a global name, whichever: Airflow finds it."""
    if isinstance(value, Dag):
        value.registered = True
    elif isinstance(value, Unknown):
        for candidate in value.candidates:
            register(candidate)
