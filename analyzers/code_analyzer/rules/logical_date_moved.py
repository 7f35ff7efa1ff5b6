"""DGA614: a DAG written for Airflow 2 uses the logical date, which a cron schedule moves in Airflow 3.

In Airflow 2 the run of one day's night had the date of the day before: the start of its data interval.
Since Airflow 3 a cron string or a timedelta makes a trigger timetable, and `ds`, `logical_date` and both ends
of the interval are the moment of the run. A daily DAG that loads `{{ ds }}` loads another day, and nothing
fails.

Bad:

    from airflow import DAG
    from airflow.operators.bash import BashOperator

    with DAG("report", schedule="@daily", catchup=False):
        BashOperator(task_id="load", bash_command="load --day {{ ds }}")  # <- here

Good:

    from airflow import DAG
    from airflow.operators.bash import BashOperator
    from airflow.timetables.interval import CronDataIntervalTimetable

    with DAG("report", schedule=CronDataIntervalTimetable("@daily", timezone="UTC"), catchup=False):
        BashOperator(task_id="load", bash_command="load --day {{ ds }}")
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import ScheduleKind, Task
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import Where, is_written_for_2, names
from analyzers.code_analyzer.schedule_before import schedule_before
from analyzers.code_analyzer.task_templates import templates_of
from dagaudit.finding import Severity

_MOVED = frozenset({
    "ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz", "logical_date", "execution_date",
    "data_interval_start", "data_interval_end", "next_ds", "next_ds_nodash", "prev_ds", "prev_ds_nodash",
    "next_execution_date", "prev_execution_date", "tomorrow_ds", "yesterday_ds",
})  # fmt: skip


@dag_rule(
    "DGA614",
    "logical-date-moved",
    Severity.MEDIUM,
    profile=Profile.STRICT,
    applies_from=(3, 0),
    tags=("migration", "schedule"),
)
def check(context: DagContext) -> Iterator[Problem]:
    """Once for a DAG, at the first task that uses such a date."""
    schedule = schedule_before(context.dag)
    by_time = schedule.kind in {ScheduleKind.CRON, ScheduleKind.TIMEDELTA} and schedule.explicit
    if not by_time or schedule.text in {"@once", "@continuous"} or not is_written_for_2(context.file):
        return
    uses = list(_uses(context))
    if not uses:
        return
    _, where, name = uses[0]
    tasks = {task for task, *_ in uses}
    yield Problem(
        where,
        f"`{name}` was the start of the interval in Airflow 2, and is the moment of the run in Airflow 3; "
        f"used by {names(tasks)}",
        suggestion="give a CronDataIntervalTimetable or DeltaDataIntervalTimetable, or set "
        "[scheduler] create_cron_data_intervals and create_delta_data_intervals",
    )


def _uses(context: DagContext) -> Iterator[tuple[Task, Where, str]]:
    seen = set()
    for use in templates_of(context):
        for reference in use.template.references:
            if reference.name in _MOVED and use.task not in seen:
                seen.add(use.task)
                yield use.task, use.place(reference.line, reference.name, context), reference.name
    for task in context.dag.tasks:
        if task not in seen and task.function is not None:
            found = _in_function(context, task)
            if found is not None:
                yield task, *found


def _in_function(context: DagContext, task: Task) -> tuple[ast.AST, str] | None:
    assert task.function is not None
    definition = task.function.definition
    if task.function.file is not context.file.parsed:
        return None
    for argument in (*definition.args.args, *definition.args.kwonlyargs):
        if argument.arg in _MOVED:
            return argument, argument.arg
    for node in context.file.all(ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(key, str) and key in _MOVED and context.file.scopes.function(node) is definition:
            return node, key
    return None
