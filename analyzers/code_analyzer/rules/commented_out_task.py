"""DGA710: a task or a dependency is commented out.

Nobody knows whether it may come back. The history keeps what was.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        load = BashOperator(task_id="load", bash_command="load")
        # load >> BashOperator(task_id="check", bash_command="check")
        # (the comment above is found)

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        load = BashOperator(task_id="load", bash_command="load")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Place, Problem, Profile, file_rule
from dagaudit.finding import Severity

_LIKE_A_TASK = re.compile(r"(Operator|Sensor)\(|\btask_id\s*=|^\s*\w+(\(\))?\s*(>>|<<)\s*[\w\[(]")


@file_rule("DGA710", "commented-out-task", Severity.LOW, profile=Profile.STRICT, tags=("ownership",))
def check(file: FileContext) -> Iterator[Problem]:
    """A comment that is Python and looks like a task."""
    if not file.dags:
        return
    for line, comment in file.parsed.comments.items():
        text = comment.lstrip("#").strip()
        if _LIKE_A_TASK.search(text) and _is_code(text):
            yield Problem(Place(line, code=comment), "a task is commented out", suggestion="remove it")


def _is_code(text: str) -> bool:
    try:
        body = ast.parse(text.rstrip(",(")).body
    except SyntaxError:
        return "Operator(" in text or "Sensor(" in text
    return bool(body)
