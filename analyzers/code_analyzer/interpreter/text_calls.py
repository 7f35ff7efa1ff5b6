"""`re` on known texts, `namedtuple`, `defaultdict`: small libraries that ids are often built with."""

import ast
import re
from collections.abc import Callable

from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import ClassValue, Raised, Scope
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Value

MAX_TEXT = 2_000


def is_tame(pattern: str) -> bool:
    """Whether a pattern certainly runs in linear time: at most one repetition, and none of a group."""
    if not isinstance(pattern, str) or len(pattern) > 200:
        return False
    unescaped = re.sub(r"\\.", "", pattern)
    repetitions = len(re.findall(r"[*+{]", re.sub(r"\[[^\]]*\]", "c", unescaped)))
    return repetitions <= 1 and not re.search(r"\)[*+{?]", unescaped)


def _substitute(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    plain = [value.plain() for value in given.args]
    if given.kwargs or len(plain) != 3 or not all(isinstance(one, str) for one in plain):
        return None
    pattern, replacement, text = plain
    if not is_tame(pattern) or len(text) > MAX_TEXT:
        return None
    try:
        return Const(re.sub(pattern, replacement, text), node=node, file=scope.file)
    except re.error as error:
        raise Raised(node, str(error), "error") from None


def _split(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    plain = [value.plain() for value in given.args]
    if given.kwargs or len(plain) != 2 or not all(isinstance(one, str) for one in plain):
        return None
    if not is_tame(plain[0]) or len(plain[1]) > MAX_TEXT:
        return None
    try:
        parts = re.split(plain[0], plain[1])
    except re.error as error:
        raise Raised(node, str(error), "error") from None
    items: list[Value] = [Const(part, node=node, file=scope.file) for part in parts]
    return Sequence(items, list, node=node, file=scope.file)


def _named_tuple(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    plain = [value.plain() for value in given.args]
    if len(plain) != 2 or not isinstance(plain[0], str):
        return None
    names = plain[1].replace(",", " ").split() if isinstance(plain[1], str) else plain[1]
    if not isinstance(names, list | tuple):
        return None
    body = Scope(scope.file, scope, is_class=True)
    result = ClassValue(plain[0], (), body, node=node, file=scope.file)
    result.is_named_tuple = True
    defaults = given.kwargs.get("defaults")
    values = list(defaults.items) if isinstance(defaults, Sequence) else []
    missing: list[Value | None] = [None] * (len(names) - len(values))
    result.fields = dict(zip([str(name) for name in names], [*missing, *values], strict=True))
    return result


def _default_dict(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    if not given.args or given.kwargs:
        return None
    start = given.args[1] if len(given.args) > 1 else None
    if start is not None and not isinstance(start, Mapping):
        return unknown(scope, node, start.reason or "what it is made of is not known")
    items = dict(start.items) if start is not None else {}
    result = Mapping(items, {}, start.open if start is not None else None, node=node, file=scope.file)
    result.factory = given.args[0]
    return scope.machine.new(result)


HANDLERS: dict[str, Callable[[Scope, ast.Call, Arguments], Value | None]] = {
    "re.sub": _substitute,
    "re.split": _split,
    "collections.namedtuple": _named_tuple,
    "collections.defaultdict": _default_dict,
}
