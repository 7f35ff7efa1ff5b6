"""Finds the XComArgs in a value, as Airflow does when it looks for dependencies."""

from analyzers.code_analyzer.interpreter.objects import MappedArgument, PartialFunction
from analyzers.code_analyzer.model import Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Made, Mapping, Sequence, Unknown, Value


def references(value: Value) -> list[Value]:
    """The XComArgs in nested containers."""
    found: list[Value] = []
    _collect(value, found, 0)
    return found


MAX_NESTING = 40


def _collect(value: Value, found: list[Value], depth: int) -> None:
    if depth > MAX_NESTING:
        return
    if isinstance(value, XComArg):
        found.append(value)
    elif isinstance(value, MappedArgument):
        found.extend(value.sources)
    elif isinstance(value, Sequence):
        for item in value.items:
            _collect(item, found, depth + 1)
    elif isinstance(value, Mapping):
        for item in value.items.values():
            _collect(item, found, depth + 1)


def may_hide(value: Value, depth: int = 0) -> bool:
    """Whether an XComArg may be in it that cannot be seen: an unknown made from tasks, or from two arms."""
    if depth > MAX_NESTING:
        return True
    if isinstance(value, XComArg | Task | TaskGroup | MappedArgument):
        return depth > 0
    if isinstance(value, Unknown):
        return any(holds_task(candidate) for candidate in value.candidates)
    if isinstance(value, Made):
        return any(holds_task(part) for part in (*value.args, *value.kwargs.values(), *value.candidates))
    if isinstance(value, PartialFunction):
        return False
    if isinstance(value, Sequence):
        return any(may_hide(item) for item in value.items)
    if isinstance(value, Mapping):
        return any(may_hide(item) for item in value.items.values())
    return False


def holds_task(value: Value, depth: int = 0) -> bool:
    """Whether a task or its output is somewhere in a value."""
    if isinstance(value, XComArg | Task | MappedArgument):
        return True
    if depth > MAX_NESTING:
        return True
    if isinstance(value, Sequence):
        return any(holds_task(item, depth + 1) for item in value.items)
    if isinstance(value, Mapping):
        return any(holds_task(item, depth + 1) for item in value.items.values())
    if isinstance(value, Made):
        return any(
            holds_task(item, depth + 1) for item in (*value.args, *value.kwargs.values(), *value.candidates)
        )
    if isinstance(value, Unknown):
        return any(holds_task(item, depth + 1) for item in value.candidates)
    return False
