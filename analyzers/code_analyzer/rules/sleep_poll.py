"""DGA315: a task sleeps until something happens.

It occupies a worker slot the whole time, starts from the beginning when it is retried, and its waiting is
seen nowhere. A sensor in reschedule mode or a deferrable operator gives the slot back while it waits.

Bad:

    import time
    from airflow.sdk import task

    @task
    def wait_for_export():
        while not export_is_ready():
            time.sleep(60)  # <- here

Good:

    import time
    from airflow.sdk import PokeReturnValue, task
    from shop.exports import export_is_ready

    @task.sensor(mode="reschedule", poke_interval=60, timeout=3600)
    def wait_for_export() -> PokeReturnValue:
        return PokeReturnValue(is_done=export_is_ready())

    @task
    def call_slow_api():
        tries = 0
        while tries < 5:
            time.sleep(2)
            tries += 1
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

MAX_WAIT_SECONDS = 60


@file_rule("DGA315", "sleep-poll", Severity.MEDIUM, tags=("reliability", "performance"))
def check(file: FileContext) -> Iterator[Problem]:
    """`time.sleep` in a `while` of task code, unless the whole wait is known to be short."""
    for call in file.calls.get("time.sleep", ()):
        loop = _while_around(file, call)
        if loop is not None and file.scopes.in_task(call) and not _is_short(loop, call):
            yield Problem(
                call,
                "the task holds its worker slot while it waits",
                "use a sensor with mode='reschedule' or a deferrable operator",
            )


def _while_around(file: FileContext, call: ast.Call) -> ast.While | None:
    for above in file.parsed.ancestors(call):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.Lambda):
            return None
        if isinstance(above, ast.While):
            return above
    return None


def _is_short(loop: ast.While, call: ast.Call) -> bool:
    seconds = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    test = loop.test
    if not isinstance(seconds, int | float) or not isinstance(test, ast.Compare):
        return False
    bounds = [each.value for each in ast.walk(test) if isinstance(each, ast.Constant)]
    numbers = [bound for bound in bounds if isinstance(bound, int | float)]
    return bool(numbers) and max(numbers) * seconds <= MAX_WAIT_SECONDS
