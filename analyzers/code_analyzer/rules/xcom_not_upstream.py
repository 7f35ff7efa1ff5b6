"""DGA112: a task pulls an XCom from a task that need not have run before it.

Nothing makes the one wait for the other, so the pull finds a value on one day and none on the next.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        extract = BashOperator(task_id="extract", bash_command="extract")
        load = BashOperator(
            task_id="load",
            bash_command="load {{ ti.xcom_pull(task_ids='extract') }}",  # <- here
        )

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        extract = BashOperator(task_id="extract", bash_command="extract")
        load = BashOperator(
            task_id="load",
            bash_command="load {{ ti.xcom_pull(task_ids='extract') }}",
        )
        extract >> load
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import tasks_known
from analyzers.code_analyzer.xcom_pulls import pulls
from dagaudit.finding import Severity


@dag_rule("DGA112", "xcom-not-upstream", Severity.MEDIUM, tags=("correctness", "template"))
def check(context: DagContext) -> Iterator[Problem]:
    """Ask whether the pulled task is an ancestor."""
    dag = context.dag
    if not tasks_known(dag):
        return
    for pull in pulls(context):
        before = {task.task_id for task in dag.ancestors(pull.task)}
        for task_id in pull.task_ids:
            source = dag.task(task_id)
            if source is None or task_id in before or source is pull.task:
                continue
            yield Problem(
                pull.where,
                f"`{pull.task.name}` pulls an XCom from `{task_id}`, which is not upstream of it",
                suggestion=f"make it wait: `{task_id} >> {pull.task.name}`",
                task_id=pull.task.task_id,
            )
