"""Dependencies: >> and <<, set_upstream, chain and their kin, with groups and labels."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from analyzers.code_analyzer.interpreter.objects import BudgetSpent, LabelValue, Raised, Scope
from analyzers.code_analyzer.interpreter.relatives import leaves_of, roots_of
from analyzers.code_analyzer.model import Dag, Edge, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Made, Sequence, Symbol, Unknown, Value, walk


@dataclass(frozen=True, slots=True)
class How:
    """The statement that sets a dependency."""

    node: ast.AST
    downstream: bool = True
    """Whether the subject comes first."""
    label: LabelValue | None = None
    origin: str = "shift"


def is_node(value: Value) -> bool:
    """Whether it can stand beside `>>`."""
    return isinstance(value, Task | TaskGroup | XComArg | LabelValue)


def shift(scope: Scope, node: ast.BinOp, left: Value, right: Value) -> Value:
    """`left >> right`; the right operand is its value."""
    downstream = isinstance(node.op, ast.RShift)
    if is_node(left):
        relate(scope, How(node, downstream), left, right)
    else:
        # A list has no >>: its items are set from the other side.
        relate(scope, How(node, not downstream), right, left)
    return right


def relate(scope: Scope, how: How, subject: Value, other: Value) -> None:
    """`subject.set_downstream(other)` or `set_upstream`."""
    others = _listed(scope, how.node, subject, other)
    _remember_before(how, subject, others)
    if isinstance(subject, LabelValue):
        (subject.down if how.downstream else subject.up).extend(others)
        for near in subject.up if how.downstream else subject.down:
            for far in others:
                _link(scope, replace(how, label=subject), near, far)
        return
    for far in others:
        if isinstance(far, LabelValue):
            (far.up if how.downstream else far.down).append(subject)
            for beyond in far.down if how.downstream else far.up:
                _link(scope, replace(how, label=far), subject, beyond)
        else:
            _link(scope, how, subject, far)


def _remember_before(how: How, subject: Value, others: list[Value]) -> None:
    """A group keeps the tasks set before it: should it stay empty, they pass its edges on."""
    pairs = [(subject, far) if how.downstream else (far, subject) for far in others]
    for up, down in pairs:
        if isinstance(down, TaskGroup) and isinstance(up, Task | XComArg):
            down.before += [task for task in tasks_of(up) if task not in down.before]


def _listed(scope: Scope, node: ast.AST, subject: Value, other: Value) -> list[Value]:
    if isinstance(other, Sequence):
        if other.open is not None:
            lost(scope, node, subject, other)
        nodes = [item for item in other.items if is_node(item)]
        if len(nodes) < len(other.items):
            bad = next(item for item in other.items if not is_node(item))
            _refuse(scope, node, subject, bad)
        return nodes
    if is_node(other):
        return [other]
    _refuse(scope, node, subject, other)
    return []


def _refuse(scope: Scope, node: ast.AST, subject: Value, other: Value) -> None:
    if isinstance(other, Unknown | Made | Symbol):
        lost(scope, node, subject, other)
        return
    raise Raised(node, f"a dependency on a {type(other).__name__.lower()} is refused", "TypeError")


def lost(scope: Scope, node: ast.AST, *sides: Value) -> None:
    """An edge whose end is not known: the DAGs of the sides are no longer exact."""
    unknown_side = next((side for side in sides if not is_node(side)), sides[-1])
    reason = unknown_side.reason or "one side is not known"
    dags = {id(dag): dag for side in sides for dag in dags_in(side)}
    for dag in dags.values() or ([scope.machine.dag] if scope.machine.dag else []):
        scope.machine.note(dag, node, f"a dependency is not known: {reason}", scope.file)


def dags_in(value: Value) -> Iterator[Dag]:
    """The DAGs of the tasks in a value."""
    for inner in walk(value):
        if isinstance(inner, Dag):
            yield inner
        for task in tasks_of(inner):
            if task.dag is not None:
                yield task.dag


def tasks_of(value: Value) -> list[Task]:
    """The tasks behind a node."""
    if isinstance(value, Task):
        return [value]
    if isinstance(value, XComArg):
        return [value.task, *(task for other in value.others for task in tasks_of(other))]
    if isinstance(value, TaskGroup):
        return list(value.all_tasks())
    return []


def _link(scope: Scope, how: How, near: Value, far: Value) -> None:
    up, down = (near, far) if how.downstream else (far, near)
    ups = leaves_of(up, is_subject=up is near)
    downs = roots_of(down)
    for first in ups:
        for second in downs:
            add_edge(scope, how, first, second)


def add_edge(scope: Scope, how: How, up: Task, down: Task) -> None:
    """One edge between two tasks; a task without a DAG joins the other's."""
    machine = scope.machine
    dag = up.dag or down.dag
    if dag is None:
        raise Raised(how.node, "neither task of a dependency has a DAG", "ValueError")
    for task in (up, down):
        if task.dag is None:
            from analyzers.code_analyzer.interpreter.tasks import join_dag

            join_dag(scope, task, dag)
    if up.dag is not down.dag:
        machine.note(up.dag, how.node, "a dependency leads to a task of another DAG", scope.file)
        machine.note(down.dag, how.node, "a dependency leads to a task of another DAG", scope.file)
        return
    machine.edge_count += 1
    if machine.edge_count > machine.budget.edges:
        raise BudgetSpent
    dag.edges.append(Edge(up, down, how.node, scope.file, how.label.text if how.label else None, how.origin))
    dag.forget_neighbours()
    if machine.arms and machine.arms not in (up.arms, down.arms):
        machine.note(dag, how.node, f"a dependency is set only {machine.arm_reasons[-1]}", scope.file)


def chain(scope: Scope, node: ast.Call, args: list[Value]) -> None:
    """`chain(a, [b, c], [d, e], f)`."""
    for up, down in pairwise(args):
        if is_node(up):
            relate(scope, How(node, True, origin="chain"), up, down)
        elif is_node(down):
            relate(scope, How(node, False, origin="chain"), down, up)
        elif isinstance(up, Sequence) and isinstance(down, Sequence) and not (up.open or down.open):
            if len(up.items) != len(down.items):
                raise Raised(node, "chain() of lists of different lengths", "ValueError")
            for first, second in zip(up.items, down.items, strict=True):
                if is_node(first):
                    relate(scope, How(node, True, origin="chain"), first, second)
                else:
                    lost(scope, node, first, second)
        else:
            lost(scope, node, up, down)


def chain_linear(scope: Scope, node: ast.Call, args: list[Value]) -> None:
    """`chain_linear(a, [b, c], [d, e])`: every one of a list to every one of the next."""
    for up, down in pairwise(args):
        cross(scope, node, up, down)


def cross(scope: Scope, node: ast.Call, up: Value, down: Value) -> None:
    """`cross_downstream(from_tasks, to_tasks)`."""
    if isinstance(up, Sequence) and up.open is None:
        for item in up.items:
            if is_node(item):
                relate(scope, How(node, True, origin="chain"), item, down)
            else:
                lost(scope, node, item, down)
    elif is_node(up):
        relate(scope, How(node, True, origin="chain"), up, down)
    else:
        lost(scope, node, up, down)
