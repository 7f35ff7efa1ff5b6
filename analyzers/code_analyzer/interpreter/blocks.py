"""Compound statements: if, for, while, with, try, match."""

import ast

from analyzers.code_analyzer.interpreter import containers, contexts
from analyzers.code_analyzer.interpreter.context_managers import Block, GeneratorContext, run_generator
from analyzers.code_analyzer.interpreter.joining import BREAK, LEFT, NEXT, RETURN, join_arms, joined
from analyzers.code_analyzer.interpreter.machine import Machine, unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.interpreter.truth import truth
from analyzers.code_analyzer.values import Sequence, Unknown, Value, Why

MAX_WHILE_TURNS = 2_000


def if_statement(scope: Scope, node: ast.If) -> int:
    """The arm that a known condition picks; both where it is not known."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import run

    if _is_main_guard(node.test) and scope.file is scope.machine.main:
        return run(scope, node.orelse)
    condition = evaluate(scope, node.test)
    known = truth(condition)
    if known is not None:
        return run(scope, node.body if known else node.orelse)
    reason = f"if a condition at line {node.lineno} holds, which is not known: {_short(condition)}"
    return join_arms(scope, node, [node.body, node.orelse], reason)


def _short(condition: Value) -> str:
    return (condition.reason or "it comes from outside")[:160]


def _is_main_guard(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )


def for_statement(scope: Scope, node: ast.For) -> int:
    """Unroll over a known sequence; run once with unknowns over another."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import bind, run

    source = evaluate(scope, node.iter)
    # Outside of any DAG a loop over a folder makes one thing after the other: their order is all one.
    free = (
        scope.machine.dag is None
        and isinstance(source, Sequence)
        and source.kind in (set, frozenset)
        and not _keeps_order(node)
    )
    scope.machine.order_free += free
    try:
        items, why = containers.iterated(scope, node.iter, source)
    finally:
        scope.machine.order_free -= free
    if items is None or why:
        return _unknown_loop(scope, node, source, items or [], why)
    arms, reasons, fresh = scope.machine.arms, scope.machine.arm_reasons, scope.machine.fresh
    try:
        for item in items:
            scope.machine.step(2)
            bind(scope, node.target, item)
            ended = run(scope, node.body)
            if scope.machine.arms is not arms and scope.machine.arms and scope.machine.arms[-1][1] == LEFT:
                _end_of_turn(scope.machine, arms, reasons)
            if ended == BREAK:
                return NEXT
            if ended == RETURN:
                return RETURN
    finally:
        scope.machine.arms, scope.machine.arm_reasons, scope.machine.fresh = arms, reasons, fresh
    return run(scope, node.orelse)


def _keeps_order(node: ast.For) -> bool:
    """Whether the turns of a loop leave something behind that has their order."""
    parts = [part for statement in node.body for part in ast.walk(statement)]
    own = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    for part in parts:
        if isinstance(part, ast.Yield | ast.YieldFrom):
            return True
        kept: ast.expr | None = None
        if isinstance(part, ast.AugAssign):
            kept = part.target
        elif isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store):
            kept = part.value
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _ADDS:
            kept = part.func.value
        # `globals()[name] = dag` has no order, what a turn makes for itself neither.
        of_turn = isinstance(kept, ast.Name) and kept.id in own and not isinstance(part, ast.AugAssign)
        if kept is not None and not isinstance(kept, ast.Call) and not of_turn:
            return True
    return False


_ADDS = ("append", "extend", "insert", "appendleft", "update", "setdefault")


def _end_of_turn(machine: Machine, arms: tuple[tuple[ast.AST, int], ...], reasons: tuple[str, ...]) -> None:
    # An undecided `continue` ends with its turn; a `break` or `return` lasts for all turns after it.
    if "continues" in machine.arm_reasons[-1]:
        machine.arms, machine.arm_reasons = arms, reasons


def _unknown_loop(scope: Scope, node: ast.For, source: Value, items: list[Value], why: str | None) -> int:
    from analyzers.code_analyzer.interpreter.statements import bind, run, undecided

    reason = why or source.reason or "what it loops over is not known"
    before = dict(scope.variables)
    text = f"for items that are not known at line {node.lineno}: {reason[:160]}"
    turns = items or [
        Unknown(f"it comes from a loop whose items are not known: {reason}", node=node.iter, file=scope.file)
    ]
    with undecided(scope.machine, node, 0, text):
        for item in turns:
            scope.machine.step(2)
            bind(scope, node.target, item)
            try:
                run(scope, node.body)
            except Raised:
                break
    for name, value in scope.variables.items():
        if before.get(name) is not value:
            candidates = tuple(one for one in (before.get(name), value) if one is not None)
            scope.variables[name] = Unknown(reason, Why.BRANCH, candidates, node=node, file=scope.file)
    return NEXT


def while_statement(scope: Scope, node: ast.While) -> int:
    """Run while its condition is known to hold, within a budget."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import run

    for _ in range(MAX_WHILE_TURNS):
        scope.machine.step(2)
        known = truth(evaluate(scope, node.test))
        if known is False:
            return run(scope, node.orelse)
        if known is None:
            break
        ended = run(scope, node.body)
        if ended == BREAK:
            return NEXT
        if ended == RETURN:
            return RETURN
    else:
        text = "a while loop needs more turns than the interpreter's budget"
        scope.machine.note(scope.machine.dag, node, text, scope.file)
    return join_arms(scope, node, [node.body, []], f"while a condition at line {node.lineno} holds")


def with_statement(scope: Scope, node: ast.With | ast.AsyncWith) -> int:
    """DAGs, groups and setup tasks open; everything else just runs its body."""
    return _with_items(scope, node, node.items)


def _with_items(scope: Scope, node: ast.With | ast.AsyncWith, items: list[ast.withitem]) -> int:
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import bind, run

    if not items:
        return run(scope, node.body)
    first, *others = items
    expression = first.context_expr
    value = evaluate(scope, expression)

    def block(bound: Value) -> int:
        if first.optional_vars is not None:
            bind(scope, first.optional_vars, bound)
        return _with_items(scope, node, others)

    if isinstance(value, GeneratorContext):
        return run_generator(scope, expression, value, Block(block))
    bound = contexts.enter(scope, expression, value)
    try:
        return block(bound)
    finally:
        contexts.leave(scope, expression, value)


def try_statement(scope: Scope, node: ast.Try) -> int:
    """The body; its handlers too where something in it may raise."""
    from analyzers.code_analyzer.interpreter.statements import run

    before = dict(scope.variables)
    uncertain = scope.machine.uncertain
    try:
        ended = run(scope, node.body)
    except Raised as raised:
        if not node.handlers:
            run(scope, node.finalbody)
            raise
        ended = _handled(scope, node, raised)
        return run(scope, node.finalbody) or ended
    if scope.machine.uncertain > uncertain and node.handlers:
        ended = _maybe_handled(scope, node, before, ended)
    elif ended == NEXT:
        ended = run(scope, node.orelse)
    return run(scope, node.finalbody) or ended


def _handled(scope: Scope, node: ast.Try, raised: Raised) -> int:
    from analyzers.code_analyzer.interpreter.statements import run

    for handler in node.handlers:
        if handler.type is None or _catches(handler.type, raised):
            if handler.name:
                scope.assign(handler.name, unknown(scope, handler, "it is an exception"))
            return run(scope, handler.body)
    raise raised


def _catches(kind: ast.expr, raised: Raised) -> bool:
    names = [ast.unparse(part) for part in (kind.elts if isinstance(kind, ast.Tuple) else [kind])]
    last = raised.name.rpartition(".")[2]
    related = {"ModuleNotFoundError": "ImportError", "KeyError": "LookupError", "IndexError": "LookupError",
               "FileNotFoundError": "OSError"}  # fmt: skip
    return any(
        name.rpartition(".")[2] in {last, related.get(last), "Exception", "BaseException"} for name in names
    )


def _maybe_handled(scope: Scope, node: ast.Try, before: dict[str, Value], ended: int) -> int:
    from analyzers.code_analyzer.interpreter.statements import run, undecided

    reason = f"if something in the try at line {node.lineno} raises or does not"
    if ended == NEXT:
        ended = run(scope, node.orelse)
    ends: list[tuple[int | None, dict[str, Value], Value | None]] = [(ended, scope.variables, scope.result)]
    for number, handler in enumerate(node.handlers, 1):
        scope.variables = dict(before)
        if handler.name:
            scope.assign(handler.name, unknown(scope, handler, "it is an exception"))
        with undecided(scope.machine, node, number, reason):
            try:
                left: int | None = run(scope, handler.body)
            except Raised:
                left = None
        ends.append((left, scope.variables, scope.result))
    return joined(scope, node, ends)
