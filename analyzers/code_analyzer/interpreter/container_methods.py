"""Methods of lists, sets, dicts, texts and dates."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
from datetime import date, datetime, timedelta

from analyzers.code_analyzer.interpreter import containers, texts
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Text, Value

_ADDERS = {"append", "add", "appendleft"}


def of_sequence(scope: Scope, node: ast.Call, value: Sequence, name: str, given: Arguments) -> Value | None:
    """`items.append(x)` and its kin."""
    nothing = Const(None, node=node, file=scope.file)
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
    elif name == "sort" and not given.kwargs and value.known:
        try:
            value.items.sort(key=lambda item: item.plain())
        except TypeError as error:
            raise Raised(node, str(error), "TypeError") from None
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
    if name == "copy":
        return Mapping(dict(value.items), dict(value.key_nodes), value.open, node=node, file=scope.file)
    if name == "update":
        scope.machine.changed(value, node)
        for source in given.args:
            if isinstance(source, Mapping):
                value.items.update(source.items)
                value.key_nodes.update(source.key_nodes)
                value.open = value.open or source.open
            else:
                value.open = source.reason or f"something unknown is added at line {node.lineno}"
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
    values = list(value.items.values())
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


_TEXT_METHODS = {
    "upper", "lower", "title", "capitalize", "strip", "lstrip", "rstrip", "replace", "split", "rsplit",
    "startswith", "endswith", "removeprefix", "removesuffix", "zfill", "partition", "rpartition", "isdigit",
    "isalpha", "isnumeric", "count", "find", "swapcase", "casefold", "splitlines", "ljust", "rjust", "center",
    "isidentifier", "isupper", "islower", "index", "encode", "expandtabs",
}  # fmt: skip
_DATE_METHODS = {
    "strftime", "isoformat", "replace", "weekday", "isoweekday", "total_seconds", "date", "time", "timestamp",
}  # fmt: skip


def of_const(scope: Scope, node: ast.Call, value: Const, name: str, given: Arguments) -> Value | None:
    """Methods of texts and dates."""
    plain = value.value
    if isinstance(plain, str):
        if name == "join" and given.args:
            return _joined(scope, node, plain, given.args[0])
        if name == "format":
            return _formatted(scope, node, plain, given)
        if name in _TEXT_METHODS:
            return _plain_call(scope, node, plain, name, given)
    elif isinstance(plain, date | datetime | timedelta):
        if name in _DATE_METHODS:
            return _plain_call(scope, node, plain, name, given)
        if name in ("add", "subtract") and isinstance(plain, datetime) and set(given.kwargs) <= _UNITS:
            values = {key: item.plain() for key, item in given.kwargs.items()}
            if all(isinstance(item, int | float) for item in values.values()):
                delta = timedelta(**values)
                return Const(plain + delta if name == "add" else plain - delta, node=node, file=scope.file)
    elif isinstance(plain, int) and name == "bit_length":
        return Const(plain.bit_length(), node=node, file=scope.file)
    return None


_UNITS = {"days", "hours", "minutes", "seconds", "weeks"}


def _plain_call(
    scope: Scope,
    node: ast.Call,
    plain: str | date | timedelta,
    name: str,
    given: Arguments,
) -> Value | None:
    values = [*given.args, *given.kwargs.values()]
    if not all(value.known for value in values) or given.open or given.spread:
        return None
    arguments = [value.plain() for value in given.args]
    if any(isinstance(argument, int) and abs(argument) > texts.MAX_TEXT for argument in arguments):
        return None
    try:
        result = getattr(plain, name)(*arguments, **{key: item.plain() for key, item in given.kwargs.items()})
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Raised(node, str(error), type(error).__name__) from None
    if isinstance(result, list | tuple):
        scope.machine.step(1 + len(result) // 10)
        items: list[Value] = [Const(item, node=node, file=scope.file) for item in result]
        return Sequence(items, type(result), node=node, file=scope.file)
    return Const(result, node=node, file=scope.file)


def _joined(scope: Scope, node: ast.Call, separator: str, value: Value) -> Value:
    items, why = containers.items_of(value)
    if items is None or why:
        return unknown(scope, node, why or value.reason or "what is joined is not known")
    parts: list[str | Value] = []
    for number, item in enumerate(items):
        if number:
            parts.append(separator)
        parts.append(texts.formatted(item, "", -1))
    return texts.text_of(parts, node, scope.file)


def _formatted(scope: Scope, node: ast.Call, pattern: str, given: Arguments) -> Value:
    values = [*given.args, *given.kwargs.values()]
    if (
        all(value.known for value in values)
        and not (given.open or given.spread)
        and not texts.too_wide(pattern)
    ):
        try:
            text = pattern.format(
                *[value.plain() for value in given.args],
                **{key: value.plain() for key, value in given.kwargs.items()},
            )
        except (IndexError, KeyError, ValueError, AttributeError, TypeError) as error:
            raise Raised(node, str(error), type(error).__name__) from None
        return Const(text[: texts.MAX_TEXT], node=node, file=scope.file)
    reason = next((value.reason for value in values if not value.known), None) or given.open
    return unknown(scope, node, reason or "its values are not known")


def of_text(scope: Scope, node: ast.Call, value: Text, name: str, given: Arguments) -> Value | None:
    """Methods of a text with holes: only those that keep them apart."""
    if name in ("lower", "upper", "strip", "replace", "title"):
        return unknown(scope, node, value.reason or "a part of the text is not known")
    return None
