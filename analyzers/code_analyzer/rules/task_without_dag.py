"""DGA108: an operator is made outside any DAG.

It belongs to nothing, so it never runs.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load")
    BashOperator(task_id="clean", bash_command="clean")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily") as dag:
        BashOperator(task_id="load", bash_command="load")
    BashOperator(task_id="clean", bash_command="clean", dag=dag)
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.rule_help import at
from dagaudit.finding import Severity


@file_rule("DGA108", "task-without-dag", Severity.MEDIUM, tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Ask the interpreter for the tasks that no DAG took."""
    for task in file.model.loose_tasks:
        if not task.complete or "dag" in task.arguments or "dag" in task.inherited:
            continue
        yield Problem(
            at(task, file),
            f"the task `{task.name}` belongs to no DAG",
            suggestion="make it inside `with DAG(...)`, or give it `dag=`",
            task_id=task.task_id,
        )
