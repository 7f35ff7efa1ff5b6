"""Sets attributes: of objects, of modules, and of tasks and DAGs after they were made."""

import ast

from analyzers.code_analyzer.interpreter.objects import ClassValue, Instance, Module, Scope
from analyzers.code_analyzer.model import Argument, Dag, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import SetBy, Unknown, Value


def set_attribute(scope: Scope, target: ast.Attribute, owner: Value, value: Value) -> None:
    """`owner.name = value`."""
    name = target.attr
    if isinstance(owner, XComArg) and name in _TASK_FLAGS:
        owner = owner.task
    if isinstance(owner, Instance):
        if scope.machine.arms and name in owner.attributes:
            value = Unknown(
                "it is set only under a condition",
                candidates=(owner.attributes[name], value),
                node=target,
                file=scope.file,
            )
        owner.attributes[name] = value
    elif isinstance(owner, Task):
        _set_task(scope, target, owner, value)
    elif isinstance(owner, Dag):
        _set_dag(scope, target, owner, value)
    elif isinstance(owner, Module | ClassValue):
        owner.scope.variables[name] = value
    elif isinstance(owner, TaskGroup) and owner.dag is not None and name not in _HARMLESS:
        scope.machine.note(owner.dag, target, f"{name} of a task group is set afterwards", scope.file)


_TASK_FLAGS = {"is_setup", "is_teardown", "on_failure_fail_dagrun"}
_HARMLESS = {"tooltip", "doc_md", "ui_color", "ui_fgcolor", "description", "doc", "owner_links"}


def _set_task(scope: Scope, target: ast.Attribute, task: Task, value: Value) -> None:
    from analyzers.code_analyzer.interpreter.xcoms import depend, template_fields

    name = target.attr
    if name in _TASK_FLAGS:
        if name != "on_failure_fail_dagrun":
            setattr(task, name, bool(value.plain(False)))
        return
    if name == "dag" and isinstance(value, Dag):
        from analyzers.code_analyzer.interpreter.tasks import join_dag

        join_dag(scope, task, value)
        return
    task.arguments[name] = Argument(name, value, SetBy.CALL)
    if (
        task.dag is not None
        and name in ("task_id", "trigger_rule", "retries")
        and (not value.known or scope.machine.arms != task.arms or name == "task_id")
    ):
        scope.machine.note(task.dag, target, f"{name} of {task.name} is set afterwards", scope.file)
    if name in (template_fields(task) or ()):
        depend(scope, task, value)


def _set_dag(scope: Scope, target: ast.Attribute, dag: Dag, value: Value) -> None:
    name = target.attr
    dag.arguments[name] = Argument(name, value, SetBy.CALL)
    if name in _HARMLESS or (
        value.known and name not in ("dag_id", "schedule", "default_args") and not scope.machine.arms
    ):
        return
    scope.machine.note(dag, target, f"{name} of the DAG is set afterwards", scope.file)
