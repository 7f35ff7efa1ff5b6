"""DGA319: many tasks use one connection at once, and nothing limits them.

A database or service that is asked by twenty tasks in the same second slows down for everybody. A pool lets
a few in at a time.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    with DAG("report", schedule="@daily"):
        for name in range(12):
            SQLExecuteQueryOperator(task_id=f"load_{name}", conn_id="warehouse", sql="select 1")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    with DAG("report", schedule="@daily", default_args={"pool": "warehouse"}):
        for name in range(12):
            SQLExecuteQueryOperator(task_id=f"load_{name}", conn_id="warehouse", sql="select 1")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, dag_value, effective
from dagaudit.finding import Severity


@dag_rule(
    "DGA319",
    "no-pool",
    Severity.MEDIUM,
    profile=Profile.STRICT,
    tags=("reliability",),
    options={"max_parallel": 8},
)
def check(context: DagContext) -> Iterator[Problem]:
    """Count the tasks of one connection that have the same upstream tasks, so that they start together."""
    limit = context.settings.option("DGA319", "max_parallel")
    at_once = dag_value(context.dag, "max_active_tasks")
    if len(context.dag.tasks) <= limit or (isinstance(at_once, int) and at_once <= limit):
        return
    together: dict[tuple[str, frozenset[Task]], list[Task]] = {}
    for task in context.dag.tasks:
        connection = _connection(task)
        if connection is not None and effective(task, "pool") is UNSET:
            together.setdefault((connection, frozenset(task.upstream)), []).append(task)
    for (connection, _), tasks in together.items():
        if len(tasks) > limit:
            yield Problem(
                at(tasks[0], context),
                f"{len(tasks)} tasks use the connection `{connection}` at once",
                suggestion="give them a pool",
                task_id=tasks[0].task_id,
            )


def _connection(task: Task) -> str | None:
    for name in task.arguments.keys() | task.inherited.keys():
        if name == "conn_id" or name.endswith("_conn_id"):
            value = effective(task, name)
            return value if isinstance(value, str) else None
    return None
