"""Calls: finds out what is called and hands over to those who know it."""

import ast
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import (
    airflow_calls,
    builtin_calls,
    classes,
    edges,
    enums,
    library_calls,
    operator_calls,
)
from analyzers.code_analyzer.interpreter.containers import items_of
from analyzers.code_analyzer.interpreter.dags import call_dag_factory
from analyzers.code_analyzer.interpreter.decorators import KINDS, apply, call_decorator
from analyzers.code_analyzer.interpreter.factories import call_task_factory
from analyzers.code_analyzer.interpreter.functions import Arguments, call_function
from analyzers.code_analyzer.interpreter.groups import call_group
from analyzers.code_analyzer.interpreter.iteration_calls import Getter, call_getter
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.methods import call_method_of
from analyzers.code_analyzer.interpreter.names import meaning, task_flavour
from analyzers.code_analyzer.interpreter.objects import (
    ClassValue,
    DagFactory,
    Decorator,
    GroupFactory,
    Instance,
    Method,
    PartialFunction,
    Scope,
    Super,
    TaskFactory,
)
from analyzers.code_analyzer.values import Function, Made, Mapping, Symbol, Value


def call(scope: Scope, node: ast.Call) -> Value:
    """A call expression."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    scope.machine.step()
    callee = evaluate(scope, node.func)
    if isinstance(callee, Symbol) and callee.name == "super":
        return _super(scope, node)
    if isinstance(callee, Symbol) and callee.name in builtin_calls.LAZY and not node.args:
        return builtin_calls.lazy(scope, node, callee.name)
    free = isinstance(callee, Symbol) and callee.name in _ORDER_FREE
    scope.machine.order_free += free
    try:
        given = read_arguments(scope, node)
    finally:
        scope.machine.order_free -= free
    return call_value(scope, node, callee, given)


_ORDER_FREE = {"sorted", "set", "frozenset", "any", "all", "min", "max", "len", "collections.Counter"}


def read_arguments(scope: Scope, node: ast.Call) -> Arguments:
    """Evaluate what a call gives."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    given = Arguments()
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            items, why = items_of(spread := evaluate(scope, argument.value))
            given.args += items or []
            if items is None or why:
                given.spread = why or spread.reason or "unknown arguments are unpacked"
        else:
            given.args.append(evaluate(scope, argument))
    for keyword in node.keywords:
        value = evaluate(scope, keyword.value)
        if keyword.arg is not None:
            given.kwargs[keyword.arg] = value
            given.keywords[keyword.arg] = keyword
        elif isinstance(value, Mapping):
            for key, item in value.items.items():
                if isinstance(key, str):
                    given.kwargs[key] = item
            given.open = given.open or value.open
        else:
            given.open = value.reason or "unknown arguments are unpacked"
    return given


def call_value(scope: Scope, node: ast.Call, callee: Value, given: Arguments) -> Value:
    """Call any value."""
    handler = _BY_KIND.get(callee.__class__)
    if handler is not None:
        return handler(scope, node, callee, given)
    scope.machine.uncertain += 1
    _may_add_tasks(scope, node, callee, given)
    return Made(_name(callee), tuple(given.args), given.kwargs, node=node, file=scope.file)


def _name(callee: Value) -> str:
    if isinstance(callee, Symbol):
        return callee.name
    if isinstance(callee, Made):
        return f"{callee.callee}()"
    return f"<{type(callee).__name__.lower()}>"


def _may_add_tasks(scope: Scope, node: ast.AST, callee: Value, given: Arguments) -> None:
    """What is called is not known: inside a DAG, or given a DAG or a task, it may add tasks and edges."""
    dags = {id(scope.machine.dag): scope.machine.dag} if scope.machine.dag is not None else {}
    for value in (*given.args, *given.kwargs.values()):
        for dag in edges.dags_in(value):
            dags[id(dag)] = dag
    for dag in dags.values():
        name = ast.unparse(node.func)[:60] if isinstance(node, ast.Call) else "a call"
        scope.machine.note(dag, node, f"{name}() is not known and may add tasks: {callee.reason}", scope.file)


def _symbol(scope: Scope, node: ast.Call, callee: Symbol, given: Arguments) -> Value:
    name = callee.name
    role = meaning(name)
    if role is not None:
        return _airflow(scope, node, role, name, given)
    if (found := builtin_calls.call_builtin(scope, node, name, given)) is not None:
        return found
    if classes.is_operator_name(name):
        return operator_calls.make_operator(scope, node, callee, given)
    return builtin_calls.outside(scope, node, callee, given)


def _airflow(scope: Scope, node: ast.Call, role: str, name: str, given: Arguments) -> Value:
    if role in KINDS:
        return call_decorator(scope, node, KINDS[role], task_flavour(name), given)
    handler = airflow_calls.ROLES.get(role)
    if handler is not None:
        return handler(scope, node, given)
    if role in ("trigger_rule", "weight_rule") and given.args:
        return given.args[0]
    return Made(name, tuple(given.args), given.kwargs, node=node, file=scope.file)


def _function(scope: Scope, node: ast.AST, callee: Function, given: Arguments) -> Value:
    if any(not _harmless(mark) for mark in callee.decorators):
        _may_add_tasks(scope, node, callee.decorators[0], given)
    return call_function(scope, node, callee, given)


def _harmless(mark: Value) -> bool:
    name = mark.name if isinstance(mark, Symbol) else mark.callee if isinstance(mark, Made) else ""
    return name.partition(".")[0] in {
        "functools",
        "contextlib",
        "typing",
        "staticmethod",
        "classmethod",
        "property",
    }


def _task_factory(scope: Scope, node: ast.AST, callee: TaskFactory, given: Arguments) -> Value:
    if (
        scope.machine.calling
        and isinstance(callee.function, Function)
        and any(called is callee.function.definition for called, _ in scope.machine.calling)
    ):
        return unknown(scope, node, "a task calls itself")
    return call_task_factory(scope, node, callee, given)


def _group_factory(scope: Scope, node: ast.AST, callee: GroupFactory, given: Arguments) -> Value:
    return call_group(scope, node, callee, given)


def _dag_factory(scope: Scope, node: ast.AST, callee: DagFactory, given: Arguments) -> Value:
    return call_dag_factory(scope, node, callee, given)


def _decorator(scope: Scope, node: ast.AST, callee: Decorator, given: Arguments) -> Value:
    if given.args:
        return apply(scope, node, callee, given.args[0])
    return unknown(scope, node, "what is decorated is not known")


def _class(scope: Scope, node: ast.AST, callee: ClassValue, given: Arguments) -> Value:
    if callee.is_enum and len(given.args) == 1:
        found = enums.by_value(callee, given.args[0])
        return found or unknown(
            scope, node, given.args[0].reason or f"which {callee.name} it is is not known"
        )
    base = callee.open_base
    if isinstance(base, Symbol) and "task_id" in given.kwargs:
        callee.operator_base = callee.operator_base or base.name
    elif base is not None and not (isinstance(base, Symbol) and library_calls.harmless(base.name)):
        _may_add_tasks(scope, node, base, given)
    if callee.operator_base or callee.is_dag or callee.is_group:
        return operator_calls.make_own(scope, node, callee, given)
    return classes.instantiate(scope, node, callee, given)


def _instance(scope: Scope, node: ast.AST, callee: Instance, given: Arguments) -> Value:
    return classes.call_method(scope, node, callee, "__call__", given)


def _method(scope: Scope, node: ast.Call, callee: Method, given: Arguments) -> Value:
    return call_method_of(scope, node, callee.receiver, callee.name, given)


def _partial(scope: Scope, node: ast.Call, callee: PartialFunction, given: Arguments) -> Value:
    given.args = [*callee.args, *given.args]
    given.kwargs = {**callee.kwargs, **given.kwargs}
    return call_value(scope, node, callee.function, given)


def _super(scope: Scope, node: ast.Call) -> Value:
    owner = scope.find("__class__")
    names = [*getattr(scope, "variables", {})]
    first = next((scope.variables[name] for name in names if name != "__class__"), None)
    if isinstance(owner, ClassValue) and isinstance(first, Instance | ClassValue):
        return Super(first, owner, node=node, file=scope.file)
    return unknown(scope, node, "super() is not followed here")


_BY_KIND: dict[type[Value], Callable[..., Value]] = {
    Symbol: _symbol,
    Function: _function,
    TaskFactory: _task_factory,
    GroupFactory: _group_factory,
    DagFactory: _dag_factory,
    Decorator: _decorator,
    ClassValue: _class,
    Instance: _instance,
    Method: _method,
    PartialFunction: _partial,
    Getter: call_getter,
}
