"""DGA217: a task works on the data interval, which is empty in Airflow 3.

A cron string or a timedelta makes a trigger timetable since Airflow 3: the interval begins and ends at the
same moment. A query between the two finds nothing, and says nothing.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(
            task_id="load",
            bash_command="load --from {{ data_interval_start }} --to {{ data_interval_end }}",  # <- here
        )

Good:

    from airflow.sdk import DAG, CronDataIntervalTimetable
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule=CronDataIntervalTimetable("@daily", timezone="UTC")):
        BashOperator(
            task_id="load",
            bash_command="load --from {{ data_interval_start }} --to {{ data_interval_end }}",
        )
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import ScheduleKind, Task
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import Where, at
from analyzers.code_analyzer.schedule_before import schedule_before
from analyzers.code_analyzer.task_templates import templates_of
from analyzers.code_analyzer.values import Function
from dagaudit.finding import Severity

_ENDS = ("data_interval_start", "data_interval_end")


@dag_rule(
    "DGA217", "zero-length-interval", Severity.MEDIUM, applies_from=(3, 0), tags=("schedule", "template")
)
def check(context: DagContext) -> Iterator[Problem]:
    """Both ends must be used in one task: one alone is a date like any other."""
    schedule = schedule_before(context.dag)
    if schedule.kind not in {ScheduleKind.CRON, ScheduleKind.TIMEDELTA} or not schedule.explicit:
        return
    used: dict[Task, set[str]] = {}
    for use in templates_of(context):
        for name in _ENDS:
            if name in use.template.names:
                seen = used.setdefault(use.task, set())
                seen.add(name)
                if len(seen) == len(_ENDS):
                    reference = next(found for found in use.template.references if found.name == name)
                    yield _problem(context, use.task, use.place(reference.line, name, context))
    for task in context.dag.tasks:
        if task in used or task.function is None:
            continue
        where = at(task.function, context) if _takes_both(task) else _reads_both(context, task.function)
        if where is not None:
            yield _problem(context, task, where)


def _problem(context: DagContext, task: Task, where: Where) -> Problem:
    return Problem(
        where,
        f"`{task.name}` works between data_interval_start and data_interval_end, which are the same moment "
        f"under the schedule {schedule_before(context.dag).text or 'by timedelta'}",
        suggestion="use CronDataIntervalTimetable or DeltaDataIntervalTimetable",
        task_id=task.task_id,
    )


def _takes_both(task: Task) -> bool:
    assert task.function is not None
    parameters = task.function.parameters
    named: list[ast.arg] = [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs]
    return {argument.arg for argument in named} >= set(_ENDS)


def _reads_both(context: DagContext, function: Function) -> ast.AST | None:
    """The second of `context["data_interval_start"]` and `…end"]` in a function of this file."""
    seen: set[object] = set()
    for node in context.file.all(ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if key in _ENDS and context.file.scopes.function(node) is function.definition:
            seen.add(key)
            if len(seen) == len(_ENDS):
                return node
    return None
