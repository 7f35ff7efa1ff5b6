"""Attributes of values, read and set."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
from collections.abc import Callable
from datetime import date, datetime, timedelta

from analyzers.code_analyzer.interpreter.enums import EnumConst, member, member_names
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.names import meaning
from analyzers.code_analyzer.interpreter.objects import (
    ClassValue,
    Instance,
    Method,
    Module,
    Scope,
    TaskFactory,
)
from analyzers.code_analyzer.model import Asset, Dag, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import (
    Const,
    Function,
    Made,
    Mapping,
    Sequence,
    Symbol,
    Unknown,
    Value,
)

_ENUM_VALUES = {"trigger_rule", "weight_rule"}


def attribute(scope: Scope, node: ast.AST, value: Value, name: str) -> Value:
    """`value.name`."""
    reader = _READERS.get(value.__class__)
    if reader is not None:
        found = reader(scope, node, value, name)
        if found is not None:
            return found
    return Method(value, name, node=node, file=scope.file)


def _symbol(scope: Scope, node: ast.AST, value: Symbol, name: str) -> Value | None:
    whole = f"{value.name}.{name}"
    if meaning(value.name) in _ENUM_VALUES and name.isupper():
        return Const(_enum(name), node=node, file=scope.file)
    if value.name == "airflow" or whole in _CONSTANTS:
        constant = _CONSTANTS.get(whole)
        if constant is not None:
            return Const(constant, node=node, file=scope.file)
    if not value.name.startswith("airflow"):
        # `import package` of the bundle, then `package.module.thing`.
        from analyzers.code_analyzer.interpreter.imports import find_module

        module = scope.machine.modules.get(whole) or find_module(scope, node, whole)
        if module is not None:
            return module
        outer = find_module(scope, node, value.name)
        if outer is not None and name in outer.scope.variables:
            return outer.scope.variables[name]
    return Symbol(whole, node=node, file=scope.file)


def _enum(name: str) -> str:
    return name.lower()


_CONSTANTS: dict[str, str | int | date | timedelta] = {
    "os.sep": "/", "os.path.sep": "/", "os.linesep": "\n", "datetime.datetime.min": datetime.min,  # noqa: DTZ901
    "datetime.datetime.max": datetime.max, "datetime.date.min": date.min, "datetime.date.max": date.max,  # noqa: DTZ901
    "datetime.timedelta.min": timedelta.min, "datetime.timedelta.max": timedelta.max,
}  # fmt: skip


def _module(scope: Scope, node: ast.AST, value: Module, name: str) -> Value | None:
    found = value.scope.variables.get(name)
    if found is not None:
        if isinstance(found, TaskFactory):
            found.used[0] = True
        return found
    from analyzers.code_analyzer.interpreter.imports import find_module

    below = find_module(scope, node, f"{value.scope.file.module}.{name}")
    if below is not None:
        return below
    return unknown(scope, node, f"{value.scope.file.path} has no {name} that could be found")


def _task(scope: Scope, node: ast.AST, value: Task, name: str) -> Value | None:
    if name == "output":
        return XComArg(value, node=node, file=scope.file)
    if name == "task_id" and value.task_id is not None:
        return Const(value.task_id, node=node, file=scope.file)
    if name == "dag" and value.dag is not None:
        return value.dag
    if name == "dag_id" and value.dag is not None and value.dag.dag_id is not None:
        return Const(value.dag.dag_id, node=node, file=scope.file)
    if name == "task_group" and value.group is not None:
        return value.group
    if name in ("is_setup", "is_teardown"):
        return Const(getattr(value, name), node=node, file=scope.file)
    if name in _TASK_METHODS:
        return None
    argument = value.effective(name)
    return argument.value if argument else None


_TASK_METHODS = {
    "set_upstream", "set_downstream", "as_setup", "as_teardown", "expand", "partial", "add_inlets",
    "add_outlets",
}  # fmt: skip


def _xcom(scope: Scope, node: ast.AST, value: XComArg, name: str) -> Value | None:
    if name == "operator":
        return value.task
    if name == "key" and value.key is not None:
        return Const(value.key, node=node, file=scope.file)
    return None


def _dag(scope: Scope, node: ast.AST, value: Dag, name: str) -> Value | None:
    if name == "dag_id" and value.dag_id is not None:
        return Const(value.dag_id, node=node, file=scope.file)
    if name == "tasks":
        return Sequence(list(value.tasks), list, node=node, file=scope.file)
    if name == "task":
        return Method(value, "task", node=node, file=scope.file)
    if name in ("task_dict", "task_ids") and all(task.task_id is not None for task in value.tasks):
        items: dict[object, Value] = {task.task_id: task for task in value.tasks}
        if name == "task_dict":
            return Mapping(items, {}, node=node, file=scope.file)
        ids: list[Value] = [Const(str(one), node=node, file=scope.file) for one in items]
        return Sequence(ids, list, node=node, file=scope.file)
    if name in ("roots", "leaves"):
        ends = value.roots if name == "roots" else value.leaves
        return Sequence(list(ends), list, node=node, file=scope.file)
    if name == "default_args":
        return value.default_args or Mapping({}, {}, node=node, file=scope.file)
    argument = value.arguments.get(name)
    return argument.value if argument else None


def _group(scope: Scope, node: ast.AST, value: TaskGroup, name: str) -> Value | None:
    if name == "group_id" and value.group_id is not None:
        return Const(value.group_id, node=node, file=scope.file)
    if name == "dag" and value.dag is not None:
        return value.dag
    if name == "children":
        items: dict[object, Value] = {task.task_id: task for task in value.tasks if task.task_id}
        items.update({group.group_id: group for group in value.groups if group.group_id})
        return Mapping(items, {}, node=node, file=scope.file)
    return None


def _asset(scope: Scope, node: ast.AST, value: Asset, name: str) -> Value | None:
    if name in ("name", "uri") and isinstance(found := getattr(value, name), str):
        return Const(found, node=node, file=scope.file)
    argument = value.arguments.get(name)
    return argument.value if argument else None


def _instance(scope: Scope, node: ast.AST, value: Instance, name: str) -> Value | None:
    if name in value.attributes:
        return value.attributes[name]
    found = value.cls.find(name)
    if isinstance(found, Function):
        if any(_is_property(mark) for mark in found.decorators):
            from analyzers.code_analyzer.interpreter.classes import call_method
            from analyzers.code_analyzer.interpreter.functions import Arguments

            return call_method(scope, node, value, name, Arguments())
        return None
    if found is not None:
        return found
    if name == "__class__":
        return value.cls
    if (name in ("_replace", "_asdict") and value.cls.is_named_tuple) or value.cls.name in _OF_LIBRARIES:
        return None
    if name == "_fields" and value.cls.is_named_tuple:
        names: list[Value] = [Const(one, node=node, file=scope.file) for one in value.cls.fields or {}]
        return Sequence(names, tuple, node=node, file=scope.file)
    if value.cls.find("__getattr__") or value.cls.open_base is not None:
        return None
    return unknown(scope, node, f"{value.cls.name} has no attribute {name} that could be found")


_OF_LIBRARIES = {"re.Match", "string.Template"}


def _is_property(mark: Value) -> bool:
    return isinstance(mark, Symbol) and mark.name in ("property", "functools.cached_property")


def _class(scope: Scope, node: ast.AST, value: ClassValue, name: str) -> Value | None:
    if name == "__name__":
        return Const(value.name, node=node, file=scope.file)
    if name == "__members__" and value.is_enum:
        items: dict[object, Value] = {one: member(value, one) for one in member_names(value)}
        return Mapping(items, {}, node=node, file=scope.file)
    found = value.find(name)
    if found is not None and not isinstance(found, Function):
        if value.is_enum and name in value.scope.variables:
            return member(value, name)
        return found
    return None


def _function(scope: Scope, node: ast.AST, value: Function, name: str) -> Value | None:
    if name in ("__name__", "__qualname__"):
        return Const(value.name, node=node, file=scope.file)
    if name == "__doc__" and not isinstance(value.definition, ast.Lambda):
        return Const(ast.get_docstring(value.definition, clean=False), node=node, file=scope.file)
    return None


def _factory(scope: Scope, node: ast.AST, value: TaskFactory, name: str) -> Value | None:
    value.used[0] = True
    if name == "function":
        return value.function
    if name == "__name__" and isinstance(value.function, Function):
        return Const(value.function.name, node=node, file=scope.file)
    return None


def _enum_const(scope: Scope, node: ast.AST, value: EnumConst, name: str) -> Value | None:
    if name == "value":
        return Const(value.value, node=node, file=scope.file)
    if name == "name":
        return Const(value.member, node=node, file=scope.file)
    return _instance_like(scope, node, value, name) or _const(scope, node, value, name)


def _instance_like(scope: Scope, node: ast.AST, value: EnumConst, name: str) -> Value | None:
    found = value.cls.find(name)
    if isinstance(found, Function) and any(_is_property(mark) for mark in found.decorators):
        from analyzers.code_analyzer.interpreter.classes import call_bound
        from analyzers.code_analyzer.interpreter.functions import Arguments

        return call_bound(scope, node, value, found, Arguments())
    return None


def _const(scope: Scope, node: ast.AST, value: Const, name: str) -> Value | None:
    plain = value.value
    if name in ("year", "month", "day", "hour", "minute", "second", "days", "seconds", "value", "name"):
        if name == "value" and isinstance(plain, str):
            return value
        found = getattr(plain, name, None)
        if isinstance(found, int):
            return Const(found, node=node, file=scope.file)
    return None


def _made(scope: Scope, node: ast.AST, value: Made, name: str) -> Value | None:
    from analyzers.code_analyzer.interpreter.paths import path_attribute

    return path_attribute(scope, node, value, name)


def _unknown(scope: Scope, node: ast.AST, value: Unknown, name: str) -> Value | None:
    return None


_READERS: dict[type[Value], Callable[..., Value | None]] = {
    Symbol: _symbol,
    Module: _module,
    Task: _task,
    XComArg: _xcom,
    Dag: _dag,
    TaskGroup: _group,
    Asset: _asset,
    Instance: _instance,
    ClassValue: _class,
    Function: _function,
    TaskFactory: _factory,
    Const: _const,
    EnumConst: _enum_const,
    Made: _made,
    Unknown: _unknown,
}
