"""DGA415: the DAG's structure comes out of `exec`, or out of a bulk update of `globals()`.

No tool can say which DAGs, tasks and ids such a file makes, so it cannot be checked; and a reader has to
run it in the head. A loop that makes DAGs in plain sight does the same.

Bad:

    from airflow.sdk import DAG

    for name in ["orders", "users"]:
        exec(f"{name} = DAG('{name}', schedule='@daily')")  # <- here

Bad:

    from airflow.sdk import DAG
    from factory import make_dags

    globals().update(make_dags("feeds.yaml"))  # <- here

Good:

    from airflow.sdk import DAG

    for name in ["orders", "users"]:
        with DAG(name, schedule="@daily"):
            pass
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

# A dict that is written out can be checked.
_MADE = (ast.Call, ast.Name, ast.DictComp)


@file_rule("DGA415", "exec-generated", Severity.LOW, tags=("maintainability",))
def check(file: FileContext) -> Iterator[Problem]:
    """Where an import runs it."""
    for call in file.calls.get("exec", ()):
        if file.scopes.at_parse(call):
            yield Problem(call, "exec() makes what no tool can check", "write it out, or use a loop")
    for name in ("globals().update", "locals().update"):
        for call in file.calls.get(name, ()):
            if file.scopes.at_parse(call) and call.args and isinstance(call.args[0], _MADE):
                yield Problem(
                    call,
                    f"{name} fills in names that no tool can check",
                    "make the DAGs in a loop of this file, each in its own `with DAG(...)`",
                )
