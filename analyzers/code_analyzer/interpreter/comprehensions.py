"""Unrolls comprehensions over known sequences."""

import ast
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import operations
from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.objects import Scope
from analyzers.code_analyzer.interpreter.truth import truth
from analyzers.code_analyzer.values import Mapping, Sequence, Unknown, Value


def comprehension(
    machine: Machine, scope: Scope, node: ast.ListComp | ast.SetComp | ast.GeneratorExp
) -> Value:
    """A list, set or generator expression; a generator is a list here."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    result = Sequence([], set if isinstance(node, ast.SetComp) else list, node=node, file=scope.file)
    inner = Scope(scope.file, scope)

    def add() -> None:
        result.items.append(evaluate(machine, inner, node.elt))

    result.open = _turn(machine, inner, node.generators, add)
    return machine.new(result)


def dict_comprehension(machine: Machine, scope: Scope, node: ast.DictComp) -> Value:
    """A dict comprehension."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    result = Mapping({}, {}, node=node, file=scope.file)
    inner = Scope(scope.file, scope)
    open_keys: list[str] = []

    def add() -> None:
        key = operations.hashable(evaluate(machine, inner, node.key))
        value = evaluate(machine, inner, node.value)
        if key is operations.NO_KEY:
            open_keys.append(f"a key at line {node.key.lineno} is not known")
        else:
            result.items[key] = value
            result.key_nodes[key] = node.key

    result.open = _turn(machine, inner, node.generators, add) or (open_keys[0] if open_keys else None)
    return machine.new(result)


def _turn(
    machine: Machine, scope: Scope, generators: list[ast.comprehension], add: Callable[[], None]
) -> str | None:
    """Run the loops; why the result may be another, None where it is all."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import bind

    if not generators:
        add()
        return None
    first, *others = generators
    source = evaluate(machine, scope, first.iter)
    items, why = operations.iterated(machine, scope, first.iter, source)
    if items is None:
        why = source.reason or "what it loops over is not known"
        items = [Unknown("it comes from a loop over something unknown", node=first.iter, file=scope.file)]
    if why:
        return _under(machine, scope, first, items, lambda: _turn(machine, scope, others, add), why)
    reasons: list[str | None] = []
    for item in items:
        machine.step(2)
        bind(machine, scope, first.target, item)
        verdicts = [truth(evaluate(machine, scope, condition)) for condition in first.ifs]
        if False in verdicts:
            continue
        if None in verdicts:
            reason = f"a condition at line {first.ifs[verdicts.index(None)].lineno} is not known"
            reasons.append(
                _under(machine, scope, first, [item], lambda: _turn(machine, scope, others, add), reason)
            )
        else:
            reasons.append(_turn(machine, scope, others, add))
    return next((reason for reason in reasons if reason), None)


def _under(
    machine: Machine,
    scope: Scope,
    generator: ast.comprehension,
    items: list[Value],
    turn: Callable[[], str | None],
    why: str,
) -> str:
    from analyzers.code_analyzer.interpreter.statements import bind, undecided

    with undecided(machine, generator.iter, 0, why):
        for item in items:
            machine.step(2)
            bind(machine, scope, generator.target, item)
            turn()
    return why
