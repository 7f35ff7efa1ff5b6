"""DGA706: a task's id does not follow the convention.

The convention is the option `pattern`, a regular expression for the id without its groups; by default
snake_case.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="LoadOrders", bash_command="load")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load_orders", bash_command="load")
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import at
from dagaudit.finding import Severity


@dag_rule(
    "DGA706",
    "task-id-pattern",
    Severity.LOW,
    profile=Profile.STRICT,
    tags=("ownership",),
    options={"pattern": r"[a-z0-9]+([_-]+[a-z0-9]+)*"},
)
def check(context: DagContext) -> Iterator[Problem]:
    """Match the last part of the id."""
    pattern = re.compile(context.settings.option("DGA706", "pattern"))
    for task in context.dag.tasks:
        own = (task.task_id or "").rpartition(".")[2]
        if own and not pattern.fullmatch(own):
            yield Problem(
                at(task, context), f"the id `{own}` does not match `{pattern.pattern}`", task_id=task.task_id
            )
