"""Which XComs the tasks of a DAG pull by the id of a task, in templates and in Python."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.rule_help import Where
from analyzers.code_analyzer.task_templates import HOLE, templates_of
from analyzers.code_analyzer.templates import TemplateCall


@dataclass(frozen=True, slots=True)
class Pull:
    """A task pulls from others of its own DAG and run."""

    task: Task
    task_ids: tuple[str, ...]
    where: Where


def pulls(context: DagContext) -> Iterator[Pull]:
    """Those whose task ids are literal; pulls from other DAGs or earlier runs are left out."""
    yield from _in_templates(context)
    yield from _in_python(context)


def _in_templates(context: DagContext) -> Iterator[Pull]:
    for use in templates_of(context):
        for call in use.template.calls:
            if call.path[-1] != "xcom_pull" or call.open_ended or _elsewhere(call):
                continue
            task_ids = _ids(call.argument("task_ids", 0))
            if task_ids and not any(HOLE in task_id for task_id in task_ids):
                yield Pull(use.task, task_ids, use.place(call.line, "xcom_pull", context))


def _elsewhere(call: TemplateCall) -> bool:
    dag_id = call.argument("dag_id", 1)
    return dag_id is not None or bool({"include_prior_dates", "run_id"} & call.keywords.keys())


def _in_python(context: DagContext) -> Iterator[Pull]:
    calls = [
        call
        for call in context.file.all(ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "xcom_pull"
    ]
    if not calls:
        return
    by_function: dict[ast.AST, list[Task]] = {}
    for task in context.dag.tasks:
        if task.function is not None:
            by_function.setdefault(task.function.definition, []).append(task)
    scopes = context.file.scopes
    for call in calls:
        task_ids = _literal_ids(call)
        function = scopes.function(call)
        if not task_ids or function is None:
            continue
        entries = {function, *scopes.entries_reaching(function)}
        for task in [task for entry, tasks in by_function.items() if entry in entries for task in tasks]:
            yield Pull(task, task_ids, call)


def _literal_ids(call: ast.Call) -> tuple[str, ...]:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if {"dag_id", "include_prior_dates", "run_id", None} & keywords.keys() or len(call.args) > 1:
        return ()
    given = keywords.get("task_ids") or (call.args[0] if call.args else None)
    try:
        return _ids(ast.literal_eval(given)) if given is not None else ()
    except ValueError:
        return ()


def _ids(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return ()
