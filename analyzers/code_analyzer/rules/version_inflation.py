"""DGA411: a DAG or task is built from a value that differs at every parse.

Airflow compares each parse with the one before and stores a new version of the DAG when they differ. With
the time or a random number inside, every parse makes a new version: the table grows without end, and the
history of versions tells nothing any more. `start_date` is DGA202's.

Bad:

    from datetime import datetime
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    STAMP = datetime.now().isoformat()

    with DAG("export", schedule="@daily"):
        BashOperator(task_id="stamp", bash_command=f"echo {STAMP}")  # <- here

Bad:

    import uuid
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    def run_name():
        return f"run-{uuid.uuid4()}"

    with DAG("export", schedule="@daily"):
        BashOperator(task_id="stamp", bash_command="echo $NAME", env={"NAME": run_name()})  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("export", schedule="@daily"):
        BashOperator(task_id="stamp", bash_command="echo {{ ts }}")

Good:

    from datetime import datetime
    from airflow.sdk import dag, task

    @dag(schedule="@daily")
    def export():
        @task
        def stamp() -> str:
            return datetime.now().isoformat()

        stamp()

    export()
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import (
    decorator_names,
    is_task_decorator,
    makes_dag,
    makes_task,
)
from analyzers.code_analyzer.varying import DATES, VARYING, Tainted, varying_call
from dagaudit.finding import Severity


@file_rule("DGA411", "version-inflation", Severity.HIGH, tags=("parse-time", "versions"))
def check(file: FileContext) -> Iterator[Problem]:
    """Varying values that reach an argument of a DAG or a task; one finding for each DAG."""
    if not any(name in VARYING for name in file.calls):
        return
    found: dict[ast.AST | None, list[tuple[ast.expr, str]]] = {}
    for value, source in _varying_arguments(file, Tainted(file, VARYING)):
        found.setdefault(_home(file, value), []).append((value, source))
    for places in found.values():
        value, source = places[0]
        others = sorted({place.lineno for place, _ in places[1:]} - {value.lineno})
        more = f" (so on line {', '.join(map(str, others))})" if others else ""
        yield Problem(
            value,
            f"{source} differs at every parse, so each parse stores a new version of the DAG{more}",
            "use a template such as {{ ts }} or {{ run_id }}, or compute it in the task",
        )


def _varying_arguments(file: FileContext, tainted: Tainted) -> Iterator[tuple[ast.expr, str]]:
    for call in file.all(ast.Call):
        if not _builds(file, call) or not file.scopes.at_parse(call):
            continue
        given: list[tuple[str | None, ast.expr]] = [(keyword.arg, keyword.value) for keyword in call.keywords]
        for name, value in [*given, *((None, each) for each in call.args)]:
            source = None if name in DATES else _source(file, value, tainted)
            if source is not None:
                yield value, source


def _home(file: FileContext, value: ast.AST) -> ast.AST | None:
    """The `with DAG` block or the function that the value stands in."""
    for above in file.parsed.ancestors(value):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.With):
            return above
    return None


def _builds(file: FileContext, call: ast.Call) -> bool:
    name = file.parsed.qualified_name(call.func)
    if makes_task(name) or makes_dag(name) or is_task_decorator(name):
        return True
    if isinstance(call.func, ast.Name) and name is None:
        function = file.local_functions.get(call.func.id)
        decorators = decorator_names(file, function) if function is not None else ()
        return any(is_task_decorator(each) for each, _ in decorators)
    return False


def _source(file: FileContext, value: ast.expr, tainted: Tainted) -> str | None:
    return varying_call(file, value, VARYING, tainted)
