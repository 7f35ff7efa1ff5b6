"""DGA321: a task ends the whole process.

`sys.exit` raises SystemExit, which Airflow takes for a killed task: no reason is shown, and `exit(0)` in the
middle of a function hides what was not done. `os._exit` even skips the upload of the log.

Bad:

    import sys
    from airflow.sdk import task

    @task
    def check_orders(count: int):
        if count == 0:
            sys.exit(1)  # <- here

Good:

    import sys
    from airflow.sdk import task
    from airflow.sdk.exceptions import AirflowFailException

    @task
    def check_orders(count: int):
        if count == 0:
            raise AirflowFailException("no orders today")

    if __name__ == "__main__":
        sys.exit(0)
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import calls_named
from dagaudit.finding import Severity

_EXITS = ("sys.exit", "os._exit", "os.abort", "exit", "quit")


@file_rule("DGA321", "sys-exit", Severity.MEDIUM, tags=("reliability", "errors"))
def check(file: FileContext) -> Iterator[Problem]:
    """In task code."""
    for name, call in calls_named(file, _EXITS):
        if file.scopes.in_task(call):
            yield Problem(
                call,
                f"{name}() ends the process instead of failing the task with a reason",
                "raise AirflowFailException or AirflowSkipException with the reason",
            )
