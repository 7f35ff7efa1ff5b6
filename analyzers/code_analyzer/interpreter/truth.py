"""Three-valued truth, and the joining of what two arms set."""

import ast

from analyzers.code_analyzer.interpreter.objects import (
    ClassValue,
    DagFactory,
    Decorator,
    GroupFactory,
    Instance,
    LabelValue,
    Method,
    Module,
    PartialFunction,
    Scope,
    TaskFactory,
)
from analyzers.code_analyzer.model import Asset, AssetExpression, Dag, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import (
    Const,
    Function,
    Mapping,
    Sequence,
    Text,
    Unknown,
    Value,
    Why,
)

_ALWAYS_TRUE = (
    Function, ClassValue, Instance, Module, Method, TaskFactory, GroupFactory, DagFactory, Decorator,
    LabelValue, PartialFunction, Asset, AssetExpression, Dag, Task, XComArg,
)  # fmt: skip


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None where that is not known."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Sequence | Mapping):
        if value.items:
            return True
        return None if value.open else False
    if isinstance(value, Text):
        return True if any(isinstance(part, str) and part for part in value.parts) else None
    if isinstance(value, Instance):
        return None if value.cls.find("__bool__") or value.cls.find("__len__") else True
    if isinstance(value, TaskGroup):
        return True
    return True if isinstance(value, _ALWAYS_TRUE) else None


def merged(scope: Scope, node: ast.AST, first: Value, second: Value, why: str) -> Value:
    """What a name holds after one of two arms was taken."""
    if first is second or same(first, second):
        return first
    return Unknown(why, Why.BRANCH, (first, second), node=node, file=scope.file)


def same(first: Value, second: Value) -> bool:
    """Whether two values are certainly equal plain data."""
    if isinstance(first, Const) and isinstance(second, Const):
        return type(first.value) is type(second.value) and first.value == second.value
    if type(first) is not type(second) or not isinstance(first, Sequence | Mapping):
        return False
    return first.known and second.known and bool(first.plain() == second.plain())
