"""DGA603: a dict hands over an argument that Airflow 3 removed.

`default_args` and `**arguments` hide the name from linters that look at calls. On a DAG Airflow refuses the
file; in default_args the key is silently ignored.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    arguments = {"schedule_interval": "@daily"}  # <- here

    with DAG("report", **arguments):
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    arguments = {"schedule": "@daily"}

    with DAG("report", **arguments):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits, model_edits
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at
from analyzers.code_analyzer.values import Value
from dagaudit.finding import Fix, Severity

_OF_A_DAG = {
    "schedule_interval": "schedule",
    "timetable": "schedule",
    "concurrency": "max_active_tasks",
    "fail_stop": "fail_fast",
    "default_view": "nothing: it is gone",
    "orientation": "nothing: it is gone",
    "full_filepath": "nothing: it is gone",
}
_OF_A_TASK = {
    "task_concurrency": "max_active_tis_per_dag",
    "provide_context": "nothing: the context is always there",
    "min_file_process_interval": "nothing: it is gone",
    "xcom_push": "do_xcom_push",
}


@dag_rule(
    "DGA603", "removed-arg-by-dict", Severity.HIGH, applies_from=(3, 0), tags=("migration",), fixes=edits.SAFE
)
def check(context: DagContext) -> Iterator[Problem]:
    """What a call names itself is told by the rename tables."""
    dag = context.dag
    for name, instead in _OF_A_DAG.items():
        argument = dag.argument(name)
        if argument is not None and argument.keyword is None:
            yield Problem(
                at(argument, context),
                f"Airflow 3 removed the DAG's argument `{name}`; here a dict hands it over",
                suggestion=f"use {instead}",
                fix=_fix(argument.value, name, instead, context),
            )
    told: set[int] = set()
    defaults = [dag.default_args, *(group.default_args for group in dag.groups)]
    handed = [
        (name, value)
        for mapping in defaults
        if mapping is not None
        for name in _OF_A_TASK
        if (value := mapping.get(name)) is not None
    ]
    for name, value in handed:
        if id(value) not in told:
            told.add(id(value))
            yield Problem(
                at(value, context),
                f"Airflow 3 removed the tasks' argument `{name}`; handed over by a dict, it has no effect",
                suggestion=f"use {_OF_A_TASK[name]}",
                severity=Severity.MEDIUM,
                fix=_fix(value, name, _OF_A_TASK[name], context),
            )
    yield from _in_calls(context, told)


def _in_calls(context: DagContext, told: set[int]) -> Iterator[Problem]:
    """What `**arguments` hand to an operator is refused there."""
    for task in context.dag.tasks:
        for name in sorted(_OF_A_TASK.keys() & task.arguments.keys()):
            argument = task.arguments[name]
            if argument.keyword is None and id(argument.value) not in told:
                told.add(id(argument.value))
                yield Problem(
                    at(argument, context),
                    f"Airflow 3 removed the operator's argument `{name}`; here a dict hands it over",
                    suggestion=f"use {_OF_A_TASK[name]}",
                    task_id=task.task_id,
                    fix=_fix(argument.value, name, _OF_A_TASK[name], context),
                )


def _fix(value: Value, name: str, instead: str, context: DagContext) -> Fix | None:
    parsed = context.file.parsed
    if " " in instead:
        made = model_edits.item_removed(value, name, parsed)
        return edits.safe(f"remove {name}", *made) if made else None
    made = model_edits.key_renamed(value, name, instead, parsed)
    return edits.safe(f"call it {instead}", *made) if made else None
