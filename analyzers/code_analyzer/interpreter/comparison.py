"""Compares values; what cannot be told is None."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from analyzers.code_analyzer.interpreter.containers import NO_KEY, hashable
from analyzers.code_analyzer.interpreter.enums import is_member
from analyzers.code_analyzer.interpreter.objects import Instance
from analyzers.code_analyzer.model import Asset, AssetExpression, Task
from analyzers.code_analyzer.values import Const, Made, Mapping, Sequence, Symbol, Text, Unknown, Value

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def compare(how: ast.cmpop, left: Value, right: Value) -> bool | None:
    """A comparison; None where it is not known."""
    if isinstance(how, ast.Is | ast.IsNot):
        known = _identical(left, right)
        return known if known is None or isinstance(how, ast.Is) else not known
    if isinstance(how, ast.In | ast.NotIn):
        known = _contains(left, right)
        return known if known is None or isinstance(how, ast.In) else not known
    if left.known and right.known:
        if isinstance(left, Asset | AssetExpression) or isinstance(right, Asset | AssetExpression):
            return None
        try:
            return bool(_COMPARISONS[type(how)](left.plain(), right.plain()))
        except TypeError:
            return None
    if isinstance(how, ast.Eq | ast.NotEq):
        if is_member(left) and is_member(right):
            return (left is right) is isinstance(how, ast.Eq)
        if left is right and not isinstance(left, Unknown | Made | Text):
            return isinstance(how, ast.Eq)
        # A task, a function, a DAG never equals plain data.
        if isinstance(left, Const) != isinstance(right, Const) and _is_object(left, right):
            return isinstance(how, ast.NotEq)
    return None


def _is_object(left: Value, right: Value) -> bool:
    return not any(isinstance(side, Unknown | Made | Text | Symbol) for side in (left, right))


def _identical(left: Value, right: Value) -> bool | None:
    if isinstance(left, Const) and isinstance(right, Const):
        if left.value is None or right.value is None or isinstance(left.value, bool):
            return left.value is right.value
        # Equal texts may be one object or two; members of an enum come as one.
        return True if left is right else None if left.value == right.value else False
    if isinstance(left, Instance) and isinstance(right, Instance):
        return left is right
    none = next((side for side in (left, right) if isinstance(side, Const) and side.value is None), None)
    other = right if none is left else left
    if none is not None and not isinstance(other, Unknown | Made):
        return False
    if left is right and not isinstance(left, Unknown | Made):
        return True
    return None


def _contains(item: Value, container: Value) -> bool | None:
    if isinstance(container, Const) and isinstance(container.value, str):
        return str(item.value) in container.value if isinstance(item, Const) else None
    if isinstance(container, Mapping):
        key = hashable(item)
        if key is not NO_KEY and key in container.items:
            return True
        return None if key is NO_KEY or container.open else False
    if isinstance(container, Sequence):
        if any(item is other for other in container.items):
            return True
        if item.known:
            known = [other for other in container.items if other.known]
            if any(other.plain() == item.plain() for other in known):
                return True
            if container.open is None and len(known) == len(container.items):
                return False
    return None


def outlet(left: Value, right: Value) -> Value | None:
    """`task > asset` declares an outlet and gives the task back."""
    return left if isinstance(left, Task) and isinstance(right, Asset | Sequence) else None
