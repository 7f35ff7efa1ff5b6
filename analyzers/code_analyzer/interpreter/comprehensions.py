"""Unrolls comprehensions over known sequences."""

import ast
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import containers
from analyzers.code_analyzer.interpreter.objects import Scope
from analyzers.code_analyzer.interpreter.truth import truth
from analyzers.code_analyzer.values import Mapping, Sequence, Unknown, Value


def comprehension(scope: Scope, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
    """A list, set or generator expression; a generator is a list here."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    result = Sequence([], set if isinstance(node, ast.SetComp) else list, node=node, file=scope.file)
    inner = Scope(scope.file, scope)

    def add() -> None:
        result.items.append(evaluate(inner, node.elt))

    result.open = _turn(inner, node.generators, add)
    return scope.machine.new(result)


def dict_comprehension(scope: Scope, node: ast.DictComp) -> Value:
    """A dict comprehension."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    result = Mapping({}, {}, node=node, file=scope.file)
    inner = Scope(scope.file, scope)
    open_keys: list[str] = []

    def add() -> None:
        key = containers.hashable(evaluate(inner, node.key))
        value = evaluate(inner, node.value)
        if key is containers.NO_KEY:
            open_keys.append(f"a key at line {node.key.lineno} is not known")
            result.unkeyed.append(value)
        else:
            result.items[key] = value
            result.key_nodes[key] = node.key

    result.open = _turn(inner, node.generators, add) or (open_keys[0] if open_keys else None)
    return scope.machine.new(result)


def _turn(scope: Scope, generators: list[ast.comprehension], add: Callable[[], None]) -> str | None:
    """Run the loops; why the result may be another, None where it is all."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import bind

    if not generators:
        add()
        return None
    first, *others = generators
    source = evaluate(scope, first.iter)
    items, why = containers.iterated(scope, first.iter, source)
    if items is None:
        why = source.reason or "what it loops over is not known"
        items = [Unknown("it comes from a loop over something unknown", node=first.iter, file=scope.file)]
    if why:
        return _under(scope, first, items, lambda: _turn(scope, others, add), why)
    reasons: list[str | None] = []
    for item in items:
        scope.machine.step(2)
        bind(scope, first.target, item)
        verdicts = [truth(evaluate(scope, condition)) for condition in first.ifs]
        if False in verdicts:
            continue
        if None in verdicts:
            reason = f"a condition at line {first.ifs[verdicts.index(None)].lineno} is not known"
            reasons.append(_under(scope, first, [item], lambda: _turn(scope, others, add), reason))
        else:
            reasons.append(_turn(scope, others, add))
    return next((reason for reason in reasons if reason), None)


def _under(
    scope: Scope,
    generator: ast.comprehension,
    items: list[Value],
    turn: Callable[[], str | None],
    why: str,
) -> str:
    from analyzers.code_analyzer.interpreter.statements import bind, undecided

    with undecided(scope.machine, generator.iter, 0, f"for items that are not known: {why}"):
        for item in items:
            scope.machine.step(2)
            bind(scope, generator.target, item)
            turn()
    return why
