"""DGA103: two tasks of one DAG have the same id.

Airflow refuses the whole file with DuplicateTaskIdFound, so none of its DAGs can be run.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load a")
        BashOperator(task_id="load", bash_command="load b")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load_a", bash_command="load a")
        BashOperator(task_id="load_b", bash_command="load b")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, is_surely_task, may_coexist
from dagaudit.finding import Severity


@dag_rule("DGA103", "duplicate-task-id", Severity.HIGH, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Compare the ids of tasks and groups."""
    seen: dict[str, list[Task]] = {}
    groups = {group.group_id for group in context.dag.groups if group.group_id}
    for task in context.dag.tasks:
        if task.task_id is None or not is_surely_task(task):
            continue
        others = seen.setdefault(task.task_id, [])
        first = next((other for other in others if may_coexist(other, task)), None)
        if first is not None:
            what = f"the task at line {first.line}"
        elif task.task_id in groups:
            what = "a task group"
        else:
            what = ""
        if what:
            yield Problem(
                at(task, context),
                f"the id `{task.task_id}` is already used by {what}",
                suggestion="give it an id of its own",
                task_id=task.task_id,
            )
        others.append(task)
