"""Methods of texts and dates."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
from datetime import date, datetime, timedelta

from analyzers.code_analyzer.interpreter import containers, enums, texts
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.values import Const, Sequence, Text, Value

_TEXT_METHODS = {
    "upper", "lower", "title", "capitalize", "strip", "lstrip", "rstrip", "replace", "split", "rsplit",
    "startswith", "endswith", "removeprefix", "removesuffix", "zfill", "partition", "rpartition", "isdigit",
    "isalpha", "isnumeric", "count", "find", "swapcase", "casefold", "splitlines", "ljust", "rjust", "center",
    "isidentifier", "isupper", "islower", "index", "encode", "expandtabs", "translate", "format_map", "rfind",
    "rindex", "isspace", "istitle", "isalnum", "isdecimal", "isascii", "isprintable",
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
        # A member of an enum that is a str joins with its value.
        plain = isinstance(item, Const) and isinstance(item.value, str)
        parts.append(str(item.plain()) if plain else texts.formatted(item, "", -1))
    return texts.text_of(parts, node, scope.file)


def _shown(value: Value) -> Value:
    text: Value | None = enums.shown(value)
    return value if text is None else text


def _formatted(scope: Scope, node: ast.Call, pattern: str, given: Arguments) -> Value:
    given.args = [_shown(value) for value in given.args]
    given.kwargs = {name: _shown(value) for name, value in given.kwargs.items()}
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
