"""Runs statements."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from analyzers.code_analyzer.interpreter import blocks, containers, imports, matching, operations
from analyzers.code_analyzer.interpreter.attribute_setting import set_attribute
from analyzers.code_analyzer.interpreter.classes import make_class
from analyzers.code_analyzer.interpreter.decorators import decorated
from analyzers.code_analyzer.interpreter.expressions import evaluate, make_function
from analyzers.code_analyzer.interpreter.machine import Machine, unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Value

NEXT, BREAK, CONTINUE, RETURN = range(4)


def run(scope: Scope, body: list[ast.stmt]) -> int:
    """Run statements; how they ended: NEXT, BREAK, CONTINUE or RETURN."""
    at_top = scope.outer is None and scope.file is scope.machine.main and not scope.machine.depth
    for statement in body:
        scope.machine.step()
        if at_top:
            scope.machine.main_node = statement
        handler = _HANDLERS.get(statement.__class__)
        if handler is None:
            continue
        ended = handler(scope, statement)
        if ended:
            return ended
    return NEXT


@contextmanager
def undecided(machine: Machine, node: ast.AST, arm: int, why: str) -> Iterator[None]:
    """Code that may run or not."""
    before, reasons, fresh = machine.arms, machine.arm_reasons, machine.fresh
    machine.arms = (*before, (node, arm))
    machine.arm_reasons = (*reasons, why)
    machine.fresh = {}
    try:
        yield
    finally:
        machine.arms, machine.arm_reasons, machine.fresh = before, reasons, fresh


def bind(scope: Scope, target: ast.expr, value: Value) -> None:
    """Assign to a name, an attribute, a subscript or a tuple of these."""
    if isinstance(target, ast.Name):
        scope.assign(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(scope, target, value)
    elif isinstance(target, ast.Attribute):
        set_attribute(scope, target, evaluate(scope, target.value), value)
    elif isinstance(target, ast.Subscript):
        _set_item(scope, target, value)
    elif isinstance(target, ast.Starred):
        bind(scope, target.value, value)


def _unpack(scope: Scope, target: ast.Tuple | ast.List, value: Value) -> None:
    items, why = containers.items_of(value)
    wanted = target.elts
    star = next((i for i, element in enumerate(wanted) if isinstance(element, ast.Starred)), None)
    if items is None or why or (len(items) != len(wanted) if star is None else len(items) < len(wanted) - 1):
        if items is not None and not why:
            raise Raised(target, "the number of values to unpack differs", "ValueError")
        for element in wanted:
            reason = why or value.reason or "what is unpacked is not known"
            bind(scope, element, unknown(scope, target, reason))
        return
    if star is not None:
        after = len(wanted) - star - 1
        middle = Sequence(items[star : len(items) - after], list, node=target, file=scope.file)
        items = [*items[:star], middle, *items[len(items) - after :]]
    for element, item in zip(wanted, items, strict=True):
        bind(scope, element, item)


def _set_item(scope: Scope, target: ast.Subscript, value: Value) -> None:
    container = evaluate(scope, target.value)
    key_value = evaluate(scope, target.slice) if not isinstance(target.slice, ast.Slice) else None
    if isinstance(container, Mapping):
        scope.machine.changed(container, target)
        key = containers.hashable(key_value) if key_value is not None else containers.NO_KEY
        if key is containers.NO_KEY:
            because = f"a key at line {target.lineno} is not known"
            containers.put_unkeyed(container, [value], because)
        else:
            container.items[key] = value
            container.key_nodes[key] = target.slice
    elif isinstance(container, Sequence):
        scope.machine.changed(container, target)
        at = key_value.value if isinstance(key_value, Const) else None
        if isinstance(at, int) and -len(container.items) <= at < len(container.items):
            container.items[at] = value
        else:
            container.open = f"an item is set at line {target.lineno}"


def _expression(scope: Scope, node: ast.Expr) -> int:
    if not isinstance(node.value, ast.Constant):
        evaluate(scope, node.value)
    return NEXT


def _assign(scope: Scope, node: ast.Assign) -> int:
    value = evaluate(scope, node.value)
    for target in node.targets:
        bind(scope, target, value)
    return NEXT


def _annotated(scope: Scope, node: ast.AnnAssign) -> int:
    if node.value is not None:
        bind(scope, node.target, evaluate(scope, node.value))
    return NEXT


def _augmented(scope: Scope, node: ast.AugAssign) -> int:
    left = evaluate(scope, node.target)
    right = evaluate(scope, node.value)
    if isinstance(left, Sequence) and left.kind is list and isinstance(node.op, ast.Add):
        scope.machine.changed(left, node)
        items, why = containers.items_of(right)
        left.items += items or []
        if items is None or why:
            left.open = left.open or why or right.reason or "something unknown is added"
        return NEXT
    expression = ast.BinOp(left=node.target, op=node.op, right=node.value)
    ast.copy_location(expression, node)
    bind(scope, node.target, operations.binary(scope, expression, left, right))
    return NEXT


def _function(scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    value: Value = make_function(scope, node, node.name)
    for decorator in reversed(node.decorator_list):
        value = decorated(scope, decorator, value)
    scope.assign(node.name, value)
    return NEXT


def _class(scope: Scope, node: ast.ClassDef) -> int:
    scope.assign(node.name, make_class(scope, node))
    return NEXT


def _return(scope: Scope, node: ast.Return) -> int:
    value = evaluate(scope, node.value) if node.value else Const(None, node=node, file=scope.file)
    scope.result = value
    return RETURN


def _delete(scope: Scope, node: ast.Delete) -> int:
    for target in node.targets:
        if isinstance(target, ast.Name):
            scope.variables.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            container = evaluate(scope, target.value)
            if isinstance(container, Mapping) and not isinstance(target.slice, ast.Slice):
                scope.machine.changed(container, target)
                container.items.pop(containers.hashable(evaluate(scope, target.slice)), None)
            elif isinstance(container, Sequence):
                container.open = f"an item is deleted at line {node.lineno}"
    return NEXT


def _raise(scope: Scope, node: ast.Raise) -> int:
    name = "Exception"
    if node.exc is not None:
        target = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        name = scope.file.qualified_name(target) or ast.unparse(target)
    raise Raised(node, f"{name} is raised", name)


def _assert(scope: Scope, node: ast.Assert) -> int:
    from analyzers.code_analyzer.interpreter.truth import truth

    if truth(evaluate(scope, node.test)) is False:
        raise Raised(node, "an assertion fails", "AssertionError")
    return NEXT


def _scope_names(scope: Scope, node: ast.Global | ast.Nonlocal) -> int:
    for name in node.names:
        if isinstance(node, ast.Global):
            scope.nonlocal_names[name] = scope.globals
            continue
        outer = scope.outer
        while outer is not None and name not in outer.variables:
            outer = outer.outer
        if outer is not None:
            scope.nonlocal_names[name] = outer
    return NEXT


def _break(scope: Scope, node: ast.Break) -> int:
    return BREAK


def _continue(scope: Scope, node: ast.Continue) -> int:
    return CONTINUE


_HANDLERS: dict[type[ast.AST], Callable[..., int]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Delete: _delete,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Global: _scope_names,
    ast.Nonlocal: _scope_names,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.If: blocks.if_statement,
    ast.For: blocks.for_statement,
    ast.AsyncFor: blocks.for_statement,
    ast.While: blocks.while_statement,
    ast.With: blocks.with_statement,
    ast.AsyncWith: blocks.with_statement,
    ast.Try: blocks.try_statement,
    ast.Match: matching.match_statement,
    ast.Import: imports.import_statement,
    ast.ImportFrom: imports.import_from,
}
