"""DGA118: a DAG that fails fast has a task with a trigger rule of its own.

`fail_fast=True` allows nothing but `all_success`; Airflow refuses the file.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily", fail_fast=True):
        EmptyOperator(task_id="end", trigger_rule="all_done")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily", fail_fast=True):
        EmptyOperator(task_id="end")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, dag_value, trigger_rule
from dagaudit.finding import Severity


@dag_rule("DGA118", "fail-fast-conflict", Severity.HIGH, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look for other rules where the DAG fails fast."""
    dag = context.dag
    name = "fail_fast" if context.settings.target >= (3, 0) else "fail_stop"
    if dag_value(dag, name) is not True:
        return
    for task in dag.tasks:
        rule = trigger_rule(task)
        if rule not in (None, "all_success") and not task.is_teardown:
            yield Problem(
                at(task.effective("trigger_rule") or task, context),
                f"`{task.name}` has the rule {rule}, which a DAG with {name}=True does not allow",
                suggestion=f"remove the rule, or {name}",
                task_id=task.task_id,
            )
