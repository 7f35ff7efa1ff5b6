"""Configuration files of other formats: csv, ini, toml, and lines of text."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
import configparser
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field

from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.interpreter.paths import read_data, text_of_file, to_value
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Value

Handler = Callable[[Scope, ast.Call, Arguments], Value | None]


@dataclass(slots=True, eq=False)
class Ini(Value):
    """A `configparser.ConfigParser()` and what it read."""

    parser: configparser.ConfigParser
    lost: str | None = None
    """Why there may be other entries than these."""
    names: list[str] = field(default_factory=list)


def lines_of(scope: Scope, node: ast.AST, value: Value) -> list[Value] | None:
    """The lines of an opened file of the bundle."""
    text = text_of_file(scope.machine, value)
    if text is None:
        return None
    scope.machine.step(1 + len(text) // 200)
    return [Const(line, node=node, file=scope.file) for line in io.StringIO(text)]


def _rows(scope: Scope, node: ast.Call, given: Arguments) -> tuple[str, dict[str, object]] | None:
    text = text_of_file(scope.machine, given.args[0]) if given.args else None
    options = {key: value.plain() for key, value in given.kwargs.items()}
    if text is None or len(given.args) > 1 or not set(options) <= {"delimiter", "quotechar"}:
        return None
    scope.machine.step(1 + len(text) // 100)
    return text, options


def _csv(reader: Callable[..., object]) -> Handler:
    def read(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        found = _rows(scope, node, given)
        if found is None:
            return None
        try:
            data = list(reader(io.StringIO(found[0]), **found[1]))  # type: ignore[call-overload]
        except (csv.Error, TypeError, ValueError) as error:
            raise Raised(node, str(error), "Error") from None
        return to_value(data, node, scope, [scope.machine.budget.items])

    return read


def _parser(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    if given.args or given.kwargs:
        return None
    return Ini(configparser.ConfigParser(), node=node, file=scope.file)


def ini_method(scope: Scope, node: ast.Call, value: Ini, name: str, given: Arguments) -> Value | None:
    """`ini.read(path)`, `ini.get("section", "key")`, `ini.sections()`."""
    if name in ("read", "read_file", "read_string") and given.args:
        return _read(scope, node, value, name, given.args[0])
    if value.lost is not None or not all(one.known for one in given.args):
        return None
    plain = [one.plain() for one in given.args]
    known = {key: one.plain() for key, one in given.kwargs.items() if one.known and key == "fallback"}
    if name not in _ASKED or len(known) < len(given.kwargs):
        return None
    try:
        found = getattr(value.parser, name)(*plain, **known)
    except configparser.Error as error:
        raise Raised(node, str(error), type(error).__name__) from None
    except (TypeError, ValueError) as error:
        raise Raised(node, str(error), type(error).__name__) from None
    return to_value(found, node, scope, [scope.machine.budget.items])


_ASKED = {
    "get",
    "getint",
    "getfloat",
    "getboolean",
    "sections",
    "options",
    "items",
    "has_section",
    "has_option",
}


def _read(scope: Scope, node: ast.Call, value: Ini, name: str, source: Value) -> Value:
    data = read_data(scope.machine, source) if name == "read" else None
    text = data.decode("utf-8", "replace") if data is not None else text_of_file(scope.machine, source)
    if text is None or (name == "read" and data is None):
        value.lost = source.reason or "the file that it reads is not in the bundle"
        return Sequence([], list, value.lost, node=node, file=scope.file)
    try:
        value.parser.read_string(text)
    except configparser.Error as error:
        raise Raised(node, str(error), type(error).__name__) from None
    return Sequence([source], list, node=node, file=scope.file)


def ini_section(scope: Scope, node: ast.AST, value: Ini, key: Value) -> Value | None:
    """`ini["section"]`."""
    if value.lost is not None or not isinstance(key, Const):
        return None
    if str(key.value) not in value.parser:
        raise Raised(node, f"section {key.value!r} is missing", "KeyError")
    try:
        items: dict[object, Value] = {
            name: Const(text, node=node, file=scope.file)
            for name, text in value.parser[str(key.value)].items()
        }
    except configparser.Error as error:
        raise Raised(node, str(error), type(error).__name__) from None
    return Mapping(items, {}, node=node, file=scope.file)


HANDLERS: dict[str, Handler] = {
    "csv.reader": _csv(csv.reader),
    "csv.DictReader": _csv(csv.DictReader),
    "configparser.ConfigParser": _parser,
    "configparser.RawConfigParser": _parser,
}
