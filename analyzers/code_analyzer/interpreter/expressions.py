"""Evaluates expressions."""

import ast
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import calls, comprehensions, operations
from analyzers.code_analyzer.interpreter.attributes import attribute
from analyzers.code_analyzer.interpreter.machine import Machine, unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope, TaskFactory
from analyzers.code_analyzer.interpreter.paths import ROOT
from analyzers.code_analyzer.interpreter.truth import merged, truth
from analyzers.code_analyzer.values import Const, Function, Mapping, Sequence, Symbol, Text, Value

Evaluator = Callable[[Machine, Scope, ast.expr], Value]


def evaluate(machine: Machine, scope: Scope, node: ast.expr) -> Value:
    """The value of an expression."""
    handler = _HANDLERS.get(node.__class__)
    if handler is None:
        return unknown(scope, node, f"{type(node).__name__} is not followed")
    return handler(machine, scope, node)


def _constant(machine: Machine, scope: Scope, node: ast.Constant) -> Value:
    return Const(node.value, node=node, file=scope.file)  # type: ignore[arg-type]


def _name(machine: Machine, scope: Scope, node: ast.Name) -> Value:
    found = scope.find(node.id)
    if found is not None:
        if found.__class__ is TaskFactory:
            found.used[0] = True  # type: ignore[attr-defined]
        return found
    if node.id == "__file__":
        return Const(f"{ROOT}/{scope.file.path}", node=node, file=scope.file)
    if node.id == "__name__":
        return Const(scope.file.module, node=node, file=scope.file)
    if node.id in BUILTIN_NAMES:
        return Symbol(node.id, node=node, file=scope.file)
    return unknown(scope, node, f"{node.id} is not defined here")


def _attribute(machine: Machine, scope: Scope, node: ast.Attribute) -> Value:
    return attribute(machine, scope, node, evaluate(machine, scope, node.value), node.attr)


def _list(machine: Machine, scope: Scope, node: ast.List | ast.Tuple | ast.Set) -> Value:
    kind = _KINDS[node.__class__]
    result = Sequence([], kind, node=node, file=scope.file)
    for element in node.elts:
        if isinstance(element, ast.Starred):
            spread = evaluate(machine, scope, element.value)
            items, why = operations.items_of(spread)
            if items is None or why:
                result.open = why or spread.reason or "it holds an unpacked unknown"
            result.items += items or []
        else:
            result.items.append(evaluate(machine, scope, element))
    machine.step(1)
    return machine.new(result)


def _dict(machine: Machine, scope: Scope, node: ast.Dict) -> Value:
    result = Mapping({}, {}, node=node, file=scope.file)
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = evaluate(machine, scope, value_node)
        if key_node is None:
            if isinstance(value, Mapping):
                result.items.update(value.items)
                result.key_nodes.update(value.key_nodes)
                result.open = result.open or value.open
            else:
                result.open = value.reason or "it holds an unpacked unknown"
            continue
        key = operations.hashable(evaluate(machine, scope, key_node))
        if key is operations.NO_KEY:
            result.open = f"a key at line {key_node.lineno} is not known"
        else:
            result.items[key] = value
            result.key_nodes[key] = key_node
    return machine.new(result)


def _joined(machine: Machine, scope: Scope, node: ast.JoinedStr) -> Value:
    parts: list[str | Value] = []
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            parts.append(str(piece.value))
        else:
            assert isinstance(piece, ast.FormattedValue)
            parts.append(_formatted(machine, scope, piece))
    return operations.text_of(parts, node, scope.file)


def _formatted(machine: Machine, scope: Scope, node: ast.FormattedValue) -> str | Value:
    value = evaluate(machine, scope, node.value)
    spec = ""
    if node.format_spec is not None:
        wanted = evaluate(machine, scope, node.format_spec)
        if not isinstance(wanted, Const):
            return unknown(scope, node, "its format is not known")
        spec = str(wanted.value)
    return operations.formatted(value, spec, node.conversion)


def _binary(machine: Machine, scope: Scope, node: ast.BinOp) -> Value:
    left = evaluate(machine, scope, node.left)
    right = evaluate(machine, scope, node.right)
    return operations.binary(machine, scope, node, left, right)


def _boolean(machine: Machine, scope: Scope, node: ast.BoolOp) -> Value:
    is_and = isinstance(node.op, ast.And)
    value = evaluate(machine, scope, node.values[0])
    for following in node.values[1:]:
        known = truth(value)
        if known is None:
            rest = evaluate(machine, scope, following)
            value = merged(scope, node, value, rest, "a condition that is not known chooses it")
        elif known is is_and:
            value = evaluate(machine, scope, following)
        else:
            return value
    return value


def _unary(machine: Machine, scope: Scope, node: ast.UnaryOp) -> Value:
    value = evaluate(machine, scope, node.operand)
    if isinstance(node.op, ast.Not):
        known = truth(value)
        if known is None:
            return unknown(scope, node, value.reason or "its operand is not known")
        return Const(not known, node=node, file=scope.file)
    if isinstance(value, Const) and not isinstance(value.value, str | bytes | None):
        return operations.arithmetic_unary(scope, node, value)
    return unknown(scope, node, value.reason or "its operand is not known")


def _compare(machine: Machine, scope: Scope, node: ast.Compare) -> Value:
    left = evaluate(machine, scope, node.left)
    for operator, right_node in zip(node.ops, node.comparators, strict=True):
        right = evaluate(machine, scope, right_node)
        if isinstance(operator, ast.Gt | ast.Lt) and (outlet := operations.outlet(left, right)) is not None:
            return outlet
        known = operations.compare(operator, left, right)
        if known is None:
            reason = left.reason or right.reason or "it is not known"
            return unknown(scope, node, f"a comparison is not known: {reason}")
        if not known:
            return Const(False, node=node, file=scope.file)
        left = right
    return Const(True, node=node, file=scope.file)


def _choice(machine: Machine, scope: Scope, node: ast.IfExp) -> Value:
    known = truth(evaluate(machine, scope, node.test))
    if known is not None:
        return evaluate(machine, scope, node.body if known else node.orelse)
    first = evaluate(machine, scope, node.body)
    second = evaluate(machine, scope, node.orelse)
    return merged(scope, node, first, second, "a condition that is not known chooses it")


def _subscript(machine: Machine, scope: Scope, node: ast.Subscript) -> Value:
    value = evaluate(machine, scope, node.value)
    if isinstance(node.slice, ast.Slice):
        return operations.sliced(machine, scope, node, value, _bounds(machine, scope, node.slice))
    return operations.item(machine, scope, node, value, evaluate(machine, scope, node.slice))


def _bounds(machine: Machine, scope: Scope, node: ast.Slice) -> list[Value | None]:
    return [
        evaluate(machine, scope, part) if part is not None else None
        for part in (node.lower, node.upper, node.step)
    ]


def _lambda(machine: Machine, scope: Scope, node: ast.Lambda) -> Value:
    return make_function(machine, scope, node, "<lambda>")


def make_function(
    machine: Machine,
    scope: Scope,
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
    name: str,
) -> Function:
    """A function, its defaults evaluated."""
    arguments = node.args
    defaults: dict[str, Value] = {}
    positional = [*arguments.posonlyargs, *arguments.args]
    for parameter, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        defaults[parameter.arg] = evaluate(machine, scope, default)
    for parameter, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if keyword_default is not None:
            defaults[parameter.arg] = evaluate(machine, scope, keyword_default)
    return Function(name, node, scope, (), defaults, node=node, file=scope.file)


def _call(machine: Machine, scope: Scope, node: ast.Call) -> Value:
    return calls.call(machine, scope, node)


def _walrus(machine: Machine, scope: Scope, node: ast.NamedExpr) -> Value:
    value = evaluate(machine, scope, node.value)
    scope.assign(node.target.id, value)
    return value


def _starred(machine: Machine, scope: Scope, node: ast.Starred) -> Value:
    raise Raised(node, "a starred expression stands alone", "SyntaxError")


def _await(machine: Machine, scope: Scope, node: ast.Await) -> Value:
    return unknown(scope, node, "what is awaited is known only when it runs")


BUILTIN_NAMES = frozenset(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)
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
    ast.ListComp: comprehensions.comprehension,
    ast.SetComp: comprehensions.comprehension,
    ast.GeneratorExp: comprehensions.comprehension,
    ast.DictComp: comprehensions.dict_comprehension,
}
_UNUSED = Text
