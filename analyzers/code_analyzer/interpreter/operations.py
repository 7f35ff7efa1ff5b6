"""Operators on values: arithmetic, comparison, subscripts, formatting, iteration."""

import ast
import operator
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from analyzers.code_analyzer.interpreter import edges
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import LabelValue, Raised, Scope
from analyzers.code_analyzer.model import Asset, AssetExpression, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Const, Made, Mapping, Sequence, Symbol, Text, Unknown, Value

if TYPE_CHECKING:
    from analyzers.code_analyzer.parsed_file import ParsedFile

NO_KEY = object()
MAX_TEXT = 1_000_000

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
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_NUMBERS = (int, float, bool)


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
    """As `items_of`, with the items counted; a set's order is taken as its text's order."""
    if isinstance(value, XComArg):
        raise Raised(node, "an XComArg cannot be iterated", "TypeError")
    if isinstance(value, TaskGroup):
        return list(value.all_tasks()), None
    items, why = items_of(value)
    if items is not None and len(items) > scope.machine.budget.items:
        return items[: scope.machine.budget.items], "it is longer than the interpreter's budget"
    return items, why


def binary(scope: Scope, node: ast.BinOp, left: Value, right: Value) -> Value:
    """`left op right`."""
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
        return _percent(scope, node, left.value, right)
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
    if (
        kind in (ast.Sub, ast.BitAnd, ast.BitOr)
        and isinstance(left, Sequence)
        and isinstance(right, Sequence)
    ):
        return _sets(scope, node, left, right)
    return Made(f"operator.{kind.__name__.lower()}", (left, right), node=node, file=scope.file)


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
        return _percent(scope, node, first, right)
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
    if _textual(left) or _textual(right):
        return text_of([*_parts(left), *_parts(right)], node, scope.file)
    return Made("operator.add", (left, right), node=node, file=scope.file)


def _textual(value: Value) -> bool:
    return isinstance(value, Text) or (isinstance(value, Const) and isinstance(value.value, str))


def _parts(value: Value) -> list[str | Value]:
    if isinstance(value, Text):
        return list(value.parts)
    if isinstance(value, Const) and isinstance(value.value, str):
        return [value.value]
    return [value]


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


def _percent(scope: Scope, node: ast.AST, pattern: str, right: Value) -> Value:
    if right.known and not too_wide(pattern):
        try:
            return Const(pattern % right.plain(), node=node, file=scope.file)
        except (TypeError, ValueError, KeyError) as error:
            raise Raised(node, str(error), type(error).__name__) from None
    pieces = pattern.split("%s")
    values = right.items if isinstance(right, Sequence) else [right]
    if len(pieces) != len(values) + 1 or any("%" in piece.replace("%%", "") for piece in pieces):
        return unknown(scope, node, right.reason or "its values are not known")
    parts: list[str | Value] = [pieces[0].replace("%%", "%")]
    for value, piece in zip(values, pieces[1:], strict=True):
        parts += [formatted(value, "", -1), piece.replace("%%", "%")]
    return text_of(parts, node, scope.file)


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


def compare(how: ast.cmpop, left: Value, right: Value) -> bool | None:
    """A comparison; None where it is not known."""
    if isinstance(how, ast.Is | ast.IsNot):
        known = _identical(left, right)
        return known if known is None or isinstance(how, ast.Is) else not known
    if isinstance(how, ast.In | ast.NotIn):
        known = _contains(left, right)
        return known if known is None or isinstance(how, ast.In) else not known
    if left.known and right.known:
        if _is_asset(left) or _is_asset(right):
            return None
        try:
            return bool(_COMPARISONS[type(how)](left.plain(), right.plain()))
        except TypeError:
            return None
    if isinstance(how, ast.Eq | ast.NotEq):
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
        return None
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
    raise Raised(node, f"key {wanted!r} is missing", "KeyError")


def _member(scope: Scope, node: ast.Subscript, value: Value, key: Value) -> Value:
    if isinstance(value, TaskGroup) and isinstance(key, Const):
        prefix = f"{value.group_id}." if value.prefix and value.group_id else ""
        for task in value.all_tasks():
            if task.task_id == f"{prefix}{key.value}":
                return task
    if isinstance(value, Symbol) and value.name == "os.environ":
        return Made("os.environ.get", (key,), node=node, file=scope.file)
    if isinstance(value, Symbol):
        # A subscripted type, as list[str].
        return value
    return Made("operator.getitem", (value, key), node=node, file=scope.file)


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


def formatted(value: Value, spec: str, conversion: int) -> str | Value:
    """A value inside an f-string: text where it is known, else the value."""
    if isinstance(value, Const):
        shown: Any = value.value
        if conversion in (ord("r"), ord("a")) or isinstance(shown, bytes):
            shown = repr(shown)
        if too_wide(spec):
            return value
        try:
            return format(shown, spec)
        except (TypeError, ValueError):
            return value
    if value.known and not spec and isinstance(value, Sequence | Mapping):
        return str(value.plain())
    return value


def too_wide(spec: str) -> bool:
    """Whether a format asks for more than a few thousand characters: the text would be huge."""
    return re.search(r"\d{5,}", spec) is not None


def text_of(parts: list[str | Value], node: ast.AST, file: "ParsedFile") -> Value:
    """A string from parts; known where all of them are."""
    joined: list[str | Value] = []
    for part in parts:
        if isinstance(part, Text):
            for inner in part.parts:
                _push(joined, inner)
        else:
            _push(joined, part)
    if all(isinstance(part, str) for part in joined):
        return Const("".join(str(part) for part in joined)[:MAX_TEXT], node=node, file=file)
    return Text(tuple(joined), node=node, file=file)


def _push(joined: list[str | Value], part: str | Value) -> None:
    if isinstance(part, str) and joined and isinstance(joined[-1], str):
        joined[-1] += part
    else:
        joined.append(part)


_UNUSED = (date, datetime, timedelta, LabelValue)
