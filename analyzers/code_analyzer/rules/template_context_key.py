"""DGA601: a template uses a name that Airflow 3 removed.

`execution_date`, `next_ds`, `prev_ds` and their like are gone from the context. Templates are strict, so
the task fails; linters that look at Python only do not see it.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load {{ execution_date }}")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load {{ logical_date }}")
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.template_edits import template_name_replaced
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, dag_value
from analyzers.code_analyzer.task_templates import TemplateUse, templates_of
from analyzers.code_analyzer.template_names import REMOVED_IN_3
from analyzers.code_analyzer.values import Mapping
from dagaudit.finding import Fix, Severity

_OF_THE_RUN = {
    "execution_date": "logical_date",
    "external_trigger": "run_type",
}

# In Airflow 2 both were the same value; that of the next run only in runs that a schedule started.
_THE_SAME = {
    "execution_date": "logical_date",
    "dag_run.execution_date": "dag_run.logical_date",
    "tomorrow_ds": "macros.ds_add(ds, 1)",
    "yesterday_ds": "macros.ds_add(ds, -1)",
    "prev_execution_date_success": "prev_data_interval_start_success",
}
_OF_A_SCHEDULED_RUN = {
    "next_execution_date": "data_interval_end",
    "next_ds": "(data_interval_end | ds)",
    "next_ds_nodash": "(data_interval_end | ds_nodash)",
}


@dag_rule(
    "DGA601",
    "template-context-key",
    Severity.HIGH,
    applies_from=(3, 0),
    tags=("migration", "template"),
    fixes=edits.EITHER,
)
def check(context: DagContext) -> Iterator[Problem]:
    """Look at templates in every argument that may be rendered."""
    own = _macros(context)
    for use in templates_of(context):
        told: set[str] = set()
        for reference in use.template.references:
            name, instead = reference.name, REMOVED_IN_3.get(reference.name)
            if instead is None and reference.path[0] == "dag_run" and len(reference.path) > 1:
                name, instead = reference.dotted, _OF_THE_RUN.get(reference.path[1])
            if instead is None or name in told or name in own or reference.name in use.template.guarded:
                continue
            told.add(name)
            yield Problem(
                use.place(reference.line, name.rpartition(".")[2], context),
                f"`{name}` is no longer there in Airflow 3",
                suggestion=f"use {instead}",
                task_id=use.task.task_id,
                fix=_fix(use, name, context),
            )


def _fix(use: TemplateUse, name: str, context: DagContext) -> Fix | None:
    node, instead = use.value.node, {**_THE_SAME, **_OF_A_SCHEDULED_RUN}.get(name)
    if instead is None or use.path is not None or not isinstance(node, ast.Constant):
        return None
    if use.value.file is not context.file.parsed:
        return None
    made = template_name_replaced(context.file.parsed, node, name, instead)
    wrap = edits.safe if name in _THE_SAME else edits.unsafe
    return wrap(f"use {instead}", *made) if made else None


def _macros(context: DagContext) -> frozenset[str]:
    """Names that the DAG brings itself."""
    if dag_value(context.dag, "user_defined_macros") is UNSET:
        return frozenset()
    argument = context.dag.argument("user_defined_macros")
    return (
        frozenset(map(str, argument.value.items))
        if argument and isinstance(argument.value, Mapping)
        else frozenset()
    )
