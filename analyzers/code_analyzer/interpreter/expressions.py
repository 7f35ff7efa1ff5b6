"""Evaluates expressions."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
import builtins
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import (
    calls,
    comparison,
    comprehensions,
    containers,
    operations,
    texts,
)
from analyzers.code_analyzer.interpreter.attributes import attribute
from analyzers.code_analyzer.interpreter.context_managers import Block, yield_to
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope, TaskFactory
from analyzers.code_analyzer.interpreter.paths import ROOT
from analyzers.code_analyzer.interpreter.truth import merged, truth
from analyzers.code_analyzer.values import Const, Function, Mapping, Sequence, Symbol, Value

Evaluator = Callable[[Scope, ast.expr], Value]


def evaluate(scope: Scope, node: ast.expr) -> Value:
    """The value of an expression."""
    handler = _HANDLERS.get(node.__class__)
    if handler is None:
        return unknown(scope, node, f"{type(node).__name__} is not followed")
    return handler(scope, node)


def _constant(scope: Scope, node: ast.Constant) -> Value:
    return Const(node.value, node=node, file=scope.file)  # type: ignore[arg-type]


def _name(scope: Scope, node: ast.Name) -> Value:
    found = scope.find(node.id)
    if found is not None:
        if isinstance(found, TaskFactory):
            found.used[0] = True
        return found
    if node.id == "__file__":
        return Const(f"{ROOT}/{scope.file.path}", node=node, file=scope.file)
    if node.id == "__name__":
        return Const(scope.file.module, node=node, file=scope.file)
    if node.id in BUILTIN_NAMES:
        return Symbol(node.id, node=node, file=scope.file)
    return unknown(scope, node, f"{node.id} is not defined here")


def _attribute(scope: Scope, node: ast.Attribute) -> Value:
    return attribute(scope, node, evaluate(scope, node.value), node.attr)


def _list(scope: Scope, node: ast.List | ast.Tuple | ast.Set) -> Value:
    kind = _KINDS[node.__class__]
    result = Sequence([], kind, node=node, file=scope.file)
    for element in node.elts:
        if isinstance(element, ast.Starred):
            spread = evaluate(scope, element.value)
            items, why = containers.items_of(spread)
            if items is None or why:
                result.open = why or spread.reason or "it holds an unpacked unknown"
            result.items += items or []
        else:
            result.items.append(evaluate(scope, element))
    scope.machine.step(1)
    return scope.machine.new(result)


def _dict(scope: Scope, node: ast.Dict) -> Value:
    result = Mapping({}, {}, node=node, file=scope.file)
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = evaluate(scope, value_node)
        if key_node is None:
            if isinstance(value, Mapping):
                result.items.update(value.items)
                result.key_nodes.update(value.key_nodes)
                result.open = result.open or value.open
            else:
                result.open = value.reason or "it holds an unpacked unknown"
            continue
        key = containers.hashable(evaluate(scope, key_node))
        if key is containers.NO_KEY:
            containers.put_unkeyed(result, [value], f"a key at line {key_node.lineno} is not known")
        else:
            result.items[key] = value
            result.key_nodes[key] = key_node
    return scope.machine.new(result)


def _joined(scope: Scope, node: ast.JoinedStr) -> Value:
    parts: list[str | Value] = []
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            parts.append(str(piece.value))
        else:
            assert isinstance(piece, ast.FormattedValue)
            parts.append(_formatted(scope, piece))
    return texts.text_of(parts, node, scope.file)


def _formatted(scope: Scope, node: ast.FormattedValue) -> str | Value:
    value = evaluate(scope, node.value)
    spec = ""
    if node.format_spec is not None:
        wanted = evaluate(scope, node.format_spec)
        if not isinstance(wanted, Const):
            return unknown(scope, node, "its format is not known")
        spec = str(wanted.value)
    return texts.formatted(value, spec, node.conversion)


def _binary(scope: Scope, node: ast.BinOp) -> Value:
    left = evaluate(scope, node.left)
    right = evaluate(scope, node.right)
    return operations.binary(scope, node, left, right)


def _boolean(scope: Scope, node: ast.BoolOp) -> Value:
    is_and = isinstance(node.op, ast.And)
    value = evaluate(scope, node.values[0])
    for following in node.values[1:]:
        known = truth(value)
        if known is None:
            rest = evaluate(scope, following)
            value = merged(scope, node, value, rest, "a condition that is not known chooses it")
        elif known is is_and:
            value = evaluate(scope, following)
        else:
            return value
    return value


def _unary(scope: Scope, node: ast.UnaryOp) -> Value:
    value = evaluate(scope, node.operand)
    if isinstance(node.op, ast.Not):
        known = truth(value)
        if known is None:
            return unknown(scope, node, value.reason or "its operand is not known")
        return Const(not known, node=node, file=scope.file)
    if isinstance(value, Const) and not isinstance(value.value, str | bytes | None):
        return operations.arithmetic_unary(scope, node, value)
    return unknown(scope, node, value.reason or "its operand is not known")


def _compare(scope: Scope, node: ast.Compare) -> Value:
    left = evaluate(scope, node.left)
    for operator, right_node in zip(node.ops, node.comparators, strict=True):
        right = evaluate(scope, right_node)
        if isinstance(operator, ast.Gt | ast.Lt) and (outlet := comparison.outlet(left, right)) is not None:
            return outlet
        known = comparison.compare(operator, left, right)
        if known is None:
            reason = left.reason or right.reason or "it is not known"
            return unknown(scope, node, f"a comparison is not known: {reason}")
        if not known:
            return Const(False, node=node, file=scope.file)
        left = right
    return Const(True, node=node, file=scope.file)


def _choice(scope: Scope, node: ast.IfExp) -> Value:
    known = truth(evaluate(scope, node.test))
    if known is not None:
        return evaluate(scope, node.body if known else node.orelse)
    first = evaluate(scope, node.body)
    second = evaluate(scope, node.orelse)
    return merged(scope, node, first, second, "a condition that is not known chooses it")


def _subscript(scope: Scope, node: ast.Subscript) -> Value:
    value = evaluate(scope, node.value)
    if isinstance(node.slice, ast.Slice):
        return containers.sliced(scope, node, value, _bounds(scope, node.slice))
    return containers.item(scope, node, value, evaluate(scope, node.slice))


def _bounds(scope: Scope, node: ast.Slice) -> list[Value | None]:
    return [
        evaluate(scope, part) if part is not None else None for part in (node.lower, node.upper, node.step)
    ]


def _lambda(scope: Scope, node: ast.Lambda) -> Value:
    return make_function(scope, node, "<lambda>")


def make_function(
    scope: Scope,
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
    name: str,
) -> Function:
    """A function, its defaults evaluated."""
    arguments = node.args
    defaults: dict[str, Value] = {}
    positional = [*arguments.posonlyargs, *arguments.args]
    for parameter, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        defaults[parameter.arg] = evaluate(scope, default)
    for parameter, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if keyword_default is not None:
            defaults[parameter.arg] = evaluate(scope, keyword_default)
    return Function(name, node, scope, (), defaults, node=node, file=scope.file)


def _call(scope: Scope, node: ast.Call) -> Value:
    return calls.call(scope, node)


def _walrus(scope: Scope, node: ast.NamedExpr) -> Value:
    value = evaluate(scope, node.value)
    scope.assign(node.target.id, value)
    return value


def _starred(scope: Scope, node: ast.Starred) -> Value:
    raise Raised(node, "a starred expression stands alone", "SyntaxError")


def _yield(scope: Scope, node: ast.Yield) -> Value:
    value = evaluate(scope, node.value) if node.value is not None else Const(None, node=node, file=scope.file)
    machine = scope.machine
    if machine.yielded:
        container = machine.yielded[-1]
        if isinstance(container, Block):
            yield_to(scope, node, container, value)
            return Const(None, node=node, file=scope.file)
        machine.changed(container, node)
        container.items.append(value)
    return Const(None, node=node, file=scope.file)


def _yield_from(scope: Scope, node: ast.YieldFrom) -> Value:
    source = evaluate(scope, node.value)
    items, why = containers.items_of(source)
    container = scope.machine.yielded[-1] if scope.machine.yielded else None
    if isinstance(container, Sequence):
        scope.machine.changed(container, node)
        container.items += items or []
        if items is None or why:
            container.open = container.open or why or source.reason or "it yields from something unknown"
    return Const(None, node=node, file=scope.file)


def _await(scope: Scope, node: ast.Await) -> Value:
    return unknown(scope, node, "what is awaited is known only when it runs")


BUILTIN_NAMES = frozenset(dir(builtins))
_KINDS: dict[type[ast.AST], type] = {ast.List: list, ast.Tuple: tuple, ast.Set: set}
_HANDLERS: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.List: _list,
    ast.Tuple: _list,
    ast.Set: _list,
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.Subscript: _subscript,
    ast.Lambda: _lambda,
    ast.Call: _call,
    ast.NamedExpr: _walrus,
    ast.Starred: _starred,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.ListComp: comprehensions.comprehension,
    ast.SetComp: comprehensions.comprehension,
    ast.GeneratorExp: comprehensions.comprehension,
    ast.DictComp: comprehensions.dict_comprehension,
}
