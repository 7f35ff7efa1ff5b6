"""Dependencies: >> and <<, set_upstream, chain and their kin, with groups and labels."""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.objects import BudgetSpent, LabelValue, Raised, Scope
from analyzers.code_analyzer.interpreter.relatives import leaves_of, roots_of
from analyzers.code_analyzer.model import Dag, Edge, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Made, Sequence, Symbol, Unknown, Value, walk


def is_node(value: Value) -> bool:
    """Whether it can stand beside `>>`."""
    return isinstance(value, Task | TaskGroup | XComArg | LabelValue)


def shift(machine: Machine, scope: Scope, node: ast.BinOp, left: Value, right: Value) -> Value:
    """`left >> right`; the right operand is its value."""
    downstream = isinstance(node.op, ast.RShift)
    if is_node(left):
        relate(machine, scope, node, left, right, downstream=downstream)
    else:
        # A list has no >>: its items are set from the other side.
        relate(machine, scope, node, right, left, downstream=not downstream)
    return right


def relate(
    machine: Machine,
    scope: Scope,
    node: ast.AST,
    subject: Value,
    other: Value,
    *,
    downstream: bool,
    label: LabelValue | None = None,
    origin: str = "shift",
) -> None:
    """`subject.set_downstream(other)` or `set_upstream`."""
    others = _listed(machine, scope, node, subject, other)
    if isinstance(subject, LabelValue):
        (subject.down if downstream else subject.up).extend(others)
        for near in subject.up if downstream else subject.down:
            for far in others:
                _link(machine, scope, node, near, far, downstream, subject, origin)
        return
    for far in others:
        if isinstance(far, LabelValue):
            (far.up if downstream else far.down).append(subject)
            for beyond in far.down if downstream else far.up:
                _link(machine, scope, node, subject, beyond, downstream, far, origin)
        else:
            _link(machine, scope, node, subject, far, downstream, label, origin)


def _listed(machine: Machine, scope: Scope, node: ast.AST, subject: Value, other: Value) -> list[Value]:
    if isinstance(other, Sequence):
        if other.open is not None:
            lost(machine, scope, node, subject, other)
        nodes = [item for item in other.items if is_node(item)]
        if len(nodes) < len(other.items):
            bad = next(item for item in other.items if not is_node(item))
            _refuse(machine, scope, node, subject, bad)
        return nodes
    if is_node(other):
        return [other]
    _refuse(machine, scope, node, subject, other)
    return []


def _refuse(machine: Machine, scope: Scope, node: ast.AST, subject: Value, other: Value) -> None:
    if isinstance(other, Unknown | Made | Symbol):
        lost(machine, scope, node, subject, other)
        return
    raise Raised(node, f"a dependency on a {type(other).__name__.lower()} is refused", "TypeError")


def lost(machine: Machine, scope: Scope, node: ast.AST, *sides: Value) -> None:
    """An edge whose end is not known: the DAGs of the sides are no longer exact."""
    unknown_side = next((side for side in sides if not is_node(side)), sides[-1])
    reason = unknown_side.reason or "one side is not known"
    dags = {id(dag): dag for side in sides for dag in dags_in(side)}
    for dag in dags.values() or ([machine.dag] if machine.dag else []):
        machine.note(dag, node, f"a dependency is not known: {reason}", scope.file)


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


def _link(
    machine: Machine,
    scope: Scope,
    node: ast.AST,
    near: Value,
    far: Value,
    downstream: bool,
    label: LabelValue | None,
    origin: str,
) -> None:
    up, down = (near, far) if downstream else (far, near)
    ups = leaves_of(up, is_subject=up is near)
    downs = roots_of(down)
    for first in ups:
        for second in downs:
            add_edge(machine, scope, node, first, second, label=label.text if label else None, origin=origin)


def add_edge(
    machine: Machine,
    scope: Scope,
    node: ast.AST | None,
    up: Task,
    down: Task,
    *,
    label: str | None = None,
    origin: str = "shift",
) -> None:
    """One edge between two tasks; a task without a DAG joins the other's."""
    dag = up.dag or down.dag
    if dag is None:
        if node is not None:
            raise Raised(node, "neither task of a dependency has a DAG", "ValueError")
        return
    for task in (up, down):
        if task.dag is None:
            from analyzers.code_analyzer.interpreter.tasks import join_dag

            join_dag(machine, scope, task, dag)
    if up.dag is not down.dag:
        machine.note(up.dag, node, "a dependency leads to a task of another DAG", scope.file)
        machine.note(down.dag, node, "a dependency leads to a task of another DAG", scope.file)
        return
    machine.edge_count += 1
    if machine.edge_count > machine.budget.edges:
        raise BudgetSpent
    dag.edges.append(Edge(up, down, node, scope.file, label, origin))
    dag._up = dag._down = None
    if machine.arms and machine.arms != up.arms and machine.arms != down.arms:
        machine.note(dag, node, f"a dependency is set only {machine.arm_reasons[-1]}", scope.file)


def chain(machine: Machine, scope: Scope, node: ast.Call, args: list[Value]) -> None:
    """`chain(a, [b, c], [d, e], f)`."""
    for up, down in zip(args, args[1:], strict=False):
        if is_node(up):
            relate(machine, scope, node, up, down, downstream=True, origin="chain")
        elif is_node(down):
            relate(machine, scope, node, down, up, downstream=False, origin="chain")
        elif isinstance(up, Sequence) and isinstance(down, Sequence) and not (up.open or down.open):
            if len(up.items) != len(down.items):
                raise Raised(node, "chain() of lists of different lengths", "ValueError")
            for first, second in zip(up.items, down.items, strict=True):
                if is_node(first):
                    relate(machine, scope, node, first, second, downstream=True, origin="chain")
                else:
                    lost(machine, scope, node, first, second)
        else:
            lost(machine, scope, node, up, down)


def chain_linear(machine: Machine, scope: Scope, node: ast.Call, args: list[Value]) -> None:
    """`chain_linear(a, [b, c], [d, e])`: every one of a list to every one of the next."""
    for up, down in zip(args, args[1:], strict=False):
        cross(machine, scope, node, up, down)


def cross(machine: Machine, scope: Scope, node: ast.Call, up: Value, down: Value) -> None:
    """`cross_downstream(from_tasks, to_tasks)`."""
    if isinstance(up, Sequence) and up.open is None:
        for item in up.items:
            if is_node(item):
                relate(machine, scope, node, item, down, downstream=True, origin="chain")
            else:
                lost(machine, scope, node, item, down)
    elif is_node(up):
        relate(machine, scope, node, up, down, downstream=True, origin="chain")
    else:
        lost(machine, scope, node, up, down)
