"""Builtins that call functions or order values: map, filter, sorted, reduce, next, sum."""

import ast
from collections.abc import Callable
from typing import Any

from analyzers.code_analyzer.interpreter import containers, operations
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.interpreter.paths import path_text
from analyzers.code_analyzer.interpreter.truth import truth
from analyzers.code_analyzer.values import Const, Made, Sequence, Value


def _applied(scope: Scope, node: ast.Call, function: Value, *args: Value) -> Value:
    from analyzers.code_analyzer.interpreter.calls import call_value

    given = Arguments()
    given.args = list(args)
    scope.machine.step()
    return call_value(scope, node, function, given)


def _map(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    columns = [containers.items_of(value) for value in given.args[1:]]
    if not columns or any(items is None for items, _ in columns):
        return unknown(scope, node, "what is mapped is not known")
    why = next((reason for _, reason in columns if reason), None)
    rows = zip(*[items or [] for items, _ in columns], strict=False)
    results = [_applied(scope, node, given.args[0], *row) for row in rows]
    return Sequence(results, list, why, node=node, file=scope.file)


def _filter(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    items, why = containers.items_of(given.args[1]) if len(given.args) > 1 else (None, None)
    if items is None:
        return unknown(scope, node, "what is filtered is not known")
    test = given.args[0]
    plain = isinstance(test, Const) and test.value is None
    verdicts = [truth(item if plain else _applied(scope, node, test, item)) for item in items]
    if None in verdicts:
        why = why or "whether an item passes a filter is not known"
    kept = [item for item, verdict in zip(items, verdicts, strict=True) if verdict is not False]
    return Sequence(kept, list, why, node=node, file=scope.file)


def _reduce(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    items, why = containers.items_of(given.args[1]) if len(given.args) > 1 else (None, None)
    if items is None or why:
        return unknown(scope, node, why or "what is reduced is not known")
    values = [*given.args[2:3], *items]
    if not values:
        raise Raised(node, "reduce() of nothing", "TypeError")
    result = values[0]
    for item in values[1:]:
        result = _applied(scope, node, given.args[0], result, item)
    return result


def _sorted(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    items, why = containers.items_of(given.args[0]) if given.args else (None, None)
    if items is None:
        return unknown(
            scope, node, (given.args[0].reason if given.args else None) or "what is sorted is not known"
        )
    source = Sequence(items, list, why, node=node, file=scope.file)
    return in_order(scope, node, source, given)


def in_order(scope: Scope, node: ast.Call, source: Sequence, given: Arguments) -> Sequence:
    """A sorted copy, by `key=` and `reverse=`."""
    items, why = source.items, source.open
    key = given.kwargs.get("key")
    by_itself = key is None or (isinstance(key, Const) and key.value is None)
    keys = items if key is None or by_itself else [_applied(scope, node, key, item) for item in items]
    reverse = given.kwargs.get("reverse")
    keys = [_comparable(one) for one in keys]
    if not all(one.known for one in keys) or (reverse is not None and not reverse.known):
        # The order only: what is in it is known.
        return Sequence(items, list, why or _unordered(items), node=node, file=scope.file)
    order = sorted(
        range(len(items)), key=_key_of(node, keys), reverse=bool(reverse.plain()) if reverse else False
    )
    return Sequence([items[position] for position in order], list, why, node=node, file=scope.file)


def _comparable(key: Value) -> Value:
    """A path is compared by its parts."""
    text = path_text(key) if isinstance(key, Made) else None
    return Const(text.replace("/", "\0")) if text is not None else key


def _key_of(node: ast.Call, keys: list[Value]) -> Callable[[int], Any]:
    plain = [key.plain() for key in keys]
    try:
        sorted(plain)
    except TypeError as error:
        raise Raised(node, str(error), "TypeError") from None
    return plain.__getitem__


def _extreme(choose: Callable[..., int]) -> Callable[[Scope, ast.Call, Arguments], Value]:
    """`min()` and `max()`, of one container or of the arguments, by `key=`."""

    def pick(scope: Scope, node: ast.Call, given: Arguments) -> Value:
        items, why = (given.args, given.spread)
        if len(given.args) == 1:
            found, why = containers.items_of(given.args[0])
            if found is None:
                return unknown(scope, node, given.args[0].reason or "what is compared is not known")
            items = found
        if not items and why is None:
            if "default" in given.kwargs:
                return given.kwargs["default"]
            raise Raised(node, "min() or max() of nothing", "ValueError")
        key = given.kwargs.get("key")
        keys = items if key is None else [_applied(scope, node, key, item) for item in items]
        unclear = next((one.reason for one in keys if not one.known), None)
        if why or unclear:
            return unknown(scope, node, why or unclear or "")
        return items[choose(range(len(items)), key=_key_of(node, keys))]

    return pick


def _unordered(items: list[Value]) -> str | None:
    return "its order is not known" if len(items) > 1 else None


def _iterator(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    return given.args[0] if given.args else unknown(scope, node, "nothing is given")


def _next(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    if given.args and isinstance(given.args[0], Sequence) and given.args[0].open is None:
        items = given.args[0].items
        if items:
            return items[0] if isinstance(node.args[0], ast.GeneratorExp) else items.pop(0)
        if len(given.args) > 1:
            return given.args[1]
        raise Raised(node, "StopIteration", "StopIteration")
    return unknown(scope, node, "which item comes next is not known")


def _sum(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    items, why = containers.items_of(given.args[0]) if given.args else (None, None)
    if items is None or why:
        return unknown(scope, node, why or "what is summed is not known")
    start = (
        given.args[1]
        if len(given.args) > 1
        else given.kwargs.get("start") or Const(0, node=node, file=scope.file)
    )
    total = start
    for item in items:
        addition = ast.copy_location(ast.BinOp(left=node, op=ast.Add(), right=node), node)
        total = operations.binary(scope, addition, total, item)
    return total


HANDLERS: dict[str, Callable[[Scope, ast.Call, Arguments], Value]] = {
    "map": _map,
    "filter": _filter,
    "functools.reduce": _reduce,
    "sorted": _sorted,
    "min": _extreme(min),
    "max": _extreme(max),
    "iter": _iterator,
    "next": _next,
    "sum": _sum,
}
