"""Compound statements: if, for, while, with, try, match."""

import ast

from analyzers.code_analyzer.interpreter import containers, contexts
from analyzers.code_analyzer.interpreter.joining import BREAK, LEFT, NEXT, RETURN, join_arms, joined
from analyzers.code_analyzer.interpreter.machine import Machine, unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.interpreter.truth import truth
from analyzers.code_analyzer.values import Const, Unknown, Value, Why

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
    items, why = containers.iterated(scope, node.iter, source)
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
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import bind, run

    opened: list[tuple[Value, ast.AST]] = []
    for item in node.items:
        value = evaluate(scope, item.context_expr)
        bound = contexts.enter(scope, item.context_expr, value)
        opened.append((value, item.context_expr))
        if item.optional_vars is not None:
            bind(scope, item.optional_vars, bound)
    try:
        return run(scope, node.body)
    finally:
        for value, expression in reversed(opened):
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


def match_statement(scope: Scope, node: ast.Match) -> int:
    """A known subject against literal patterns; else every case may be taken."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import run

    subject = evaluate(scope, node.subject)
    if isinstance(subject, Const):
        for case in node.cases:
            matched = _matches(case.pattern, subject)
            if matched is None or case.guard is not None:
                break
            if matched:
                return run(scope, case.body)
        else:
            return NEXT
    arms = [case.body for case in node.cases]
    return join_arms(scope, node, [*arms, []], f"if a case at line {node.lineno} matches")


def _matches(pattern: ast.pattern, subject: Const) -> bool | None:
    if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
        return bool(pattern.value.value == subject.value)
    if isinstance(pattern, ast.MatchSingleton):
        return pattern.value is subject.value
    if isinstance(pattern, ast.MatchOr):
        verdicts = [_matches(part, subject) for part in pattern.patterns]
        return True if True in verdicts else None if None in verdicts else False
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None and pattern.name is None:
        return True
    return None
