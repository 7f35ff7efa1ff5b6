"""DGA116: a run is green although tasks failed.

A run's state is that of its last tasks. Where each of them runs whatever happened before, a failure in
between shows nowhere.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        load = BashOperator(task_id="load", bash_command="load")
        load >> BashOperator(task_id="clean", bash_command="clean", trigger_rule="all_done")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        load = BashOperator(task_id="load", bash_command="load")
        load >> BashOperator(task_id="clean", bash_command="clean").as_teardown()
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import IDLE_OPERATORS, at, trigger_rule
from dagaudit.finding import Severity

_MASKING = frozenset({"all_done", "always", "one_success", "one_done", "all_done_min_one_success"})


@dag_rule("DGA116", "leaf-masks-failure", Severity.MEDIUM, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at the tasks that decide the run's state."""
    dag = context.dag
    if not dag.exact:
        return
    tasks = [task for task in dag.tasks if not task.is_teardown]
    leaves = [task for task in tasks if all(after.is_teardown for after in task.downstream)]
    if not leaves or any(trigger_rule(leaf) not in _MASKING for leaf in leaves):
        return
    hidden = [task for task in tasks if task not in leaves and task.operator not in IDLE_OPERATORS]
    if not hidden:
        return
    if any(edge.origin == "xcom" and edge.downstream in leaves for edge in dag.edges):
        # A task that takes in what the others made is meant to cope with what is missing.
        return
    leaf = leaves[0]
    yield Problem(
        at(leaf.effective("trigger_rule") or leaf, context),
        f"every last task runs whatever happened before (`{leaf.name}`: {trigger_rule(leaf)}), "
        "so a run with failed tasks is shown as a success",
        suggestion="make it a teardown (`.as_teardown()`), or add a last task by the rule one_failed",
        task_id=leaf.task_id,
    )
