"""`with setup >> teardown:` and its kin: which edges Airflow draws for the tasks in between."""

import ast
from dataclasses import dataclass, field

from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.objects import Raised, Scope, SetupScope
from analyzers.code_analyzer.model import Task, XComArg
from analyzers.code_analyzer.values import Sequence, Value

Tasks = tuple[Task, ...]


@dataclass(slots=True)
class SetupStacks:
    """Airflow's class variables of the same purpose, with their histories."""

    setup: Tasks = ()
    teardown: Tasks = ()
    teardown_after_setup: Tasks = ()
    setup_before_teardown: Tasks = ()
    older: dict[str, list[Tasks]] = field(default_factory=dict)
    inside: dict[Tasks, list[Task]] = field(default_factory=dict)
    active: bool = False

    def push(self, name: str, tasks: Tasks) -> None:
        """Set one, keeping what it was."""
        before = getattr(self, name)
        if before and before != tasks:
            self.older.setdefault(name, []).append(before)
        setattr(self, name, tasks)

    def pop(self, name: str) -> tuple[Tasks, Tasks]:
        """Go back to what it was: the old and the new value."""
        old: Tasks = getattr(self, name)
        history = self.older.get(name)
        new = history.pop() if history else ()
        setattr(self, name, new)
        return old, new


def remember(machine: Machine, task: Task) -> None:
    """A task is made: it belongs to the open setup and teardown."""
    stacks = machine.setup_stacks
    if not stacks.active or task.is_setup or task.is_teardown:
        return
    for key in (stacks.setup, stacks.teardown):
        if key:
            stacks.inside.setdefault(key, []).append(task)


def enter(scope: Scope, node: ast.AST, value: Value) -> Value:
    """`with task:`, where the task is a setup or a teardown."""
    tasks = _tasks(value)
    if not all(task.is_setup or task.is_teardown for task in tasks):
        raise Raised(node, "only setup and teardown tasks can be used with `with`", "AirflowException")
    stacks = scope.machine.setup_stacks
    if tasks[0].is_teardown:
        stacks.push("teardown", tasks)
        stacks.push("setup_before_teardown", _search(tasks[0], setups=True))
    else:
        stacks.push("setup", tasks)
        stacks.push("teardown_after_setup", _search(tasks[0], setups=False))
    stacks.active = True
    return SetupScope(node=node, file=scope.file)


def _tasks(value: Value) -> Tasks:
    if isinstance(value, Sequence):
        return tuple(task for item in value.items for task in _tasks(item))
    if isinstance(value, XComArg):
        return (value.task,)
    assert isinstance(value, Task)
    return (value,)


def _search(start: Task, *, setups: bool) -> Tasks:
    """The nearest setups before a teardown, or teardowns after a setup, whichever way the edges lead."""
    near = start.upstream if setups else start.downstream
    seen: set[int] = set()
    while near:
        found = [task for task in near if (task.is_setup if setups else task.is_teardown)]
        if found:
            return tuple(found)
        seen |= {id(task) for task in near}
        around = [other for task in near for other in (*task.downstream, *task.upstream)]
        near = [task for task in around if task is not start and id(task) not in seen]
    return ()


def add(machine: Machine, value: Value) -> None:
    """`scope.add_task(task)`."""
    for task in _tasks(value):
        remember(machine, task)


def leave(scope: Scope, node: ast.AST) -> None:
    """The `with` ends: draw the edges to the tasks in between."""
    stacks = scope.machine.setup_stacks
    if stacks.setup:
        tasks = _work(stacks, stacks.setup)
        if tasks:
            roots = [task for task in tasks if not task.upstream] or [tasks[0]]
            _edges(scope, node, stacks.setup, roots)
            leaves = [task for task in tasks if not task.downstream] or [tasks[-1]]
            if stacks.teardown:
                _edges(scope, node, stacks.teardown, stacks.teardown_after_setup)
            else:
                _edges(scope, node, leaves, stacks.teardown_after_setup)
    if stacks.teardown:
        tasks = _work(stacks, stacks.teardown)
        if tasks:
            leaves = [task for task in tasks if not task.downstream] or [tasks[-1]]
            _edges(scope, node, leaves, stacks.teardown)
            roots = [task for task in tasks if not task.upstream] or [tasks[0]]
            if stacks.setup:
                _edges(scope, node, stacks.setup_before_teardown, stacks.setup)
            else:
                _edges(scope, node, stacks.setup_before_teardown, roots)
    _unwind(scope, node, stacks)
    stacks.active = False


def _work(stacks: SetupStacks, key: Tasks) -> list[Task]:
    return [task for task in stacks.inside.get(key, []) if not task.is_setup and not task.is_teardown]


def _unwind(scope: Scope, node: ast.AST, stacks: SetupStacks) -> None:
    old_setup, new_setup = stacks.pop("setup")
    _edges(scope, node, new_setup, old_setup)
    old_teardown, new_teardown = stacks.pop("teardown")
    _edges(scope, node, old_teardown, new_teardown)
    old, new = stacks.pop("teardown_after_setup")
    _edges(scope, node, old, new)
    old, new = stacks.pop("setup_before_teardown")
    _edges(scope, node, new, old)
    stacks.inside.pop(old_setup, None)
    stacks.inside.pop(old_teardown, None)


def _edges(scope: Scope, node: ast.AST, ups: list[Task] | Tasks, downs: list[Task] | Tasks) -> None:
    from analyzers.code_analyzer.interpreter.edges import How, add_edge

    for up in ups:
        for down in downs:
            if up is not down:
                add_edge(scope, How(node, origin="setup"), up, down)
