"""Calls functions of the bundle by running their bodies."""

import ast

from analyzers.code_analyzer.interpreter.machine import Machine, unknown
from analyzers.code_analyzer.interpreter.objects import Method, Raised, Scope
from analyzers.code_analyzer.interpreter.truth import merged
from analyzers.code_analyzer.values import Const, Function, Made, Mapping, Sequence, Unknown, Value, Why


def call_function(
    scope: Scope,
    node: ast.AST,
    function: Function,
    given: "Arguments",
    inner: Scope | None = None,
) -> Value:
    """Run a function's body; what it returns."""
    from analyzers.code_analyzer.interpreter.context_managers import GeneratorContext, is_context_manager

    definition = function.definition
    machine = scope.machine
    if machine.depth >= machine.budget.depth or _again(machine, definition) > _most(
        machine, definition, given
    ):
        because = f"{function.name}() is nested too deeply"
        machine.note(machine.dag, node, because, scope.file)
        return unknown(scope, node, because, Why.BUDGET)
    machine.step(3)
    inner = inner or Scope(function.file or scope.file, function.scope)
    why = bind_arguments(scope, node, function, given, inner)
    if why is not None:
        raise Raised(node, f"{function.name}() {why}", "TypeError")
    if is_context_manager(function):
        return GeneratorContext(function, inner, node=node, file=scope.file)
    if definition in (function.file or scope.file).generators:
        return _generated(scope, node, function, inner)
    return run_body(scope, node, function, inner)


MAX_RECURSION = 12
MAX_UNDECIDED = 2


def _again(machine: Machine, definition: ast.AST) -> int:
    return sum(called is definition for called, _ in machine.calling)


def _most(machine: Machine, definition: ast.AST, given: "Arguments") -> int:
    """How often a function may stand in the calls that lead to itself.

    Once a condition within it is not known both arms are followed: each turn would double the work. Where its
    arguments are not known either, the next turn can only make what this one made.
    """
    first = next((arms for called, arms in machine.calling if called is definition), len(machine.arms))
    if len(machine.arms) <= first:
        return MAX_RECURSION
    values = [*given.args, *given.kwargs.values()]
    return (
        0 if values and all(isinstance(value, Unknown | Made | Method) for value in values) else MAX_UNDECIDED
    )


def run_body(scope: Scope, node: ast.AST, function: Function, inner: Scope) -> Value:
    """Run a body whose parameters are bound."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import run

    definition = function.definition
    arms, reasons, fresh = scope.machine.arms, scope.machine.arm_reasons, scope.machine.fresh
    scope.machine.depth += 1
    scope.machine.calling.append((definition, len(arms)))
    try:
        if isinstance(definition, ast.Lambda):
            return evaluate(inner, definition.body)
        if isinstance(definition, ast.AsyncFunctionDef):
            return unknown(scope, node, f"{function.name}() is a coroutine")
        run(inner, definition.body)
    finally:
        scope.machine.calling.pop()
        scope.machine.depth -= 1
        scope.machine.arms, scope.machine.arm_reasons, scope.machine.fresh = arms, reasons, fresh
    result = inner.result or Const(None, node=node, file=scope.file)
    for other in inner.pending_results:
        result = merged(scope, node, other, result, f"{function.name}() returns it only under a condition")
    return result


def _generated(scope: Scope, node: ast.AST, function: Function, inner: Scope) -> Value:
    """A generator runs to its end at once; what it yields becomes a list."""
    result = Sequence([], list, node=node, file=scope.file)
    scope.machine.yielded.append(result)
    try:
        run_body(scope, node, function, inner)
    finally:
        scope.machine.yielded.pop()
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
    scope: Scope, node: ast.AST, function: Function, given: Arguments, inner: Scope
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
