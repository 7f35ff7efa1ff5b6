"""Applies decorators: @task and its flavours, @dag, @task_group, @setup, @teardown, @asset."""

import ast

from analyzers.code_analyzer.interpreter import asset_calls
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.names import meaning, task_flavour
from analyzers.code_analyzer.interpreter.objects import (
    DagFactory,
    Decorator,
    GroupFactory,
    Method,
    Scope,
    TaskFactory,
)
from analyzers.code_analyzer.model import Dag
from analyzers.code_analyzer.values import Function, Made, Symbol, Value

_TRANSPARENT = {
    "functools.wraps", "functools.cache", "functools.lru_cache", "contextlib.contextmanager", "staticmethod",
    "typing.no_type_check", "property", "classmethod", "functools.cached_property", "abc.abstractmethod",
    "airflow.utils.session.provide_session", "typing.overload",
}  # fmt: skip
_KINDS = {
    "task_decorator": "task",
    "dag_decorator": "dag",
    "group_decorator": "task_group",
    "setup_decorator": "setup",
    "teardown_decorator": "teardown",
    "asset_decorator": "asset",
    "asset_multi": "asset.multi",
    "result_decorator": "result",
}


def decorated(scope: Scope, node: ast.expr, function: Value) -> Value:
    """What `@decorator` makes of a function."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    decorator = evaluate(scope, node)
    return apply(scope, node, decorator, function)


def apply(scope: Scope, node: ast.AST, decorator: Value, function: Value) -> Value:
    """`decorator(function)`."""
    if isinstance(decorator, Symbol):
        role = meaning(decorator.name)
        if role in _KINDS:
            decorator = Decorator(_KINDS[role], task_flavour(decorator.name), node=node, file=scope.file)
        elif decorator.name in _TRANSPARENT:
            return _marked(function, decorator)
    if isinstance(decorator, Method) and isinstance(decorator.receiver, Dag) and decorator.name == "task":
        decorator = Decorator("task", "", [], {"dag": decorator.receiver}, node=node, file=scope.file)
    if isinstance(decorator, Made) and decorator.callee in _TRANSPARENT:
        return _wrapping(function, decorator)
    if isinstance(decorator, Decorator):
        return apply_decorator(scope, node, decorator, function)
    if isinstance(decorator, Function):
        from analyzers.code_analyzer.interpreter.functions import call_function

        given = Arguments()
        given.args = [function]
        return call_function(scope, node, decorator, given)
    if isinstance(decorator, Symbol | Made) and isinstance(function, Function):
        # A decorator from outside (retrying, skip_if): what it gives back still behaves like the function.
        function.decorators = (*function.decorators, decorator)
        return function
    if isinstance(function, TaskFactory):
        return function
    return unknown(scope, node, f"what a decorator at line {getattr(node, 'lineno', 1)} makes is not known")


def _wrapping(function: Value, decorator: Made) -> Value:
    wrapped = decorator.args[0] if decorator.args else None
    if (
        decorator.callee == "functools.wraps"
        and isinstance(function, Function)
        and isinstance(wrapped, Function)
    ):
        function.name = wrapped.name
    return function


def _marked(function: Value, decorator: Symbol) -> Value:
    if isinstance(function, Function):
        function.decorators = (*function.decorators, decorator)
    return function


def apply_decorator(scope: Scope, node: ast.AST, decorator: Decorator, function: Value) -> Value:
    """One of Airflow's own decorators."""
    if decorator.flavour in ("skip_if", "run_if"):
        return function
    if decorator.kind in ("setup", "teardown", "result"):
        return _setup_or_teardown(scope, node, decorator, function)
    if decorator.kind.startswith("asset"):
        return asset_calls.define(scope, node, decorator, function)
    if not isinstance(function, Function):
        return unknown(scope, node, f"what @{decorator.kind} decorates is not known: {function.reason}")
    if decorator.kind == "dag":
        factory = DagFactory(function, decorator, node=function.node, file=scope.file)
        scope.machine.dag_factories.append(factory)
        return factory
    if decorator.kind == "task_group":
        kwargs = dict(decorator.kwargs)
        if decorator.args:
            kwargs["group_id"] = decorator.args[0]
        return GroupFactory(function, kwargs, decorator.open, node=function.node, file=scope.file)
    return task_factory(scope, decorator, function)


def task_factory(scope: Scope, decorator: Decorator, function: Function) -> TaskFactory:
    """A function under @task."""
    factory = TaskFactory(
        function,
        decorator.flavour,
        dict(decorator.kwargs),
        dict(decorator.keywords),
        decorator.open,
        node=function.node,
        file=scope.file,
    )
    scope.machine.task_factories.append(factory)
    return factory


def _setup_or_teardown(scope: Scope, node: ast.AST, decorator: Decorator, function: Value) -> Value:
    if isinstance(function, Function):
        plain = Decorator("task", "", node=node, file=scope.file)
        function = task_factory(scope, plain, function)
    if not isinstance(function, TaskFactory):
        return unknown(scope, node, f"what @{decorator.kind} decorates is not known")
    if decorator.kind == "setup":
        function.is_setup = True
    elif decorator.kind == "teardown":
        function.is_teardown = True
    return function


def call_decorator(scope: Scope, node: ast.Call, kind: str, flavour: str, given: Arguments) -> Value:
    """`task(...)`, `dag(...)`: a decorator with arguments, or applied to a function at once."""
    if flavour in ("skip_if", "run_if"):
        return Decorator(kind, flavour, node=node, file=scope.file)
    if given.args and isinstance(given.args[0], Function | TaskFactory):
        decorator = Decorator(
            kind, flavour, [], given.kwargs, given.keywords, given.open, node=node, file=scope.file
        )
        return apply_decorator(scope, node, decorator, given.args[0])
    if "python_callable" in given.kwargs and isinstance(given.kwargs["python_callable"], Function):
        kwargs = {key: value for key, value in given.kwargs.items() if key != "python_callable"}
        decorator = Decorator(
            kind, flavour, [], kwargs, given.keywords, given.open, node=node, file=scope.file
        )
        return apply_decorator(scope, node, decorator, given.kwargs["python_callable"])
    return Decorator(
        kind, flavour, given.args, given.kwargs, given.keywords, given.open, node=node, file=scope.file
    )


KINDS = _KINDS
