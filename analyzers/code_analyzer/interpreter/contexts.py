"""`with`: opens and closes DAGs, task groups and setup tasks."""

import ast

from analyzers.code_analyzer.interpreter import setup_teardown
from analyzers.code_analyzer.interpreter.context_managers import ExitStack, GeneratorContext
from analyzers.code_analyzer.interpreter.objects import Instance, Scope
from analyzers.code_analyzer.model import Dag, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Const, Made, Sequence, Symbol, Unknown, Value


def enter(scope: Scope, node: ast.AST, value: Value) -> Value:
    """Open; what `as` binds."""
    if isinstance(value, Dag):
        scope.machine.dag_stack.append(value)
        value.used_as_context = True
        return value
    if isinstance(value, TaskGroup):
        scope.machine.group_stack.append(value)
        return value
    if isinstance(value, Task | XComArg) or _is_list_of_tasks(value):
        return setup_teardown.enter(scope, node, value)
    if isinstance(value, Instance):
        return _enter_instance(scope, node, value)
    if isinstance(value, Made) and value.callee in _NULL:
        return value.args[0] if value.args else Const(None, node=node, file=scope.file)
    if isinstance(value, GeneratorContext):
        text = f"{value.function.name}() is entered without a block, which is not followed"
        scope.machine.note(scope.machine.dag, node, text, scope.file)
    if isinstance(value, Unknown | Made | Symbol):
        return Made("__enter__", (value,), node=node, file=scope.file)
    return value


_NULL = {"contextlib.nullcontext"}


def _is_list_of_tasks(value: Value) -> bool:
    return (
        isinstance(value, Sequence)
        and bool(value.items)
        and all(isinstance(item, Task | XComArg) for item in value.items)
    )


def _enter_instance(scope: Scope, node: ast.AST, value: Instance) -> Value:
    from analyzers.code_analyzer.interpreter.classes import call_method
    from analyzers.code_analyzer.interpreter.functions import Arguments

    if value.cls.find("__enter__") is None:
        return value
    return call_method(scope, node, value, "__enter__", Arguments())


def leave(scope: Scope, node: ast.AST, value: Value) -> None:
    """Close."""
    if isinstance(value, Dag):
        if value in scope.machine.dag_stack:
            scope.machine.dag_stack.remove(value)
        auto = value.arguments.get("auto_register")
        if auto is None or auto.value.plain(True):
            value.registered = True
    elif isinstance(value, TaskGroup):
        if scope.machine.group_stack and scope.machine.group_stack[-1] is value:
            scope.machine.group_stack.pop()
    elif isinstance(value, Task | XComArg) or _is_list_of_tasks(value):
        setup_teardown.leave(scope, node)
    elif isinstance(value, ExitStack):
        while value.entered:
            leave(scope, node, value.entered.pop())
    elif isinstance(value, Instance) and value.cls.find("__exit__") is not None:
        from analyzers.code_analyzer.interpreter.classes import call_method
        from analyzers.code_analyzer.interpreter.functions import Arguments

        given = Arguments()
        given.args = [Const(None), Const(None), Const(None)]
        call_method(scope, node, value, "__exit__", given)
