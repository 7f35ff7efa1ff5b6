"""DGA613: a shell command calls a part of Airflow's command line that Airflow 3 no longer has.

`airflow db init`, `airflow webserver` or `airflow dags backfill` end with an error there. Tasks also must not
change Airflow's database any more; what they want is better asked of its API.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("housekeeping", schedule="@daily"):
        BashOperator(task_id="upgrade", bash_command="airflow db upgrade")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("housekeeping", schedule="@daily"):
        BashOperator(task_id="upgrade", bash_command="airflow db migrate")

Good:

    # target: 2.10
    from airflow.models.dag import DAG
    from airflow.operators.bash import BashOperator

    with DAG("housekeeping", schedule="@daily"):
        BashOperator(task_id="upgrade", bash_command="airflow db upgrade")
"""

import ast
import re
from collections.abc import Iterator
from itertools import takewhile

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import literal_text
from dagaudit.finding import Severity

_GONE = {
    "db init": "airflow db migrate",
    "db upgrade": "airflow db migrate",
    "dags backfill": "airflow backfill create",
    "tasks run": "airflow tasks test, or the API",
    "webserver": "airflow api-server",
    "providers auth": "airflow providers auth-managers",
    # Of Airflow 1.10, and gone since 2.0.
    "initdb": "airflow db migrate",
    "upgradedb": "airflow db migrate",
    "resetdb": "airflow db reset",
    "checkdb": "airflow db check",
    "trigger_dag": "airflow dags trigger",
    "delete_dag": "airflow dags delete",
    "list_dags": "airflow dags list",
    "list_dag_runs": "airflow dags list-runs",
    "list_tasks": "airflow tasks list",
    "dag_state": "airflow dags state",
    "task_state": "airflow tasks state",
    "task_failed_deps": "airflow tasks failed-deps",
    "show_dag": "airflow dags show",
    "backfill -": "airflow backfill create",
    "create_user": "airflow users create, which needs the FAB provider",
    "worker": "airflow celery worker",
    "flower": "airflow celery flower",
}
# At the start of a command: a sentence that speaks of Airflow is none.
_COMMAND = re.compile(
    r"(?:^|[;&|(`]|\n|\bsudo\s|\bexec\s|\bthen\s|\bdo\s)\s*airflow\s+("
    + "|".join(map(re.escape, _GONE))
    + r")(?![\w-])"
)
_ARGUMENTS = frozenset({"bash_command", "command", "cmds", "arguments", "args"})
_RUNS_COMMANDS = re.compile(r"(?:subprocess\.\w+|os\.(?:system|popen))")


@file_rule("DGA613", "removed-command", Severity.HIGH, applies_from=(3, 0), tags=("migration",))
def check(file: FileContext) -> Iterator[Problem]:
    """Texts and lists that are run as commands: arguments of operators, subprocess, os.system, @task.bash."""
    if "airflow" not in file.parsed.text:
        return
    for node, text in _texts(file):
        if _is_command(file, node):
            found = _COMMAND.search(text)
            if found:
                yield Problem(
                    node,
                    f"Airflow 3 has no command `airflow {found[1].rstrip(' -')}`",
                    f"use {_GONE[found[1]]}",
                )


def _texts(file: FileContext) -> Iterator[tuple[ast.expr, str]]:
    """Strings that name Airflow, and the words of `["airflow", "db", "init"]`."""
    for text in file.all(ast.Constant):
        if isinstance(text.value, str) and "airflow " in text.value:
            yield text, text.value
    for words in file.all(ast.List):
        if words.elts and literal_text(words.elts[0]) == "airflow":
            plain = takewhile(lambda word: word is not None, map(literal_text, words.elts))
            yield words, " ".join(word for word in plain if word is not None)


def _is_command(file: FileContext, text: ast.expr) -> bool:
    for outer in file.parsed.ancestors(text):
        if isinstance(outer, ast.keyword):
            return outer.arg in _ARGUMENTS
        if isinstance(outer, ast.Call):
            return bool(_RUNS_COMMANDS.fullmatch(file.parsed.qualified_name(outer.func) or ""))
        if isinstance(outer, ast.Return):
            function = file.parsed.enclosing_function(outer)
            return function is not None and any(
                "bash" in ast.unparse(each) for each in getattr(function, "decorator_list", ())
            )
        if isinstance(outer, ast.Assign):
            return any(
                isinstance(target, ast.Name) and target.id.lower().endswith(("command", "cmd"))
                for target in outer.targets
            )
        if isinstance(outer, ast.stmt):
            return False
    return False
