"""DGA113: a branch returns the id of a task that does not follow it.

An id that does not exist fails the branch when it runs; one that is not directly downstream is ignored, and
everything directly downstream is skipped.

Bad:

    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        @task.branch
        def choose(day: int):
            return "full_load" if day == 1 else "delta"  # <- here

        choose(1) >> [EmptyOperator(task_id="full_load"), EmptyOperator(task_id="delta_load")]

Good:

    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        @task.branch
        def choose(day: int):
            return "full_load" if day == 1 else "delta_load"

        choose(1) >> [EmptyOperator(task_id="full_load"), EmptyOperator(task_id="delta_load")]
"""

import ast
import difflib
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.returned import returned_strings
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import is_branch, tasks_known
from analyzers.code_analyzer.values import Value
from dagaudit.finding import Severity


@dag_rule("DGA113", "branch-target-missing", Severity.HIGH, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Compare what branch callables return with what follows them."""
    if not tasks_known(context.dag):
        return
    for task in context.dag.tasks:
        if task.function is None or task.is_mapped or not is_branch(task):
            continue
        following = _following(task)
        for node, target in returned_strings(task.function):
            if target not in following:
                yield _problem(context, task, node, target)


def _problem(context: DagContext, task: Task, node: ast.Constant, target: str) -> Problem:
    exists = context.dag.task(target) is not None
    close = difflib.get_close_matches(target, sorted(_following(task)), n=1)
    return Problem(
        Value(node=node, file=task.function.file if task.function else None),
        f"the branch `{task.name}` returns `{target}`, "
        + ("which does not directly follow it" if exists else "but the DAG has no such task"),
        suggestion=f"did you mean `{close[0]}`?" if close else "return the full id of a task that follows it",
        task_id=task.task_id,
    )


def _following(task: Task) -> set[str]:
    """Ids of the tasks right after it, and of the groups that they begin."""
    found: set[str] = set()
    for after in task.downstream:
        if after.task_id:
            found.add(after.task_id)
        group = after.group
        while group is not None:
            if group.group_id:
                found.add(group.group_id)
            group = group.parent
    return found
