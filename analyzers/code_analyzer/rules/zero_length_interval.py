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
import re
from collections.abc import Iterator

from analyzers.code_analyzer import cron
from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Schedule, ScheduleKind, Task
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import Where, at, interval_seconds
from analyzers.code_analyzer.schedule_before import schedule_before
from analyzers.code_analyzer.task_templates import templates_of
from analyzers.code_analyzer.values import Function
from dagaudit.finding import Confidence, Severity

_ENDS = ("data_interval_start", "data_interval_end")
_DAY = 86_400
_EARLY = 12
_MAX_TEXT = 50_000
_AHEAD = re.compile(
    r"macros\.ds_add\(\s*ds\s*,\s*\+?1\s*\)|\b(?:tomorrow_ds|next_ds)(?:_nodash)?\b"
    r"|\b(?:logical_date|execution_date|data_interval_start)\s*\+\s*macros\.timedelta\(\s*(?:days\s*=\s*)?1\b"
    r"|\b(?:logical_date|execution_date|data_interval_start)\.add\(\s*days\s*=\s*1\b"
)
_BEGINS = re.compile(
    r"\{\{-?\s*(?:ds|ts|logical_date|execution_date|data_interval_start)(?:_nodash)?\s*(?:[}|]|-\})"
)


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
    yield from _windows_ahead(context, schedule)
    for task in context.dag.tasks:
        if task in used or task.function is None:
            continue
        where = at(task.function, context) if _takes_both(task) else _reads_both(context, task.function)
        if where is not None:
            yield _problem(context, task, where)


def _windows_ahead(context: DagContext, schedule: Schedule) -> Iterator[Problem]:
    """A window that begins at the run's own date: from Airflow 3 on that day has only begun."""
    expression = cron.expression(schedule.text) if schedule.kind is ScheduleKind.CRON else None
    hours = cron.hours_of_day(expression) if expression else frozenset()
    daily_or_rarer = (interval_seconds(schedule) or 0) >= _DAY and all(hour < _EARLY for hour in hours)
    if not daily_or_rarer:
        return
    told: set[Task] = set()
    for use in templates_of(context):
        text = use.template.text if len(use.template.text) <= _MAX_TEXT else ""
        ahead = _AHEAD.search(text)
        if ahead is None or use.task in told or not _BEGINS.search(text):
            continue
        told.add(use.task)
        shown = schedule.text or "by timedelta"
        line = text.count("\n", 0, ahead.start()) + 1
        yield Problem(
            use.place(line, ahead[0], context),
            f"`{use.task.name}` works on the day that begins with the run and is still to come: since "
            f"Airflow 3 the schedule {shown} gives the date of the run itself",
            suggestion="use CronDataIntervalTimetable, or go from {{ macros.ds_add(ds, -1) }} to {{ ds }}",
            task_id=use.task.task_id,
            confidence=Confidence.LIKELY,
        )


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
