"""The first and last tasks of a group, as Airflow finds them when a dependency is set on the group."""

from collections.abc import Iterator

from analyzers.code_analyzer.model import Dag, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Value


def roots_of(value: Value) -> list[Task]:
    """The tasks that a dependency on this node leads to."""
    if isinstance(value, Task):
        return [value]
    if isinstance(value, XComArg):
        return [value.task, *(task for other in value.others for task in roots_of(other))]
    if isinstance(value, TaskGroup):
        inside = {id(task): task for task in value.all_tasks()}
        return [task for task in inside.values() if not any(id(up) in inside for up in _up(task))]
    return []


def leaves_of(value: Value, *, is_subject: bool = False) -> list[Task]:
    """The tasks that a dependency comes from; an empty group as subject passes it on to what is before it."""
    if not isinstance(value, TaskGroup):
        return roots_of(value)
    return list({id(task): task for task in _leaves(value)}.values()) or (
        _before(value) if is_subject else []
    )


def _before(group: TaskGroup) -> list[Task]:
    """An empty group hands its edges to its upstream tasks, else to the leaves of the group around it."""
    around: TaskGroup | None = group
    while around is not None:
        found = list(_leaves(around)) or around.before
        if found:
            return found
        around = around.parent
    return group.dag.leaves if group.dag is not None else []


def _up(task: Task) -> list[Task]:
    return task.dag.upstream_of(task) if isinstance(task.dag, Dag) else []


def _down(task: Task) -> list[Task]:
    return task.dag.downstream_of(task) if isinstance(task.dag, Dag) else []


def _leaves(group: TaskGroup) -> Iterator[Task]:
    inside = {id(task): task for task in group.all_tasks()}
    for task in inside.values():
        if any(id(down) in inside for down in _down(task)):
            continue
        if task.is_teardown:
            yield from _before_teardown(task, inside)
        else:
            yield task


def _before_teardown(task: Task, inside: dict[int, Task]) -> Iterator[Task]:
    for up in _up(task):
        if id(up) not in inside:
            continue
        if up.is_teardown:
            yield from _before_teardown(up, inside)
        elif task.is_teardown and up.is_setup:
            continue
        elif not any(down is not task and id(down) in inside and not down.is_teardown for down in _down(up)):
            yield up
