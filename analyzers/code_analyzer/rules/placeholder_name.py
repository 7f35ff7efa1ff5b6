"""DGA714: a DAG or task has a name that was meant for the time being.

`task1` and `test` say nothing to whoever reads an alert.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("my_dag", schedule="@daily"):  # <- here
        BashOperator(task_id="task1", bash_command="load")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("daily_report", schedule="@daily"):
        BashOperator(task_id="load_orders", bash_command="load")
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import at, dag_place
from dagaudit.finding import Severity

_PLACEHOLDER = re.compile(
    r"(my_?)?(test|tmp|temp|foo|bar|baz|dag|task|todo|fixme|new|untitled)[_-]?\d*", re.IGNORECASE
)


@dag_rule("DGA714", "placeholder-name", Severity.LOW, profile=Profile.STRICT, tags=("ownership",))
def check(context: DagContext) -> Iterator[Problem]:
    """Match whole ids only."""
    dag = context.dag
    if dag.dag_id and _PLACEHOLDER.fullmatch(dag.dag_id):
        yield Problem(
            dag_place(context), f"`{dag.dag_id}` says nothing", suggestion="name what the DAG makes"
        )
    for task in dag.tasks:
        own = (task.task_id or "").rpartition(".")[2]
        if _PLACEHOLDER.fullmatch(own):
            yield Problem(
                at(task, context),
                f"`{own}` says nothing",
                suggestion="name what the task does",
                task_id=task.task_id,
            )
