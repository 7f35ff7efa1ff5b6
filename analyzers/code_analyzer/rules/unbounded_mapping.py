"""DGA318: a mapped task has no limit on how many of it run at once.

The number of items is known only when it runs. A thousand items then take all the slots of a cluster, or a
thousand connections of a database.

Bad:

    from airflow.sdk import DAG, task

    with DAG("report", schedule="@daily"):
        @task
        def files(): ...

        @task
        def load(file): ...

        load.expand(file=files())  # <- here

Good:

    from airflow.sdk import DAG, task

    with DAG("report", schedule="@daily"):
        @task
        def files(): ...

        @task(max_active_tis_per_dagrun=8)
        def load(file): ...

        load.expand(file=files())
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import XComArg
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective
from analyzers.code_analyzer.values import walk
from dagaudit.finding import Severity

_LIMITS = ("max_active_tis_per_dag", "max_active_tis_per_dagrun", "pool", "task_concurrency")


@dag_rule(
    "DGA318", "unbounded-mapping", Severity.MEDIUM, profile=Profile.STRICT, tags=("reliability", "mapping")
)
def check(context: DagContext) -> Iterator[Problem]:
    """Only what is mapped over the output of a task can grow."""
    for task in context.dag.tasks:
        if not task.is_mapped or any(effective(task, name) is not UNSET for name in _LIMITS):
            continue
        over = [
            argument
            for argument in task.expanded.values()
            if any(isinstance(inner, XComArg) for inner in walk(argument.value))
        ]
        if over:
            yield Problem(
                at(task, context),
                f"any number of `{task.name}` may run at once",
                suggestion="set max_active_tis_per_dagrun, or a pool",
                task_id=task.task_id,
            )
