"""Calls functions of the bundle by running their bodies."""

import ast

from analyzers.code_analyzer.interpreter.machine import Machine, unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.interpreter.truth import merged
from analyzers.code_analyzer.values import Const, Function, Mapping, Sequence, Value, Why


def call_function(
    machine: Machine,
    scope: Scope,
    node: ast.AST,
    function: Function,
    given: "Arguments",
    inner: Scope | None = None,
) -> Value:
    """Run a function's body; what it returns."""
    definition = function.definition
    if machine.depth >= machine.budget.depth or machine.calling.count(definition) > MAX_RECURSION:
        return unknown(scope, node, f"{function.name}() is nested too deeply", Why.BUDGET)
    machine.step(3)
    inner = inner or Scope(function.file or scope.file, function.scope)
    why = bind_arguments(machine, scope, node, function, given, inner)
    if why is not None:
        raise Raised(node, f"{function.name}() {why}", "TypeError")
    if _is_generator(definition):
        return _generated(machine, scope, node, function, inner)
    return run_body(machine, scope, node, function, inner)


MAX_RECURSION = 12


def run_body(machine: Machine, scope: Scope, node: ast.AST, function: Function, inner: Scope) -> Value:
    """Run a body whose parameters are bound."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import run

    definition = function.definition
    arms, reasons, fresh = machine.arms, machine.arm_reasons, machine.fresh
    machine.depth += 1
    machine.calling.append(definition)
    try:
        if isinstance(definition, ast.Lambda):
            return evaluate(machine, inner, definition.body)
        if isinstance(definition, ast.AsyncFunctionDef):
            return unknown(scope, node, f"{function.name}() is a coroutine")
        run(machine, inner, definition.body)
    finally:
        machine.calling.pop()
        machine.depth -= 1
        machine.arms, machine.arm_reasons, machine.fresh = arms, reasons, fresh
    result = inner.result or Const(None, node=node, file=scope.file)
    for other in inner.pending_results:
        result = merged(scope, node, other, result, f"{function.name}() returns it only under a condition")
    return result


def _is_generator(definition: ast.AST) -> bool:
    if isinstance(definition, ast.Lambda):
        return False
    pending = list(ast.iter_child_nodes(definition))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(node))
    return False


def _generated(machine: Machine, scope: Scope, node: ast.AST, function: Function, inner: Scope) -> Value:
    """A generator runs to its end at once; what it yields becomes a list."""
    result = Sequence([], list, node=node, file=scope.file)
    machine.yielded.append(result)
    try:
        run_body(machine, scope, node, function, inner)
    finally:
        machine.yielded.pop()
    return result


class Arguments:
    """What a call gives."""

    __slots__ = ("args", "keywords", "kwargs", "open", "spread")

    def __init__(self) -> None:
        self.args: list[Value] = []
        self.kwargs: dict[str, Value] = {}
        self.keywords: dict[str, ast.keyword] = {}
        self.open: str | None = None
        """Why there may be more keyword arguments."""
        self.spread: str | None = None
        """Why there may be more positional ones."""


def bind_arguments(
    machine: Machine, scope: Scope, node: ast.AST, function: Function, given: Arguments, inner: Scope
) -> str | None:
    """Bind parameters in `inner`; what is wrong with the call, None where it fits."""
    parameters = function.definition.args
    names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
    kwargs = dict(given.kwargs)
    args = list(given.args)
    if len(args) > len(names) and parameters.vararg is None and not given.spread:
        return f"takes {len(names)} positional arguments, {len(args)} were given"
    for name, value in zip(names, args, strict=False):
        if name in kwargs:
            return f"got several values for {name}"
        inner.variables[name] = value
    if parameters.vararg is not None:
        rest = Sequence(args[len(names) :], tuple, given.spread, node=node, file=scope.file)
        inner.variables[parameters.vararg.arg] = rest
    unsure = given.open or given.spread
    for name in [*names[len(args) :], *(parameter.arg for parameter in parameters.kwonlyargs)]:
        if name in kwargs:
            inner.variables[name] = kwargs.pop(name)
        elif unsure:
            default = function.defaults.get(name)
            value = unknown(scope, node, f"{name} may be given: {unsure}")
            value.candidates = (default,) if default is not None else ()
            inner.variables[name] = value
        elif name in function.defaults:
            inner.variables[name] = function.defaults[name]
        else:
            return f"misses its argument {name}"
    if parameters.kwarg is not None:
        key_nodes: dict[object, ast.AST] = {
            key: given.keywords[key].value for key in kwargs if key in given.keywords
        }
        rest_kwargs = Mapping(dict(kwargs), key_nodes, given.open, node=node, file=scope.file)
        inner.variables[parameters.kwarg.arg] = rest_kwargs
    elif kwargs:
        return f"has no parameter {next(iter(kwargs))}"
    return None
