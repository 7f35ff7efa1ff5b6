"""DGA708: a variable holds a task of another name.

Who reads `load >> check` looks for tasks called so.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        load = BashOperator(task_id="extract", bash_command="load")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        extract = BashOperator(task_id="extract", bash_command="load")
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, Profile, file_rule
from analyzers.code_analyzer.syntax import last_name
from dagaudit.finding import Severity


@file_rule("DGA708", "variable-not-task-id", Severity.LOW, profile=Profile.STRICT, tags=("ownership",))
def check(file: FileContext) -> Iterator[Problem]:
    """Compare names with literal task ids of classic operators."""
    for node in file.all(ast.Assign):
        call, target = node.value, node.targets[0]
        if not isinstance(call, ast.Call) or not isinstance(target, ast.Name) or len(node.targets) > 1:
            continue
        if not last_name(call.func).removesuffix("Async").endswith(("Operator", "Sensor")):
            # Other things take a task_id, too: a builder of tasks, a group.
            continue
        for keyword in call.keywords:
            if keyword.arg != "task_id" or not isinstance(keyword.value, ast.Constant):
                continue
            task_id = str(keyword.value.value)
            if task_id.replace("-", "_").replace(".", "_") != target.id:
                yield Problem(node, f"`{target.id}` holds the task `{task_id}`", task_id=task_id)
