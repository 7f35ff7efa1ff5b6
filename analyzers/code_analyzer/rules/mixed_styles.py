"""DGA712: one DAG mixes `@task` functions and PythonOperator.

Two ways to say the same make a file harder to read; what one returns reaches the other only by xcom_pull.

Bad:

    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.python import PythonOperator

    def load(): ...

    with DAG("report", schedule="@daily"):
        @task
        def extract(): ...

        extract() >> PythonOperator(task_id="load", python_callable=load)  # <- here

Good:

    from airflow.sdk import DAG, task

    with DAG("report", schedule="@daily"):
        @task
        def extract(): ...

        @task
        def load(): ...

        extract() >> load()
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import at
from dagaudit.finding import Severity


@dag_rule("DGA712", "mixed-styles", Severity.LOW, profile=Profile.STRICT, tags=("ownership",))
def check(context: DagContext) -> Iterator[Problem]:
    """Other operators have no decorator; they may stand beside `@task`."""
    tasks = context.dag.tasks
    classic = [task for task in tasks if task.decorator is None and task.operator == "PythonOperator"]
    if classic and any(task.decorator is not None for task in tasks):
        yield Problem(
            at(classic[0], context),
            f"`{classic[0].name}` is a PythonOperator among `@task` functions",
            suggestion="make its function a `@task`",
            task_id=classic[0].task_id,
        )
