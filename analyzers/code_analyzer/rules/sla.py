"""DGA606: an SLA is set, which Airflow 3 ignores.

`sla` and `sla_miss_callback` are accepted and do nothing: nobody is told any more when the task is late.
Since 3.1 a DAG has `deadline=` for it.

Bad:

    from datetime import timedelta
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("load", schedule="@daily", default_args={"sla": timedelta(hours=2)}):  # <- here
        BashOperator(task_id="load", bash_command="load", sla=timedelta(hours=1))  # <- here

Good:

    from airflow.sdk import DAG, AsyncCallback, DeadlineAlert, DeadlineReference
    from datetime import timedelta

    late = DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=2),
        callback=AsyncCallback("alerts.tell"),
    )
    with DAG("load", schedule="@daily", deadline=late):
        pass
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.arguments import remove_argument
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import is_task_decorator, makes_dag, makes_task
from dagaudit.finding import Severity

_REMOVED = frozenset({"sla", "sla_miss_callback"})


@file_rule(
    "DGA606", "sla", Severity.HIGH, tags=("migration", "alerts"), applies_from=(3, 0), fixes=edits.UNSAFE
)
def check(file: FileContext) -> Iterator[Problem]:
    """In calls that make DAGs and tasks, and in default_args."""
    for keyword in file.all(ast.keyword):
        if keyword.arg in _REMOVED:
            call = file.parsed.parent(keyword)
            name = file.parsed.qualified_name(call.func) if isinstance(call, ast.Call) else None
            if makes_task(name) or makes_dag(name) or is_task_decorator(name):
                yield _problem(file, keyword, keyword.arg)
    for node in file.all(ast.Dict):
        for key in node.keys:
            if isinstance(key, ast.Constant) and key.value in _REMOVED and _is_default_args(file, node):
                yield _problem(file, key, str(key.value))


def _is_default_args(file: FileContext, node: ast.Dict) -> bool:
    parent = file.parsed.parent(node)
    if isinstance(parent, ast.keyword):
        return parent.arg == "default_args"
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    return any(isinstance(target, ast.Name) and "args" in target.id.lower() for target in targets)


def _problem(file: FileContext, node: ast.keyword | ast.Constant, name: str) -> Problem:
    holder = file.parsed.parent(node)
    made = remove_argument(file.parsed, holder, node) if isinstance(holder, ast.Call | ast.Dict) else []
    return Problem(
        node,
        f"Airflow 3 accepts `{name}` and does nothing with it",
        "use `deadline=` of the DAG (3.1)",
        # Unsafe: once it is gone, nobody is reminded that an alert was wanted.
        fix=edits.unsafe(f"remove {name}", *made) if made else None,
    )
