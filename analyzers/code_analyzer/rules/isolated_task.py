"""DGA110: a task of a connected DAG has no dependencies at all.

It runs at the start of every run, beside everything else; mostly an edge was forgotten.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        extract, load = EmptyOperator(task_id="extract"), EmptyOperator(task_id="load")
        notify = EmptyOperator(task_id="notify")  # <- here
        extract >> load

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        extract, load = EmptyOperator(task_id="extract"), EmptyOperator(task_id="load")
        notify = EmptyOperator(task_id="notify")
        extract >> load >> notify
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import at, dag_place
from dagaudit.finding import Severity


@dag_rule("DGA110", "isolated-task", Severity.MEDIUM, profile=Profile.STRICT, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """A node without edges in a DAG that has some; independent tasks only are told once, as low."""
    dag = context.dag
    if not dag.exact or len(dag.tasks) < 2:
        return
    alone = [
        task
        for task in dag.tasks
        if not task.is_setup and not task.is_teardown and not task.upstream and not task.downstream
    ]
    if len(alone) == len(dag.tasks):
        yield Problem(
            dag_place(context),
            f"none of the {len(alone)} tasks depends on another",
            suggestion="say their order with `>>`; where there is none, one DAG for each is easier to rerun",
            severity=Severity.LOW,
        )
        return
    for task in alone:
        yield Problem(
            at(task, context),
            f"the task `{task.name}` depends on nothing and nothing depends on it",
            suggestion="join it to the others with `>>`",
            task_id=task.task_id,
        )
