"""Builtins that make collections: range, enumerate, zip, list, set, dict, reversed."""

import ast
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import containers
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.iteration_calls import Endless
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Value


def _range(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    bounds = [value.plain() for value in given.args]
    if not bounds or not all(isinstance(bound, int) for bound in bounds):
        return unknown(
            scope, node, next((v.reason for v in given.args if v.reason), "its bounds are not known")
        )
    try:
        numbers = range(*bounds)
    except (TypeError, ValueError) as error:
        raise Raised(node, str(error), type(error).__name__) from None
    if len(numbers) > scope.machine.budget.items:
        items: list[Value] = [Const(n, node=node, file=scope.file) for n in numbers[:10]]
        return Sequence(items, list, f"range() has {len(numbers)} numbers", node=node, file=scope.file)
    scope.machine.step(1 + len(numbers) // 20)
    return Sequence([Const(n, node=node, file=scope.file) for n in numbers], list, node=node, file=scope.file)


def _enumerate(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    start_value = given.kwargs.get("start") or (given.args[1] if len(given.args) > 1 else None)
    start = start_value.plain() if start_value is not None else 0
    items, why = containers.items_of(given.args[0]) if given.args else (None, None)
    if items is None or not isinstance(start, int):
        return unknown(
            scope, node, given.args[0].reason if given.args and given.args[0].reason else "not known"
        )
    pairs: list[Value] = [
        Sequence([Const(n, node=node, file=scope.file), item], tuple, node=node, file=scope.file)
        for n, item in enumerate(items, start)
    ]
    return Sequence(pairs, list, why, node=node, file=scope.file)


def _zip(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    ends = [len(found) for value in given.args if (found := containers.items_of(value)[0]) is not None]
    columns = [
        (value.take(min(ends)), None) if isinstance(value, Endless) and ends else containers.items_of(value)
        for value in given.args
    ]
    reason = given.spread or next((why for _, why in columns if why), None)
    if any(items is None for items, _ in columns):
        bad = next(value for value, (items, _) in zip(given.args, columns, strict=True) if items is None)
        return unknown(scope, node, bad.reason or "what is zipped is not known")
    rows = zip(*[items or [] for items, _ in columns], strict=False)
    return Sequence(
        [Sequence(list(row), tuple, node=node, file=scope.file) for row in rows],
        list,
        reason,
        node=node,
        file=scope.file,
    )


def _collection(kind: type) -> Callable[..., Value]:
    def make(scope: Scope, node: ast.Call, given: Arguments) -> Value:
        if not given.args:
            return scope.machine.new(Sequence([], kind, node=node, file=scope.file))
        scope.machine.order_free += kind in (set, frozenset)
        items, why = containers.iterated(scope, node, given.args[0])
        scope.machine.order_free -= kind in (set, frozenset)
        if items is None:
            return unknown(scope, node, given.args[0].reason or "what it is made of is not known")
        if kind in (set, frozenset):
            items = _distinct(items)
        return scope.machine.new(Sequence(items, kind, why, node=node, file=scope.file))

    return make


def _distinct(items: list[Value]) -> list[Value]:
    seen: set[object] = set()
    result = []
    for item in items:
        key = containers.hashable(item)
        if key is containers.NO_KEY or key not in seen:
            result.append(item)
        if key is not containers.NO_KEY:
            seen.add(key)
    return result


def _dict(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    result = Mapping({}, {}, given.open, node=node, file=scope.file)
    for source in given.args:
        if isinstance(source, Mapping):
            result.items.update(source.items)
            result.key_nodes.update(source.key_nodes)
            result.open = result.open or source.open
        elif isinstance(source, Sequence) and all(isinstance(item, Sequence) for item in source.items):
            for pair in source.items:
                assert isinstance(pair, Sequence)
                key = containers.hashable(pair.items[0]) if len(pair.items) == 2 else containers.NO_KEY
                if key is containers.NO_KEY:
                    result.open = "a key is not known"
                else:
                    result.items[key] = pair.items[1]
            result.open = result.open or source.open
        else:
            result.open = source.reason or "what it is made of is not known"
    result.items.update(given.kwargs)
    for key, keyword in given.keywords.items():
        result.key_nodes[key] = keyword.value
    return scope.machine.new(result)


def _reversed(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    items, why = containers.items_of(given.args[0]) if given.args else (None, None)
    if items is None:
        return unknown(scope, node, "what is reversed is not known")
    return Sequence(items[::-1], list, why, node=node, file=scope.file)


HANDLERS: dict[str, Callable[..., Value]] = {
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "list": _collection(list),
    "tuple": _collection(tuple),
    "set": _collection(set),
    "frozenset": _collection(frozenset),
    "dict": _dict,
    "collections.OrderedDict": _dict,
    "reversed": _reversed,
}
