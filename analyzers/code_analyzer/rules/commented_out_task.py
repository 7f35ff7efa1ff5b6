"""DGA710: a task is commented out.

Nobody knows whether it is to come back, and the next change does not keep it working. The repository's
history remembers it better.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("load", schedule="@daily"):
        load = BashOperator(task_id="load", bash_command="load")
        # check = BashOperator(task_id="check", bash_command="check")  # <- here
        # load >> check  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("load", schedule="@daily"):
        # BashOperator, because the loader is a shell script.
        load = BashOperator(task_id="load", bash_command="load")
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Place, Problem, Profile, file_rule
from dagaudit.finding import Severity

_TASK = re.compile(
    r"^#\s*(?:\w+\s*=\s*)?\w+(?:Operator|Sensor)\("
    r"|^#\s*[\w\[][\w\[\], ]*\s*(?:>>|<<)\s*[\w\[][\w\[\], ]*\s*(?:#.*)?$"
)

_MAYBE = re.compile(r"#.*(?:Operator\(|Sensor\(|>>|<<)")


@file_rule("DGA710", "commented-out-task", Severity.LOW, profile=Profile.STRICT, tags=("style",))
def check(file: FileContext) -> Iterator[Problem]:
    """Comments that are an operator's call or a dependency, and nothing else."""
    # Finding the comments is dear, and most files have none like that.
    if not _MAYBE.search(file.parsed.text):
        return
    for line, comment in sorted(file.parsed.comments.items()):
        if _TASK.match(comment):
            column = file.parsed.line(line).rfind(comment) + 1
            yield Problem(Place(line, column, line, code=comment), "this task is commented out", "remove it")
