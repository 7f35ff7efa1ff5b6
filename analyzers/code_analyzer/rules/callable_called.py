"""DGA129: a callable is called where it should be handed over.

`python_callable=load()` runs `load` while the file is parsed, at every parse, and gives the operator what it
returns: None. The parentheses are one too many.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.python import PythonOperator

    def load():
        print("loading")

    with DAG("load", schedule="@daily"):
        PythonOperator(task_id="load", python_callable=load())  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.python import PythonOperator

    def load():
        print("loading")

    def loader(table):
        def load_table():
            print(table)

        return load_table

    with DAG("load", schedule="@daily"):
        PythonOperator(task_id="load", python_callable=load)
        PythonOperator(task_id="orders", python_callable=loader("orders"))
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Fix, Severity


@file_rule("DGA129", "callable-called", Severity.MEDIUM, tags=("correctness", "python"), fixes=edits.SAFE)
def check(file: FileContext) -> Iterator[Problem]:
    """Calls of functions of this file that return nothing; factories and notifiers return something."""
    for keyword in file.all(ast.keyword):
        name = keyword.arg or ""
        if name != "python_callable" and not (name.startswith("on_") and name.endswith("_callback")):
            continue
        given = keyword.value.elts if isinstance(keyword.value, ast.List) else [keyword.value]
        for each in given:
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name):
                function = file.local_functions.get(each.func.id)
                if function is not None and not function.decorator_list and not _returns(file, function):
                    yield Problem(
                        each,
                        f"{each.func.id}() runs while the file is parsed, and {name} becomes None",
                        f"write {name}={each.func.id}",
                        fix=_fix(file, each),
                    )


def _fix(file: FileContext, call: ast.Call) -> Fix | None:
    if call.args or call.keywords:
        return None
    parentheses = edits.between(edits.end(file.parsed, call.func), edits.end(file.parsed, call), "")
    return edits.safe("hand the function over", parentheses)


def _returns(file: FileContext, function: ast.AST) -> bool:
    yields: list[ast.expr] = [*file.all(ast.Yield), *file.all(ast.YieldFrom)]
    return function in file.returns or any(file.scopes.function(each) is function for each in yields)
