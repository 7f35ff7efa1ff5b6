"""DGA408: a DAG has very many tasks, or a file very many DAGs.

The scheduler loads the whole DAG for each decision and the web page draws all of it; a file with many DAGs
must be parsed whole for each of them.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):  # <- here
        for number in range(501):
            EmptyOperator(task_id=f"load_{number}")

Good:

    from airflow.sdk import DAG, task

    with DAG("report", schedule="@daily"):
        @task
        def load(number): ...

        load.expand(number=list(range(501)))
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Place, Problem, file_rule
from analyzers.code_analyzer.rule_help import at
from dagaudit.finding import Severity


@file_rule(
    "DGA408", "many-tasks", Severity.MEDIUM, tags=("parse-time",), options={"max_tasks": 500, "max_dags": 50}
)
def check(file: FileContext) -> Iterator[Problem]:
    """Count; a mapped task is one."""
    max_tasks = file.settings.option("DGA408", "max_tasks")
    max_dags = file.settings.option("DGA408", "max_dags")
    for dag in file.dags:
        if len(dag.tasks) > max_tasks:
            yield Problem(
                at(dag, file),
                f"the DAG `{dag.dag_id or '…'}` has {len(dag.tasks)} tasks, more than {max_tasks}",
                suggestion="split it, or map one task over its items with `expand`",
                dag_id=dag.dag_id,
            )
    if len(file.dags) > max_dags:
        yield Problem(
            Place(1),
            f"this file makes {len(file.dags)} DAGs, more than {max_dags}; each is parsed with all others",
            suggestion="split it into several files",
        )
