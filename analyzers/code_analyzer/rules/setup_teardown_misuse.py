"""DGA126: a setup or a teardown is used in a way that Airflow refuses.

What follows a setup keeps the rule all_success; a teardown's rule cannot be chosen; no task is both.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        cluster = EmptyOperator(task_id="cluster").as_setup()
        train = EmptyOperator(task_id="train", trigger_rule="all_done")  # <- here
        cluster >> train

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        cluster = EmptyOperator(task_id="cluster").as_setup()
        train = EmptyOperator(task_id="train")
        cluster >> train
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, trigger_rule
from dagaudit.finding import Severity


@dag_rule("DGA126", "setup-teardown-misuse", Severity.HIGH, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at marks and rules."""
    for task in context.dag.tasks:
        rule = task.arguments.get("trigger_rule")
        if task.is_setup and task.is_teardown:
            yield Problem(
                at(task, context),
                f"`{task.name}` is marked both as setup and as teardown",
                suggestion="keep one of the marks",
                task_id=task.task_id,
            )
        elif (
            task.is_teardown and task.decorator is not None and rule is not None and rule.keyword is not None
        ):
            yield Problem(
                at(rule, context),
                f"`{task.name}` is a teardown, whose trigger rule cannot be chosen",
                suggestion="remove trigger_rule",
                task_id=task.task_id,
            )
        elif not task.is_teardown and trigger_rule(task) not in (None, "all_success"):
            setup = next((up for up in task.upstream if up.is_setup), None)
            if setup is not None:
                yield Problem(
                    at(task.effective("trigger_rule") or task, context),
                    f"`{task.name}` follows the setup `{setup.name}` with the rule {trigger_rule(task)}; "
                    "only all_success is allowed",
                    suggestion="remove trigger_rule, or put a task between them",
                    task_id=task.task_id,
                )
