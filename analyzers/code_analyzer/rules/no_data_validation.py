"""DGA911: a model is trained on data that nobody checked.

Broken input does not fail a training, it makes a worse model.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("churn", schedule="@weekly"):
        extract = BashOperator(task_id="extract_features", bash_command="extract")
        train = BashOperator(task_id="train_model", bash_command="train")  # <- here
        extract >> train

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("churn", schedule="@weekly"):
        extract = BashOperator(task_id="extract_features", bash_command="extract")
        validate = BashOperator(task_id="validate_features", bash_command="validate")
        train = BashOperator(task_id="train_model", bash_command="train")
        extract >> validate >> train
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.ml_roles import Role, role_of
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, tasks_known
from dagaudit.finding import Severity


@dag_rule("DGA911", "no-data-validation", Severity.LOW, tags=("ml",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look upstream of training."""
    dag = context.dag
    if not tasks_known(dag):
        return
    for task in dag.tasks:
        if role_of(task) is not Role.TRAIN or not task.upstream:
            continue
        if Role.VALIDATE not in {role_of(other) for other in dag.ancestors(task)}:
            yield Problem(
                at(task, context),
                f"no task before `{task.name}` validates the data",
                suggestion="add a task that checks schema, ranges and counts, and stops the run",
                task_id=task.task_id,
            )
