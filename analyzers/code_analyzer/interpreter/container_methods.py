"""Methods of lists, sets and dicts."""

import ast

from analyzers.code_analyzer.interpreter import containers
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Value

_ADDERS = {"append", "add"}


def of_sequence(scope: Scope, node: ast.Call, value: Sequence, name: str, given: Arguments) -> Value | None:
    """`items.append(x)` and its kin."""
    nothing = Const(None, node=node, file=scope.file)
    if name == "appendleft" and given.args:
        scope.machine.changed(value, node)
        value.items.insert(0, given.args[0])
        return nothing
    if name in _ADDERS and given.args:
        scope.machine.changed(value, node)
        if not (value.kind is set and _holds(value, given.args[0])):
            value.items.append(given.args[0])
        scope.machine.step()
        return nothing
    if name in ("extend", "update") and given.args:
        scope.machine.changed(value, node)
        items, why = containers.items_of(given.args[0])
        scope.machine.step(1 + len(items or ()) // 10)
        if len(value.items) > scope.machine.budget.items:
            value.open = "it is longer than the interpreter's budget"
            return nothing
        value.items += items or []
        if items is None or why:
            value.open = value.open or why or given.args[0].reason or "something unknown is added"
        return nothing
    if name == "insert" and len(given.args) == 2 and isinstance(given.args[0], Const):
        scope.machine.changed(value, node)
        value.items.insert(int(given.args[0].plain(0)), given.args[1])
        return nothing
    if name == "pop":
        return _pop(scope, node, value, given)
    if name == "copy":
        return Sequence(list(value.items), value.kind, value.open, node=node, file=scope.file)
    if name in ("reverse", "sort", "clear", "remove", "discard", "popleft"):
        return _changed(scope, node, value, name, given)
    if name in ("index", "count", "union", "intersection", "difference") and value.known:
        return _asked(scope, node, value, name, given)
    return None


def _holds(value: Sequence, item: Value) -> bool:
    return item.known and any(other.known and other.plain() == item.plain() for other in value.items)


def _pop(scope: Scope, node: ast.Call, value: Sequence, given: Arguments) -> Value:
    scope.machine.changed(value, node)
    at = given.args[0].plain() if given.args else -1
    if value.open is None and isinstance(at, int):
        try:
            return value.items.pop(at)
        except IndexError:
            raise Raised(node, "pop from an empty list", "IndexError") from None
    return unknown(scope, node, value.open or "which item is taken is not known")


def _changed(scope: Scope, node: ast.Call, value: Sequence, name: str, given: Arguments) -> Value:
    scope.machine.changed(value, node)
    if name == "reverse":
        value.items.reverse()
    elif name == "clear":
        value.items.clear()
    elif name == "sort" and value.open is None:
        from analyzers.code_analyzer.interpreter.functional_calls import in_order

        found = in_order(scope, node, value, given)
        value.items, value.open = found.items, found.open
    elif name == "popleft" and value.open is None:
        if not value.items:
            raise Raised(node, "pop from an empty deque", "IndexError")
        return value.items.pop(0)
    elif name in ("remove", "discard") and given.args and _holds(value, given.args[0]):
        wanted = given.args[0].plain()
        position = next(i for i, item in enumerate(value.items) if item.known and item.plain() == wanted)
        del value.items[position]
    elif name in ("remove", "discard") and given.args and any(item is given.args[0] for item in value.items):
        value.items = [item for item in value.items if item is not given.args[0]]
    elif not (name == "discard" and value.known):
        value.open = value.open or f".{name}() at line {node.lineno} is not followed"
    return Const(None, node=node, file=scope.file)


def _asked(scope: Scope, node: ast.Call, value: Sequence, name: str, given: Arguments) -> Value | None:
    if not given.args or not given.args[0].known:
        return None
    plain = value.plain()
    other = given.args[0].plain()
    if name in ("index", "count"):
        try:
            return Const(getattr(plain, name)(other), node=node, file=scope.file)
        except ValueError as error:
            raise Raised(node, str(error), "ValueError") from None
    if not isinstance(given.args[0], Sequence):
        return None
    if name == "union":
        items = [*value.items, *(item for item in given.args[0].items if item.plain() not in plain)]
    else:
        wanted = name == "intersection"
        items = [item for item in value.items if (item.plain() in other) is wanted]
    return Sequence(items, value.kind, node=node, file=scope.file)


def of_mapping(scope: Scope, node: ast.Call, value: Mapping, name: str, given: Arguments) -> Value | None:
    """`config.items()` and its kin."""
    if name in ("items", "keys", "values"):
        return _view(scope, node, value, name)
    if name in ("get", "setdefault", "pop") and given.args:
        return _get(scope, node, value, name, given)
    if name == "most_common" and value.known:
        limit = given.args[0].plain() if given.args else None
        pairs = sorted(value.items.items(), key=lambda pair: -pair[1].plain())
        rows: list[Value] = [
            Sequence([Const(key, node=node, file=scope.file), count], tuple, node=node, file=scope.file)
            for key, count in pairs[:limit]
        ]
        return Sequence(rows, list, node=node, file=scope.file)
    if name == "copy":
        made = Mapping(dict(value.items), dict(value.key_nodes), value.open, node=node, file=scope.file)
        made.unkeyed = list(value.unkeyed)
        return made
    if name == "update":
        scope.machine.changed(value, node)
        for source in given.args:
            if isinstance(source, Mapping):
                value.items.update(source.items)
                value.key_nodes.update(source.key_nodes)
                containers.put_unkeyed(value, source.unkeyed, source.open)
            else:
                value.open = source.reason or f"something unknown is added at line {node.lineno}"
                if value.is_names:
                    scope.machine.elsewhere = scope.machine.elsewhere or node
        value.items.update(given.kwargs)
        value.open = value.open or given.open
        return Const(None, node=node, file=scope.file)
    if name == "clear":
        scope.machine.changed(value, node)
        value.items.clear()
        return Const(None, node=node, file=scope.file)
    return None


def _view(scope: Scope, node: ast.Call, value: Mapping, name: str) -> Value:
    keys: list[Value] = [
        key
        if isinstance(key, Value)
        else Const(key, node=value.key_nodes.get(key, value.node), file=value.file)
        for key in value.items
    ]
    values = [*value.items.values(), *value.unkeyed]
    keys += [unknown(scope, node, value.open or "its key is not known") for _ in value.unkeyed]
    items: list[Value]
    if name == "keys":
        items = keys
    elif name == "values":
        items = values
    else:
        items = [
            Sequence([key, item], tuple, node=node, file=scope.file)
            for key, item in zip(keys, values, strict=True)
        ]
    return Sequence(items, list, value.open, node=node, file=scope.file)


def _get(scope: Scope, node: ast.Call, value: Mapping, name: str, given: Arguments) -> Value:
    key = containers.hashable(given.args[0])
    default = given.args[1] if len(given.args) > 1 else given.kwargs.get("default")
    if key is containers.NO_KEY:
        return unknown(scope, node, given.args[0].reason or "its key is not known")
    if key in value.items and value.open is None:
        if name == "pop":
            scope.machine.changed(value, node)
            return value.items.pop(key)
        return value.items[key]
    if value.open is not None:
        found = value.items.get(key)
        result = unknown(scope, node, value.open)
        result.candidates = tuple(one for one in (found, default) if one is not None)
        return result
    if default is None and name == "pop":
        raise Raised(node, f"key {key!r} is missing", "KeyError")
    result_value = default or Const(None, node=node, file=scope.file)
    if name == "setdefault":
        scope.machine.changed(value, node)
        value.items[key] = result_value
    return result_value
