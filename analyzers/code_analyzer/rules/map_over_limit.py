"""DGA410: a task is mapped over more items than Airflow allows.

What a task returns for others to map over may hold at most `max_map_length` items, 1024 unless configured:
the task that returns more fails. A literal list is not refused, but makes as many task instances at once.

Bad:

    from airflow.sdk import DAG, task

    with DAG("report", schedule="@daily"):
        @task
        def load(number): ...

        load.expand(number=list(range(5000)))  # <- here

Good:

    from airflow.sdk import DAG, task

    with DAG("report", schedule="@daily"):
        @task
        def load(number): ...

        load.expand(number=list(range(0, 5000, 100)))
"""

import ast
import math
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Task, XComArg
from analyzers.code_analyzer.returned import returned_expressions
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at
from analyzers.code_analyzer.values import Mapping, Sequence
from dagaudit.finding import Severity


@dag_rule(
    "DGA410", "map-over-limit", Severity.HIGH, tags=("parse-time", "mapping"), options={"max_items": 1024}
)
def check(context: DagContext) -> Iterator[Problem]:
    """Look at literals, at their product, and at tasks that return a literal range."""
    limit = context.settings.option("DGA410", "max_items")
    for task in context.dag.tasks:
        sizes = [
            len(argument.value.items)
            for argument in task.expanded.values()
            if isinstance(argument.value, Sequence | Mapping)
        ]
        if sizes and math.prod(sizes) > limit:
            yield Problem(
                at(next(iter(task.expanded.values())), context),
                f"`{task.name}` is mapped over {math.prod(sizes)} items, more than {limit}",
                suggestion="hand over batches",
                task_id=task.task_id,
                severity=Severity.MEDIUM,
            )
        for argument in task.expanded.values():
            if isinstance(argument.value, XComArg):
                yield from _returned(context, task, argument.value.task, limit)


def _returned(context: DagContext, task: Task, source: Task, limit: int) -> Iterator[Problem]:
    if source.function is None or source.function.file is not context.file.parsed:
        return
    for expression in returned_expressions(source.function):
        length = _length(expression)
        if length is not None and length > limit:
            yield Problem(
                expression,
                f"`{source.name}` returns {length} items for `{task.name}` to be mapped over, "
                f"more than {limit}: Airflow fails it",
                suggestion="return batches",
                task_id=source.task_id,
            )


def _length(expression: ast.expr) -> int | None:
    if isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name):
        if expression.func.id == "list" and len(expression.args) == 1:
            return _length(expression.args[0])
        if expression.func.id == "range":
            bounds = [item.value for item in expression.args if isinstance(item, ast.Constant)]
            numbers = [bound for bound in bounds if isinstance(bound, int)]
            return len(range(*numbers)) if numbers and len(numbers) == len(expression.args) else None
    return len(expression.elts) if isinstance(expression, ast.List) else None
