"""DGA128: a callable made in a loop sees the last value of the loop's variable.

A function looks its names up when it runs, and a task runs after the loop has ended: every task then works on
the last item, and none of them fails.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.python import PythonOperator

    with DAG("load", schedule="@daily"):
        for table in ["orders", "users"]:
            PythonOperator(task_id=f"load_{table}", python_callable=lambda: load(table))  # <- here

Bad:

    from airflow.sdk import DAG, task

    with DAG("load", schedule="@daily"):
        for table in ["orders", "users"]:

            @task(task_id=f"load_{table}")
            def load_table():
                load(table)  # <- here

            load_table()

Good:

    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.python import PythonOperator
    from shop.tables import load

    @task
    def load_table(name: str):
        load(name)

    with DAG("load", schedule="@daily"):
        for table in ["orders", "users"]:
            PythonOperator(task_id=f"a_{table}", python_callable=lambda table=table: load(table))
            PythonOperator(task_id=f"b_{table}", python_callable=load, op_kwargs={"table": table})
            load_table.override(task_id=f"c_{table}")(table)
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.parameters import default_bound
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@file_rule("DGA128", "late-binding-callable", Severity.HIGH, tags=("correctness", "python"), fixes=edits.SAFE)
def check(file: FileContext) -> Iterator[Problem]:
    """Functions that run in a task and read a name that a loop around them sets."""
    if not file.all(ast.For):
        return
    for function in file.scopes.entry_functions:
        loops = _loops_around(file, function)
        if not loops:
            continue
        bound = set.union(*(_bound_by(loop) for loop in loops))
        uses = _free_uses(function, bound)
        if uses:
            use = min(uses, key=lambda use: (use.lineno, use.col_offset))
            made = default_bound(file.parsed, function, sorted({each.id for each in uses}))
            yield Problem(
                use,
                f"when this runs, `{use.id}` has the value of the loop's last turn",
                f"bind it now: a default `{use.id}={use.id}`, op_kwargs, or an argument of the task",
                fix=edits.safe("bind it now", *made) if made else None,
            )


def _loops_around(file: FileContext, function: _Function) -> list[ast.For]:
    """The loops between the function and the next function around it: a call of that one binds anew."""
    loops = []
    for above in file.parsed.ancestors(function):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            break
        if isinstance(above, ast.For):
            loops.append(above)
    return loops


def _bound_by(loop: ast.For) -> set[str]:
    names = {each.id for each in ast.walk(loop.target) if isinstance(each, ast.Name)}
    for statement in loop.body:
        # What is computed from the loop's variable changes with it.
        if isinstance(statement, ast.Assign) and names & {
            each.id for each in ast.walk(statement.value) if isinstance(each, ast.Name)
        }:
            names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return names


def _free_uses(function: _Function, bound: set[str]) -> list[ast.Name]:
    parameters = function.args
    own = {each.arg for each in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)}
    own |= {each.arg for each in (parameters.vararg, parameters.kwarg) if each is not None}
    body = function.body if isinstance(function.body, list) else [function.body]
    nodes = [each for part in body for each in ast.walk(part)]
    own |= {each.id for each in nodes if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)}
    return [each for each in nodes if isinstance(each, ast.Name) and each.id in bound - own]
