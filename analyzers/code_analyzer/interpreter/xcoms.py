"""Dependencies that arise because a task takes another one's output as argument."""

from analyzers.code_analyzer.interpreter import edges
from analyzers.code_analyzer.interpreter.objects import Scope
from analyzers.code_analyzer.interpreter.references import holds_task, may_hide, references
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.operator_table import find_operator
from analyzers.code_analyzer.values import Argument, Value

_NEVER_TEMPLATED = frozenset(
    {
        "task_id", "dag", "task_group", "default_args", "trigger_rule", "retries", "python_callable",
        "params", "inlets", "outlets", "on_failure_callback", "on_success_callback", "on_retry_callback",
        "owner", "pool",
    }
)  # fmt: skip


def depend_on_arguments(scope: Scope, task: Task) -> None:
    """Set an edge from each task whose output is in a templated argument."""
    fields = template_fields(task)
    everything = {**task.inherited, **task.arguments}
    for name, argument in everything.items():
        if name in _NEVER_TEMPLATED:
            continue
        if fields is None:
            if holds_task(argument.value):
                _guess(scope, task, argument)
        elif name in fields:
            depend(scope, task, argument.value)
    for argument in task.expanded.values():
        depend(scope, task, argument.value)


def depend(scope: Scope, task: Task, value: Value) -> None:
    """Set an edge from each task whose output is in the value."""
    for reference in references(value):
        for source in edges.tasks_of(reference):
            if source is not task:
                edges.add_edge(
                    scope, edges.How(value.node or task.node or scope.file.tree, origin="xcom"), source, task
                )
    if may_hide(value) and task.dag is not None:
        scope.machine.note(
            task.dag, value.node, f"{task.name} may depend on a task in it: {value.reason}", scope.file
        )


def _guess(scope: Scope, task: Task, argument: Argument) -> None:
    # Its template fields are not known; an output handed to a task is nearly always templated.
    depend(scope, task, argument.value)
    if task.dag is not None:
        scope.machine.note(
            task.dag,
            argument.node,
            f"whether {task.operator} templates {argument.name} is not known, so the dependency is a guess",
            scope.file,
        )


def template_fields(task: Task) -> frozenset[str] | None:
    """The arguments that are templated; None where its class is not known."""
    if task.template_fields is not None:
        return task.template_fields
    if task.decorator is not None:
        operator = find_operator(task.operator_class or "")
        fields = operator.template_fields if operator else None
        return (fields or frozenset()) | {"op_args", "op_kwargs"}
    operator = find_operator(task.operator_class or "")
    return operator.template_fields if operator is not None else None
