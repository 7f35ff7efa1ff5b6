"""Finds tasks without what a policy asks for, and tells each cause once."""

from collections.abc import Callable, Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.rule import Problem
from analyzers.code_analyzer.rule_help import at, dag_place, names, works


def without(
    context: DagContext, *, name: str, is_absent: Callable[[Task], bool], what: str, suggestion: str
) -> Iterator[Problem]:
    """One problem at the DAG where no task has it, one at each value that says so, else one at each task."""
    working = [task for task in context.dag.tasks if works(task)]
    lacking = [task for task in working if is_absent(task)]
    unset = [task for task in lacking if task.effective(name) is None]
    told: set[int] = set()
    for task in lacking:
        argument = task.effective(name)
        if argument is not None and id(argument.value) not in told:
            told.add(id(argument.value))
            yield Problem(
                at(argument, context),
                f"`{task.name}` {what}",
                suggestion=suggestion,
                task_id=task.task_id if name in task.arguments else None,
            )
    if unset and len(unset) == len(working):
        message = f"no task has {name}, so each {what}: {names(unset)}"
        yield Problem(dag_place(context), message, suggestion=suggestion)
        return
    for task in unset:
        yield Problem(at(task, context), f"`{task.name}` {what}", suggestion=suggestion, task_id=task.task_id)
