"""DGA607: `xcom_pull` does not say whose value it wants.

In Airflow 2 this took the newest value of any task of the run; in Airflow 3 it takes the pulling task's own,
which usually is None. The task goes on with None.

Bad:

    from airflow.sdk import task

    @task
    def report(ti=None):
        print(ti.xcom_pull(key="rows"))  # <- here

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="report", bash_command="echo {{ ti.xcom_pull(key='rows') }}")  # <- here

Good:

    from airflow.sdk import task

    @task
    def report(ti=None):
        print(ti.xcom_pull(task_ids="extract", key="rows"))
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, has_open_arguments, literal_text
from dagaudit.finding import Severity

_IN_TEMPLATE = re.compile(r"\{\{[^}]{0,300}\bxcom_pull\(\s*(?:\)|key\s*=\s*[^,()]{0,100}\))")


@file_rule(
    "DGA607", "xcom-pull-without-task", Severity.MEDIUM, tags=("migration", "xcom"), applies_from=(3, 0)
)
def check(file: FileContext) -> Iterator[Problem]:
    """Calls in task code, and templates."""
    if "xcom_pull" not in file.parsed.text:
        return
    for call in file.all(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "xcom_pull":
            named = argument(call, "task_ids", 0) is not None or has_open_arguments(call)
            if named or argument(call, "map_indexes") is not None or not file.scopes.in_task(call):
                continue
            if not _pushes_it_itself(file, call):
                yield _problem(call)
    for text in file.all(ast.Constant):
        if isinstance(text.value, str) and _IN_TEMPLATE.search(text.value):
            yield _problem(text)


def _pushes_it_itself(file: FileContext, pull: ast.Call) -> bool:
    """Whether the same function pushes that key: then its own value is what it wants."""
    key = literal_text(argument(pull, "key"))
    function = file.scopes.function(pull)
    return key is not None and any(
        isinstance(push.func, ast.Attribute)
        and push.func.attr == "xcom_push"
        and literal_text(argument(push, "key", 0)) == key
        and file.scopes.function(push) is function
        for push in file.all(ast.Call)
    )


def _problem(node: ast.AST) -> Problem:
    return Problem(node, "without task_ids, Airflow 3 pulls this task's own value", "add task_ids='…'")
