"""Operators on values: arithmetic, joining of texts, lists, sets and assets."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from analyzers.code_analyzer.interpreter import edges, relative_dates
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Instance, Raised, Scope
from analyzers.code_analyzer.interpreter.texts import MAX_TEXT, is_textual, parts_of, percent, text_of
from analyzers.code_analyzer.model import Asset, AssetExpression
from analyzers.code_analyzer.values import Const, Made, Mapping, Sequence, Value

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}


def binary(scope: Scope, node: ast.BinOp, left: Value, right: Value) -> Value:
    """`left op right`."""
    kind = type(node.op)
    if relative_dates.is_delta(right):
        return _moved(scope, node, left, right)
    if isinstance(left, Instance) and left.cls.find(_METHODS.get(kind, "")) is not None:
        return _own(scope, node, left, right)
    return _of_values(scope, node, left, right)


def _of_values(scope: Scope, node: ast.BinOp, left: Value, right: Value) -> Value:
    kind = type(node.op)
    if kind in (ast.RShift, ast.LShift):
        if edges.is_node(left) or edges.is_node(right):
            return edges.shift(scope, node, left, right)
        if not (isinstance(left, Const) and isinstance(right, Const)):
            edges.lost(scope, node, left, right)
            return right
    if kind in (ast.BitAnd, ast.BitOr) and _is_asset(left) and _is_asset(right):
        return _joined_assets("all" if kind is ast.BitAnd else "any", left, right, node, scope)
    if isinstance(left, Const) and isinstance(right, Const):
        return _constants(scope, node, left, right)
    if kind is ast.Add:
        return _added(scope, node, left, right)
    if kind is ast.Mod and isinstance(left, Const) and isinstance(left.value, str):
        return percent(scope, node, left.value, right)
    if kind is ast.Mult and isinstance(left, Sequence) and isinstance(right, Const):
        return _repeated(scope, node, left, right)
    if kind is ast.BitOr and isinstance(left, Mapping) and isinstance(right, Mapping):
        return Mapping(
            {**left.items, **right.items},
            {**left.key_nodes, **right.key_nodes},
            left.open or right.open,
            node=node,
            file=scope.file,
        )
    if kind is ast.Div and isinstance(left, Made) and left.class_name == "Path":
        return Made("pathlib.Path", (*left.args, right), node=node, file=scope.file)
    if kind in _SET_OPERATIONS and isinstance(left, Sequence) and isinstance(right, Sequence):
        return _sets(scope, node, left, right)
    return Made(f"operator.{kind.__name__.lower()}", (left, right), node=node, file=scope.file)


_SET_OPERATIONS = (ast.Sub, ast.BitAnd, ast.BitOr)
_METHODS: dict[type[ast.operator], str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.RShift: "__rshift__",
    ast.LShift: "__lshift__",
    ast.BitOr: "__or__",
    ast.BitAnd: "__and__",
    ast.Div: "__truediv__",
}


def _own(scope: Scope, node: ast.BinOp, left: Instance, right: Value) -> Value:
    """An operator that a class of the bundle defines."""
    from analyzers.code_analyzer.interpreter.classes import call_method
    from analyzers.code_analyzer.interpreter.functions import Arguments

    given = Arguments()
    given.args = [right]
    return call_method(scope, node, left, _METHODS[type(node.op)], given)


def _is_asset(value: Value) -> bool:
    return isinstance(value, Asset | AssetExpression)


def _joined_assets(kind: str, left: Value, right: Value, node: ast.AST, scope: Scope) -> Value:
    items: list[Value] = []
    for side in (left, right):
        if isinstance(side, AssetExpression) and side.kind == kind:
            items += side.items
        else:
            items.append(side)
    return AssetExpression(kind, items, node=node, file=scope.file)


def _constants(scope: Scope, node: ast.BinOp, left: Const, right: Const) -> Value:
    first, second = left.value, right.value
    kind = type(node.op)
    if kind is ast.Pow or kind in (ast.RShift, ast.LShift):
        small = isinstance(first, int | float) and isinstance(second, int | float) and abs(second) < 64
        if not small or abs(first) > 10**9:  # type: ignore[operator,arg-type]
            return unknown(scope, node, "the number may be huge")
        result = {ast.Pow: operator.pow, ast.RShift: operator.rshift, ast.LShift: operator.lshift}[kind]
    elif kind is ast.Mod and isinstance(first, str):
        return percent(scope, node, first, right)
    elif kind in _ARITHMETIC:
        result = _ARITHMETIC[kind]
        if kind is ast.Mult and _too_long(first, second):
            return unknown(scope, node, "the text would be huge")
    else:
        return unknown(scope, node, f"{kind.__name__} is not followed")
    try:
        return Const(result(first, second), node=node, file=scope.file)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise Raised(node, str(error), type(error).__name__) from None


def _too_long(first: object, second: object) -> bool:
    for text, times in ((first, second), (second, first)):
        if isinstance(text, str | bytes) and isinstance(times, int):
            return len(text) * times > MAX_TEXT
    return False


def _moved(scope: Scope, node: ast.BinOp, left: Value, right: Value) -> Value:
    kind = type(node.op)
    if kind in (ast.Add, ast.Sub) and isinstance(left, Const) and isinstance(right, Made):
        found = relative_dates.moved(node, left, right, -1 if kind is ast.Sub else 1)
        if found is not None:
            return Const(found, node=node, file=scope.file)
    return Made(f"operator.{kind.__name__.lower()}", (left, right), node=node, file=scope.file)


def _added(scope: Scope, node: ast.BinOp, left: Value, right: Value) -> Value:
    if isinstance(left, Sequence) and isinstance(right, Sequence):
        scope.machine.step(1 + (len(left.items) + len(right.items)) // 50)
        return scope.machine.new(
            Sequence(
                [*left.items, *right.items], left.kind, left.open or right.open, node=node, file=scope.file
            )
        )
    if isinstance(left, Sequence) or isinstance(right, Sequence):
        known = left if isinstance(left, Sequence) else right
        assert isinstance(known, Sequence)
        why = left.reason or right.reason or "something unknown is added"
        return Sequence(list(known.items), known.kind, why, node=node, file=scope.file)
    if is_textual(left) or is_textual(right):
        return text_of([*parts_of(left), *parts_of(right)], node, scope.file)
    return Made("operator.add", (left, right), node=node, file=scope.file)


def _repeated(scope: Scope, node: ast.AST, left: Sequence, right: Const) -> Value:
    if not isinstance(right.value, int) or len(left.items) * right.value > scope.machine.budget.items:
        return unknown(scope, node, "the list would be too long")
    return Sequence(left.items * right.value, left.kind, left.open, node=node, file=scope.file)


def _sets(scope: Scope, node: ast.BinOp, left: Sequence, right: Sequence) -> Value:
    if not (left.known and right.known):
        return unknown(scope, node, left.reason or right.reason or "a set is not known")
    others = right.plain()
    if isinstance(node.op, ast.Sub):
        items = [item for item in left.items if item.plain() not in others]
    elif isinstance(node.op, ast.BitAnd):
        items = [item for item in left.items if item.plain() in others]
    else:
        mine = left.plain()
        items = [*left.items, *(item for item in right.items if item.plain() not in mine)]
    return Sequence(items, left.kind, node=node, file=scope.file)


def arithmetic_unary(scope: Scope, node: ast.UnaryOp, value: Const) -> Value:
    """`-x`, `+x`, `~x`."""
    functions: dict[type[ast.unaryop], Callable[[Any], Any]] = {
        ast.USub: operator.neg,
        ast.UAdd: operator.pos,
        ast.Invert: operator.invert,
    }
    try:
        return Const(functions[type(node.op)](value.value), node=node, file=scope.file)
    except TypeError as error:
        raise Raised(node, str(error), "TypeError") from None
