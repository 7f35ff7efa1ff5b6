"""DGA904: a training task says nothing about the resources it needs.

It runs wherever there is a slot, beside everything else: without a pool, a queue or a pod of its own,
several trainings at once take down the worker.

Bad:

    from airflow.sdk import DAG, task

    with DAG("churn", schedule="@weekly"):
        @task
        def train_model():  # <- here
            import torch
            torch.cuda.is_available()

        train_model()

Good:

    from airflow.sdk import DAG, task

    with DAG("churn", schedule="@weekly"):
        @task(pool="gpu", queue="gpu")
        def train_model():
            import torch
            torch.cuda.is_available()

        train_model()
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.ml_roles import Role, role_of
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective
from dagaudit.finding import Severity

_GIVEN_BY = ("pool", "queue", "executor_config", "executor", "resources", "max_active_tis_per_dag")
_HEAVY = frozenset(
    {"torch", "tensorflow", "keras", "jax", "lightgbm", "xgboost", "transformers", "lightning"}
)


@dag_rule("DGA904", "train-without-resources", Severity.MEDIUM, tags=("ml",))
def check(context: DagContext) -> Iterator[Problem]:
    """Only Python that trains in the worker itself, with a library that takes all it can get."""
    for task in context.dag.tasks:
        if (
            role_of(task) is not Role.TRAIN
            or task.function is None
            or task.decorator in {"task.kubernetes", "task.docker"}
        ):
            continue
        if any(effective(task, name) is not UNSET for name in _GIVEN_BY) or not _is_heavy(task):
            continue
        yield Problem(
            at(task.function, context),
            f"`{task.name}` trains in whatever worker it gets",
            suggestion="give it a pool and a queue, or run it in a pod of its own",
            task_id=task.task_id,
        )


def _is_heavy(task: Task) -> bool:
    assert task.function is not None
    owner = task.function.file
    if owner is None:
        return False
    roots = set()
    for node in ast.walk(task.function.definition):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Name) and node.id in owner.imports:
            roots.add(owner.imports[node.id].partition(".")[0])
    return bool(roots & _HEAVY)
