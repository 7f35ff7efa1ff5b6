"""Data of a dag-factory YAML as values: `__type__` makes an object, `__and__` joins conditions."""

import ast
import re
from typing import Any

from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.imports import find_module
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Scope
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Symbol, Value, Why

Config = dict[str, Any]
_VARIABLE = re.compile(r"\$(?:\w+|\{[^}]*\})")


def value_of(scope: Scope, node: ast.Call, data: Any) -> Value:  # noqa: ANN401 - YAML data
    """YAML data as a value; a mapping with `__type__` is an object of that class."""
    scope.machine.step()
    if isinstance(data, Value):
        return data
    if isinstance(data, dict):
        if "__type__" in data:
            return _object(scope, node, data)
        if data.keys() & {"__and__", "__or__", "__join__"}:
            return _joined(scope, node, data)
        items = {key: value_of(scope, node, one) for key, one in data.items()}
        return Mapping(items, {}, node=node, file=scope.file)
    if isinstance(data, str) and (variable := _VARIABLE.search(data)) is not None:
        return unknown(
            scope, node, f"dag-factory puts the environment's {variable.group()} into it", Why.INPUT
        )
    if isinstance(data, list):
        return Sequence([value_of(scope, node, one) for one in data], list, node=node, file=scope.file)
    return Const(data, node=node, file=scope.file)


def _object(scope: Scope, node: ast.Call, data: Config) -> Value:
    from analyzers.code_analyzer.interpreter.calls import call_value

    name = str(data["__type__"])
    if name == "builtins.list":
        return value_of(scope, node, list(data.get("items", [])))
    given = Arguments()
    given.args = [value_of(scope, node, one) for one in data.get("__args__") or []]
    given.kwargs = {
        str(key): value_of(scope, node, one)
        for key, one in data.items()
        if key not in ("__type__", "__args__")
    }
    return call_value(scope, node, named(scope, node, name), given)


def _joined(scope: Scope, node: ast.Call, data: Config) -> Value:
    from analyzers.code_analyzer.interpreter import operations

    how: ast.operator = ast.BitAnd() if "__and__" in data else ast.BitOr()
    parts = data.get("__and__") or data.get("__or__") or data.get("__join__") or []
    values = [value_of(scope, node, one) for one in parts]
    if "__join__" in data:
        known = all(one.known for one in values)
        text = "".join(str(one.plain()) for one in values)
        return Const(text, node=node, file=scope.file) if known else unknown(scope, node, "not known")
    operator = ast.copy_location(ast.BinOp(left=node, op=how, right=node), node)
    result = values[0] if values else unknown(scope, node, "an empty condition")
    for value in values[1:]:
        result = operations.binary(scope, operator, result, value)
    return result


def named(scope: Scope, node: ast.AST, name: str) -> Value:
    """What a dotted name of the YAML means: something of the bundle, or from outside."""
    module, _, last = name.rpartition(".")
    found = find_module(scope, node, module)
    inside = found.scope.variables.get(last) if found is not None else None
    return inside or Symbol(name.removeprefix("builtins."), node=node, file=scope.file)
