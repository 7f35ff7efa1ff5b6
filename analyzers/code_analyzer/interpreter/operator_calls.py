"""Calls of operator classes: Airflow's, others' and those that the bundle defines."""

import ast

from analyzers.code_analyzer.interpreter import classes
from analyzers.code_analyzer.interpreter.dags import make_dag
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.groups import make_group
from analyzers.code_analyzer.interpreter.objects import ClassValue, Instance, Raised, Scope
from analyzers.code_analyzer.interpreter.tasks import Kind, make_task
from analyzers.code_analyzer.interpreter.versions import present_name
from analyzers.code_analyzer.interpreter.xcoms import depend
from analyzers.code_analyzer.model import Argument, Dag, Task
from analyzers.code_analyzer.operator_table import find_operator
from analyzers.code_analyzer.values import Function, Symbol, Value


def make_operator(scope: Scope, node: ast.AST, callee: Symbol, given: Arguments) -> Value:
    """`SomeOperator(task_id=...)` of a class outside the bundle."""
    if given.args or given.spread:
        raise Raised(node, "an operator takes keyword arguments only", "TypeError")
    name = present_name(callee.name)
    task = make_task(scope, node, Kind(name), given)
    _add_subdag(scope, task)
    doubt(scope, node, task, name)
    return task


def _add_subdag(scope: Scope, task: Task) -> None:
    """Airflow 2 lists the DAG inside a SubDagOperator beside its parent."""
    inner = task.arguments.get("subdag") if task.operator == "SubDagOperator" else None
    if inner is not None and isinstance(inner.value, Dag) and scope.machine.target < (3, 0):
        inner.value.registered = True


def doubt(scope: Scope, node: ast.AST, task: Task, name: str) -> None:
    """A class that nobody can read may do anything with its arguments."""
    if task.dag is None or name.startswith("airflow.") or find_operator(name) is not None:
        return
    scope.machine.note(
        task.dag,
        node,
        f"{name} lies outside the DAG folder: what it does with its arguments is not known",
        scope.file,
    )


def make_own(scope: Scope, node: ast.AST, cls: ClassValue, given: Arguments) -> Value:
    """A call of an operator, DAG or group class that the bundle defines."""
    instance = Instance(cls, node=node, file=scope.file)
    init = cls.find("__init__")
    passed = given
    if isinstance(init, Function):
        classes.call_bound(scope, node, instance, init, given)
        passed = instance.super_arguments or Arguments()
        for name in list(passed.kwargs):
            if name in given.keywords:
                passed.keywords[name] = given.keywords[name]
    if cls.is_dag:
        return make_dag(scope, node, passed)
    if cls.is_group:
        return make_group(scope, node, passed)
    return _own_operator(scope, node, instance, given, passed)


def _own_operator(
    scope: Scope, node: ast.AST, instance: Instance, given: Arguments, passed: Arguments
) -> Value:
    cls = instance.cls
    for name in ("task_id", "dag", "task_group", "default_args"):
        # The metaclass hands these on even where __init__ forgets them.
        if name in given.kwargs and name not in passed.kwargs:
            passed.kwargs[name] = given.kwargs[name]
    name = f"{cls.scope.file.module}.{cls.name}"
    task = make_task(scope, node, Kind(name, template_fields=classes.template_fields(cls)), passed)
    for key, value in given.kwargs.items():
        task.arguments.setdefault(key, Argument(key, value, keyword=given.keywords.get(key)))
    for field in sorted(task.template_fields or ()):
        if field in instance.attributes and field not in passed.kwargs:
            depend(scope, task, instance.attributes[field])
    base = cls.operator_base or ""
    doubt(scope, node, task, base)
    return task
