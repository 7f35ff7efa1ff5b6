"""Joins what the arms of an undecided condition leave behind."""

import ast

from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.interpreter.truth import merged
from analyzers.code_analyzer.values import Const, Unknown, Value, Why

NEXT, BREAK, CONTINUE, RETURN = range(4)
LEFT = -1
"""In place of an arm: what follows an undecided return, break or continue."""


def join_arms(scope: Scope, node: ast.AST, arms: list[list[ast.stmt]], reason: str) -> int:
    """Run arms of which one will be taken, and join what they leave behind."""
    from analyzers.code_analyzer.interpreter.statements import run, undecided

    before = dict(scope.variables)
    result_before = scope.result
    ends: list[tuple[int | None, dict[str, Value], Value | None]] = []
    leaks: tuple[tuple[ast.AST, int], str] | None = None
    for number, body in enumerate(arms):
        scope.variables = dict(before)
        scope.result = result_before
        ended: int | None
        with undecided(scope.machine, node, number, reason):
            try:
                ended = run(scope, body)
            except Raised:
                ended = None
            if scope.machine.arms[-1][1] == LEFT:
                leaks = scope.machine.arms[-1], scope.machine.arm_reasons[-1]
        ends.append((ended, scope.variables, scope.result))
    ended = joined(scope, node, ends)
    if leaks is not None and ended == NEXT:
        # Inside an arm something may have left the function: that holds for what follows too.
        scope.machine.arms, scope.machine.arm_reasons = (
            (*scope.machine.arms, leaks[0]),
            (*scope.machine.arm_reasons, leaks[1]),
        )
        scope.machine.fresh = {}
    return ended


def joined(
    scope: Scope,
    node: ast.AST,
    ends: list[tuple[int | None, dict[str, Value], Value | None]],
) -> int:
    """What holds after one of several ways was taken: how it ended, and the names."""
    alive = [(ended, variables, result) for ended, variables, result in ends if ended is not None]
    if not alive:
        raise Raised(node, "every arm of a condition raises")
    going = [variables for ended, variables, _ in alive if ended == NEXT]
    if not going:
        scope.variables = alive[0][1]
        results = [result for ended, _, result in alive if ended == RETURN and result is not None]
        scope.result = _one_of(scope, node, results)
        return alive[0][0] or NEXT
    names = dict.fromkeys(name for variables in going for name in variables)
    scope.variables = {
        name: _variable(scope, node, [variables.get(name) for variables in going]) for name in names
    }
    results = [result for ended, _, result in alive if ended == RETURN and result is not None]
    if len(going) < len(alive):
        # One arm left the function or the loop: what follows may not run at all.
        left = next(ended for ended, _, _ in alive if ended != NEXT)
        scope.pending_results += results
        _what_follows_is_undecided(scope.machine, node, left or NEXT)
    return NEXT


def _what_follows_is_undecided(machine: Machine, node: ast.AST, ended: int) -> None:
    line = getattr(node, "lineno", 1)
    words = {RETURN: "returns", BREAK: "breaks", CONTINUE: "continues"}[ended]
    machine.arms = (*machine.arms, (node, LEFT))
    machine.arm_reasons = (
        *machine.arm_reasons,
        f"unless a condition at line {line} {words} before, which is not known",
    )
    machine.fresh = {}


def _variable(scope: Scope, node: ast.AST, values: list[Value | None]) -> Value:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return Unknown(
            "only one arm of a condition sets it", Why.BRANCH, tuple(known), node=node, file=scope.file
        )
    return _one_of(scope, node, known)


def _one_of(scope: Scope, node: ast.AST, values: list[Value]) -> Value:
    if not values:
        return Const(None, node=node, file=scope.file)
    result = values[0]
    for value in values[1:]:
        result = merged(
            scope, node, result, value, "the arms of a condition that is not known set it differently"
        )
    return result
