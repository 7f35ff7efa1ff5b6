"""DGA111: a task pulls an XCom from a task that does not exist.

The pull returns None (or fails, from Airflow 3 on, in a template), and the task goes on with nothing. Ids
are full: a task in a group is `group.task`.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        extract = BashOperator(task_id="extract", bash_command="extract")
        load = BashOperator(
            task_id="load",
            bash_command="load {{ ti.xcom_pull(task_ids='extrakt') }}",  # <- here
        )
        extract >> load

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

import difflib
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import tasks_known
from analyzers.code_analyzer.xcom_pulls import pulls
from dagaudit.finding import Severity


@dag_rule("DGA111", "dangling-xcom", Severity.HIGH, tags=("correctness", "template"))
def check(context: DagContext) -> Iterator[Problem]:
    """Compare what is pulled with the tasks of a DAG that is known completely."""
    if not tasks_known(context.dag):
        return
    known = {task.task_id for task in context.dag.tasks if task.task_id}
    for pull in pulls(context):
        for task_id in pull.task_ids:
            if task_id in known:
                continue
            in_group = [other for other in sorted(known) if other.endswith(f".{task_id}")]
            close = in_group or difflib.get_close_matches(task_id, sorted(known), n=1)
            yield Problem(
                pull.where,
                f"`{pull.task.name}` pulls an XCom from `{task_id}`, but the DAG has no such task",
                suggestion=f"did you mean `{close[0]}`?"
                if close
                else "pull from a task of this DAG, or give dag_id=",
                task_id=pull.task.task_id,
            )
