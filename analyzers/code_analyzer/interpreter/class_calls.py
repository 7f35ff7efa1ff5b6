"""Calls that make or read objects: dataclasses.replace, asdict, type(), SimpleNamespace, vars, hasattr."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import classes
from analyzers.code_analyzer.interpreter.context_managers import ExitStack
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import ClassValue, Instance, Scope
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Value

Handler = Callable[[Scope, ast.Call, Arguments], Value | None]
MAX_DEPTH = 20


def _replace(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    subject = given.args[0] if given.args else None
    if not isinstance(subject, Instance) or subject.cls.fields is None or given.open:
        return None
    return replaced(scope, node, subject, given)


def replaced(scope: Scope, node: ast.AST, subject: Instance, given: Arguments) -> Value:
    """A copy of a dataclass or named tuple with other values for some fields."""
    wanted = Arguments()
    fields = subject.cls.fields or {}
    wanted.kwargs = {name: subject.attributes[name] for name in fields if name in subject.attributes}
    wanted.kwargs.update(given.kwargs)
    return classes.instantiate(scope, node, subject.cls, wanted)


def _as_dict(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    subject = given.args[0] if given.args else None
    if not isinstance(subject, Instance) or subject.cls.fields is None or given.kwargs:
        return None
    return as_mapping(scope, node, subject)


def as_mapping(scope: Scope, node: ast.AST, subject: Instance, depth: int = 0) -> Mapping:
    """The fields of a dataclass or named tuple as a dict."""
    items: dict[object, Value] = {
        name: _deep(scope, node, subject.attributes[name], depth + 1)
        for name in subject.cls.fields or {}
        if name in subject.attributes
    }
    return Mapping(items, {}, node=node, file=scope.file)


def _deep(scope: Scope, node: ast.AST, value: Value, depth: int) -> Value:
    scope.machine.step()
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, Instance) and value.cls.fields is not None and not value.cls.is_named_tuple:
        return as_mapping(scope, node, value, depth)
    if isinstance(value, Sequence):
        items = [_deep(scope, node, item, depth + 1) for item in value.items]
        return Sequence(items, value.kind, value.open, node=value.node, file=value.file)
    if isinstance(value, Mapping):
        found = {key: _deep(scope, node, item, depth + 1) for key, item in value.items.items()}
        return Mapping(found, dict(value.key_nodes), value.open, node=value.node, file=value.file)
    return value


def _as_tuple(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    found = _as_dict(scope, node, given)
    if not isinstance(found, Mapping):
        return None
    return Sequence(list(found.items.values()), tuple, node=node, file=scope.file)


def _field_list(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    subject = given.args[0] if given.args else None
    cls = subject.cls if isinstance(subject, Instance) else subject
    if not isinstance(cls, ClassValue) or cls.fields is None:
        return None
    plain = ClassValue("Field", (), Scope(scope.file, scope, is_class=True), node=node, file=scope.file)
    items: list[Value] = [
        Instance(plain, {"name": Const(name, node=node, file=scope.file)}, node=node, file=scope.file)
        for name in cls.fields
    ]
    return Sequence(items, tuple, node=node, file=scope.file)


def _namespace(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    if given.args or given.open:
        return None
    body = Scope(scope.file, scope, is_class=True)
    cls = ClassValue("SimpleNamespace", (), body, node=node, file=scope.file)
    return Instance(cls, dict(given.kwargs), node=node, file=scope.file)


def _same(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    return given.args[0] if given.args else None


def _has_attribute(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    subject, name = (*given.args, None, None)[:2]
    if not isinstance(name, Const) or not isinstance(name.value, str):
        return None
    if isinstance(subject, Instance):
        found = name.value in subject.attributes or subject.cls.find(name.value) is not None
        if not found and (subject.cls.open_base is not None or subject.cls.find("__getattr__")):
            return None
        return Const(found, node=node, file=scope.file)
    return None


def _get_attribute(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    """`getattr(x, "name", default)`, where the object certainly has it not."""
    if len(given.args) == 3:
        found = _has_attribute(scope, node, given)
        if isinstance(found, Const) and not found.value:
            return given.args[2]
    return None


def _variables(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    subject = given.args[0] if given.args else None
    if not isinstance(subject, Instance):
        return None
    result = Mapping({}, {}, node=node, file=scope.file)
    result.items = subject.attributes
    return result


def _type(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    """`type(name, bases, body)`."""
    if len(given.args) != 3:
        return None
    name, bases, body = given.args
    if not isinstance(name, Const) or not isinstance(bases, Sequence) or not isinstance(body, Mapping):
        return None
    if bases.open or body.open or not all(isinstance(key, str) for key in body.items):
        return unknown(scope, node, bases.open or body.open or "its attributes are not known")
    inner = Scope(scope.file, scope, is_class=True)
    inner.variables = {str(key): value for key, value in body.items.items()}
    return classes.derived(ClassValue(str(name.value), tuple(bases.items), inner, node=node, file=scope.file))


def _exit_stack(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    return ExitStack(node=node, file=scope.file)


HANDLERS: dict[str, Handler] = {
    "dataclasses.replace": _replace,
    "copy.replace": _replace,
    "dataclasses.asdict": _as_dict,
    "dataclasses.astuple": _as_tuple,
    "dataclasses.fields": _field_list,
    "attrs.asdict": _as_dict,
    "attr.asdict": _as_dict,
    "attrs.evolve": _replace,
    "attr.evolve": _replace,
    "types.SimpleNamespace": _namespace,
    "types.MappingProxyType": _same,
    "hasattr": _has_attribute,
    "getattr": _get_attribute,
    "vars": _variables,
    "type": _type,
    "contextlib.ExitStack": _exit_stack,
}
