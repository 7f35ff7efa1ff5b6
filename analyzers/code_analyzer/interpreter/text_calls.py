"""`re`, `string`, `textwrap` on known texts, `namedtuple`, `defaultdict`: what ids are often built with."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
import re
import string
import textwrap
from collections import Counter
from collections.abc import Callable

from analyzers.code_analyzer.interpreter.containers import MATCH_GROUPS
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import ClassValue, Instance, Raised, Scope
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Value

MAX_TEXT = 2_000
MAX_MANY = 60
Handler = Callable[[Scope, ast.Call, Arguments], Value | None]


def is_tame(pattern: object, text: str) -> bool:
    """Whether a pattern certainly ends soon: few repetitions, none of a group, no reference back."""
    if not isinstance(pattern, str) or len(pattern) > 200 or len(text) > MAX_TEXT:
        return False
    unescaped = re.sub(r"\\[^\d]", "e", pattern)
    if "\\" in unescaped or "(?P=" in unescaped or "(?(" in unescaped:
        return False
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "c", unescaped)
    repetitions = len(re.findall(r"[*+{]", bare))
    if re.search(r"\)[*+{]", bare):
        return False
    return repetitions <= 1 or (repetitions <= 4 and len(text) <= MAX_MANY)


def _texts(scope: Scope, given: Arguments, number: int) -> list[str] | None:
    """Exactly so many texts; None where they are others or not known."""
    plain = [value.plain() for value in given.args]
    if given.kwargs or len(plain) != number or not all(isinstance(one, str) for one in plain):
        return None
    return plain


def _list(scope: Scope, node: ast.AST, parts: list[str], kind: type = list) -> Sequence:
    items: list[Value] = [Const(part, node=node, file=scope.file) for part in parts]
    return Sequence(items, kind, node=node, file=scope.file)


def _substitute(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    found = _texts(scope, given, 3)
    if found is None or not is_tame(found[0], found[2]):
        return None
    try:
        return Const(re.sub(found[0], found[1], found[2]), node=node, file=scope.file)
    except (re.error, IndexError) as error:
        raise Raised(node, str(error), "error") from None


def _split(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    found = _texts(scope, given, 2)
    if found is None or not is_tame(*found):
        return None
    try:
        return _list(scope, node, re.split(found[0], found[1]))
    except re.error as error:
        raise Raised(node, str(error), "error") from None


def _find_all(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    found = _texts(scope, given, 2)
    if found is None or not is_tame(*found):
        return None
    try:
        parts = re.findall(found[0], found[1])
    except re.error as error:
        raise Raised(node, str(error), "error") from None
    rows: list[Value] = [
        _list(scope, node, list(part), tuple)
        if isinstance(part, tuple)
        else Const(part, node=node, file=scope.file)
        for part in parts
    ]
    return Sequence(rows, list, node=node, file=scope.file)


def _matcher(name: str) -> Handler:
    def match(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        found = _texts(scope, given, 2)
        if found is None or not is_tame(*found):
            return None
        try:
            result: re.Match[str] | None = getattr(re, name)(*found)
        except re.error as error:
            raise Raised(node, str(error), "error") from None
        if result is None:
            return Const(None, node=node, file=scope.file)
        return _match_object(scope, node, result)

    return match


def _match_object(scope: Scope, node: ast.AST, result: re.Match[str]) -> Instance:
    """A match: its groups by number and name, as `group()` and `[]` ask for them."""
    cls = ClassValue("re.Match", (), Scope(scope.file, scope, is_class=True), node=node, file=scope.file)
    numbered = [result.group(), *result.groups()]
    items: dict[object, Value] = {
        number: Const(text, node=node, file=scope.file) for number, text in enumerate(numbered)
    }
    items.update({name: Const(text, node=node, file=scope.file) for name, text in result.groupdict().items()})
    return Instance(cls, {MATCH_GROUPS: Mapping(items, {}, node=node, file=scope.file)}, node=node)


def match_method(scope: Scope, node: ast.Call, value: Instance, name: str, given: Arguments) -> Value | None:
    """`match.group("a")`, `match.groups()`, `match.groupdict()`."""
    groups = value.attributes.get(MATCH_GROUPS)
    if not isinstance(groups, Mapping) or given.kwargs or not all(one.known for one in given.args):
        return None
    if name == "group":
        keys = [one.plain() for one in given.args] or [0]
        if any(key not in groups.items for key in keys):
            raise Raised(node, "no such group", "IndexError")
        found = [groups.items[key] for key in keys]
        return found[0] if len(found) == 1 else Sequence(found, tuple, node=node, file=scope.file)
    if name == "groups":
        rest = [item for key, item in groups.items.items() if isinstance(key, int) and key]
        return Sequence(rest, tuple, node=node, file=scope.file)
    if name == "groupdict":
        named = {key: item for key, item in groups.items.items() if isinstance(key, str)}
        return Mapping(named, {}, node=node, file=scope.file)
    return None


def _template(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    found = _texts(scope, given, 1)
    if found is None:
        return None
    cls = ClassValue(
        "string.Template", (), Scope(scope.file, scope, is_class=True), node=node, file=scope.file
    )
    return Instance(cls, {TEMPLATE: Const(found[0], node=node, file=scope.file)}, node=node, file=scope.file)


TEMPLATE = "(template)"


def template_method(
    scope: Scope, node: ast.Call, value: Instance, name: str, given: Arguments
) -> Value | None:
    """`Template("$x").substitute(x=1)`."""
    text = value.attributes.get(TEMPLATE)
    if text is None or name not in ("substitute", "safe_substitute") or given.open:
        return None
    sources = [*given.args, *given.kwargs.values()]
    if not all(source.known for source in sources):
        return unknown(scope, node, "what fills the template is not known")
    try:
        made = getattr(string.Template(str(text.plain())), name)(
            *[one.plain() for one in given.args], **{key: one.plain() for key, one in given.kwargs.items()}
        )
    except (KeyError, ValueError, TypeError) as error:
        raise Raised(node, str(error), type(error).__name__) from None
    return Const(made, node=node, file=scope.file)


def _plain(function: Callable[..., object]) -> Handler:
    def call(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        if not given.args or given.kwargs or not all(one.known for one in given.args):
            return None
        plain = [one.plain() for one in given.args]
        if not all(isinstance(one, str) and len(one) <= MAX_TEXT for one in plain):
            return None
        result = function(*plain)
        if isinstance(result, dict):
            table: dict[object, Value] = {
                key: Const(one, node=node, file=scope.file) for key, one in result.items()
            }
            return Mapping(table, {}, node=node, file=scope.file)
        return Const(str(result), node=node, file=scope.file)

    return call


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
    if len(values) > len(names):
        raise Raised(node, "a named tuple has more defaults than fields", "TypeError")
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


def _deque(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    source = given.args[0] if given.args else Sequence([], list)
    if len(given.args) > 1 or given.kwargs or not isinstance(source, Sequence):
        return None
    return scope.machine.new(Sequence(list(source.items), list, source.open, node=node, file=scope.file))


def _counter(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    source = given.args[0] if given.args else None
    if not isinstance(source, Sequence | Const) or not source.known or given.kwargs:
        return None
    plain = source.plain()
    if not isinstance(plain, str | list | tuple) or any(isinstance(one, list | dict) for one in plain):
        return None
    counts = Counter(plain).most_common()
    items: dict[object, Value] = {key: Const(number, node=node, file=scope.file) for key, number in counts}
    return Mapping(items, {}, node=node, file=scope.file)


def _chain_map(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    sources = [source for source in given.args if isinstance(source, Mapping)]
    if len(sources) < len(given.args) or given.kwargs:
        return None
    result = Mapping(
        {}, {}, next((one.open for one in sources if one.open), None), node=node, file=scope.file
    )
    for source in reversed(sources):
        result.items.update(source.items)
    return result


HANDLERS: dict[str, Handler] = {
    "re.sub": _substitute,
    "re.split": _split,
    "re.findall": _find_all,
    "re.match": _matcher("match"),
    "re.search": _matcher("search"),
    "re.fullmatch": _matcher("fullmatch"),
    "re.escape": _plain(re.escape),
    "string.Template": _template,
    "string.capwords": _plain(string.capwords),
    "textwrap.dedent": _plain(textwrap.dedent),
    "str.maketrans": _plain(str.maketrans),
    "collections.namedtuple": _named_tuple,
    "collections.defaultdict": _default_dict,
    "collections.deque": _deque,
    "collections.Counter": _counter,
    "collections.ChainMap": _chain_map,
}
