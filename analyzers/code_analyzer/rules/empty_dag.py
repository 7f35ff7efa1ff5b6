"""DGA109: a DAG has no tasks.

Its runs succeed at once without doing anything.

Bad:

    from airflow.sdk import DAG

    report = DAG("report", schedule="@daily")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import dag_place
from dagaudit.finding import Severity


@dag_rule("DGA109", "empty-dag", Severity.MEDIUM, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Only a DAG of which everything is known can be called empty."""
    if context.dag.exact and not context.dag.tasks and context.file.model.is_dag_candidate:
        yield Problem(
            dag_place(context),
            f"the DAG `{context.dag.dag_id}` has no tasks",
            suggestion="add its tasks, or remove it",
        )
