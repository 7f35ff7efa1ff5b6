"""DGA807: a Variable carries state from task to task or from run to run.

Two runs at the same time overwrite each other's value, a cleared task reads what a later one wrote, and
nothing shows who set it. An XCom belongs to its run; a watermark belongs to the data's own store.

Bad:

    from airflow.sdk import Variable, task

    @task
    def load():
        since = Variable.get("last_loaded")
        print(since)

    @task
    def remember():
        Variable.set("last_loaded", "2027-01-01")  # <- here

Good:

    from airflow.sdk import task

    @task
    def load(data_interval_start=None, data_interval_end=None):
        print(data_interval_start, data_interval_end)
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, text_of
from dagaudit.finding import Severity


@file_rule("DGA807", "variable-as-state", Severity.MEDIUM, tags=("data", "idempotence"))
def check(file: FileContext) -> Iterator[Problem]:
    """A key that task code sets and that this file also reads."""
    read = {text_of(file, argument(call, "key", 0)) for call in _calls(file, "get")}
    for call in _calls(file, "set"):
        key = text_of(file, argument(call, "key", 0))
        in_template = key is not None and f"var.value.{key}" in file.parsed.text
        if key is not None and (key in read or in_template) and file.scopes.in_task(call):
            yield Problem(
                call,
                f"the Variable {key!r} carries state that concurrent runs overwrite",
                "return it as an XCom, use the run's data interval, or keep it with the data",
            )


def _calls(file: FileContext, method: str) -> list[ast.Call]:
    return [
        call
        for name, calls in file.calls.items()
        if name.startswith("airflow") and name.endswith(f"Variable.{method}")
        for call in calls
    ]
