"""DGA218: a task needs the logical date, which its runs do not have.

From Airflow 3 on, runs that assets or a bare call start have no logical date, and then `ds`, `ts`,
`logical_date` and `data_interval_*` are missing from the context. Templates are strict: the task fails.

Bad:

    from airflow.sdk import DAG, Asset
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule=[Asset("s3://lake/orders")]):
        BashOperator(task_id="load", bash_command="load --day {{ ds }}")  # <- here

Good:

    from airflow.sdk import DAG, Asset
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule=[Asset("s3://lake/orders")]):
        BashOperator(task_id="load", bash_command="load --day {{ dag_run.run_after | ds }}")
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import ScheduleKind, Task
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import Where
from analyzers.code_analyzer.task_templates import templates_of
from analyzers.code_analyzer.template_names import NEEDS_LOGICAL_DATE
from dagaudit.finding import Severity

_OLD_SCHEDULES = frozenset({"schedule_interval", "timetable"})


@dag_rule("DGA218", "null-logical-date", Severity.HIGH, applies_from=(3, 0), tags=("schedule", "template"))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at templates and at `context["ds"]` in Python; a guard or a default is fine."""
    dag = context.dag
    if dag.schedule.kind not in {ScheduleKind.NONE, ScheduleKind.ASSETS} or dag.open is not None:
        return
    if _OLD_SCHEDULES & dag.arguments.keys():
        # Another rule tells that these are gone; what they meant was a date for each run.
        return
    told: set[Task] = set()
    for use in templates_of(context):
        for reference in use.template.references:
            name = reference.name
            if name not in NEEDS_LOGICAL_DATE or name in use.template.guarded or use.task in told:
                continue
            told.add(use.task)
            yield _problem(context, use.task, use.place(reference.line, name, context), name)
    yield from _in_python(context)


def _problem(context: DagContext, task: Task, where: Where, name: str) -> Problem:
    by = "assets start" if context.dag.schedule.kind is ScheduleKind.ASSETS else "no schedule starts"
    return Problem(
        where,
        f"`{task.name}` needs `{name}`, which a run that {by} need not have",
        suggestion="use dag_run.run_after, or a param, or give it a default",
        task_id=task.task_id,
        # The web page fills in a date for runs that people start there; the command line and the API do not.
        severity=None if context.dag.schedule.kind is ScheduleKind.ASSETS else Severity.LOW,
    )


def _in_python(context: DagContext) -> Iterator[Problem]:
    tasks = {
        task.function.definition: task for task in reversed(context.dag.tasks) if task.function is not None
    }
    if not tasks:
        return
    for node in context.file.all(ast.Subscript):
        key = node.slice
        if not isinstance(key, ast.Constant) or key.value not in NEEDS_LOGICAL_DATE:
            continue
        function = context.file.scopes.function(node)
        if function is None or function not in tasks or not _is_context(node.value):
            continue
        yield _problem(context, tasks[function], node, str(key.value))


def _is_context(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        node = node.func
        return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).endswith(
            "get_current_context"
        )
    return isinstance(node, ast.Name) and node.id in {"context", "kwargs", "ctx", "airflow_context"}
