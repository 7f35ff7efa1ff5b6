"""DGA901: a model is deployed that nobody evaluated.

A training run that went wrong goes straight to production. Somewhere between training and deployment a task
must look at the model and be able to stop.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("churn", schedule="@weekly"):
        train = BashOperator(task_id="train_model", bash_command="train")
        deploy = BashOperator(task_id="deploy_model", bash_command="deploy")  # <- here
        train >> deploy

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("churn", schedule="@weekly"):
        train = BashOperator(task_id="train_model", bash_command="train")
        evaluate = BashOperator(task_id="evaluate_model", bash_command="evaluate")
        deploy = BashOperator(task_id="deploy_model", bash_command="deploy")
        train >> evaluate >> deploy
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.ml_roles import Role, role_of
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, tasks_known
from dagaudit.finding import Severity


@dag_rule("DGA901", "deploy-without-evaluate", Severity.MEDIUM, tags=("ml",))
def check(context: DagContext) -> Iterator[Problem]:
    """Only DAGs that train: a deployment of something else is another matter."""
    dag = context.dag
    roles = {task: role_of(task) for task in dag.tasks}
    if Role.TRAIN not in roles.values() or not tasks_known(dag):
        return
    for task, role in roles.items():
        before = {roles.get(other) for other in dag.ancestors(task)}
        if role is Role.DEPLOY and Role.TRAIN in before and not {Role.EVALUATE, Role.VALIDATE} & before:
            yield Problem(
                at(task, context),
                f"`{task.name}` deploys what was trained, but no task before it evaluates the model",
                suggestion="add a task that evaluates the model and stops the run where it is bad",
                task_id=task.task_id,
            )
