"""DGA909: a model is deployed, and nothing looks at it afterwards.

A model that was good in its test may be bad on today's data. A task after the deployment that watches drift
or errors, or rolls back, notices it before the users do.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("churn", schedule="@weekly"):
        train = BashOperator(task_id="train_model", bash_command="train")
        evaluate = BashOperator(task_id="evaluate_model", bash_command="evaluate")
        deploy = BashOperator(task_id="deploy_model", bash_command="deploy")  # <- here
        train >> evaluate >> deploy

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("churn", schedule="@weekly"):
        train = BashOperator(task_id="train_model", bash_command="train")
        evaluate = BashOperator(task_id="evaluate_model", bash_command="evaluate")
        deploy = BashOperator(task_id="deploy_model", bash_command="deploy")
        train >> evaluate >> deploy >> BashOperator(task_id="monitor_drift", bash_command="watch")
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.ml_roles import Role, role_of
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import at, tasks_known
from dagaudit.finding import Severity

_WATCHING = re.compile(r"monitor|drift|watch|observe|rollback|roll_back|canary|smoke|health|verify|check")


@dag_rule("DGA909", "deploy-without-monitor", Severity.LOW, profile=Profile.STRICT, tags=("ml",))
def check(context: DagContext) -> Iterator[Problem]:
    """Only where the DAG trains what it deploys."""
    dag = context.dag
    if not tasks_known(dag) or not any(role_of(task) is Role.TRAIN for task in dag.tasks):
        return
    for task in dag.tasks:
        if role_of(task) is Role.DEPLOY and not any(
            _WATCHING.search(after.name) for after in dag.descendants(task)
        ):
            yield Problem(
                at(task, context),
                f"nothing watches what `{task.name}` deploys",
                suggestion="add a task that compares its answers, or its inputs, with those of the training",
                task_id=task.task_id,
            )
