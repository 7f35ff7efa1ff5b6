"""DGA602: task code asks the context for a key that Airflow 3 no longer has.

`execution_date`, `next_ds` and their kind were removed. `context["execution_date"]` raises KeyError in the
middle of the run, `.get()` quietly yields None, and a parameter of that name is no longer filled in.

Bad:

    from airflow.sdk import task

    @task
    def load(**context):
        print(context["execution_date"])  # <- here

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.python import PythonOperator

    def load(next_ds, **kwargs):  # <- here
        print(next_ds)

    with DAG("load", schedule="@daily"):
        PythonOperator(task_id="load", python_callable=load)

Good:

    from airflow.sdk import task

    @task
    def load(**context):
        print(context["logical_date"], context["data_interval_end"])

Good:

    # target: 2.10
    from airflow.decorators import task

    @task
    def load(**context):
        print(context["execution_date"])
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.removed_keys import removed_keys, removed_parameters
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.template_names import REMOVED_IN_3
from dagaudit.finding import Edit, Fix, Severity

# Airflow 2 already filled both from the same value; that of the next run it did for scheduled runs only.
_ALWAYS_THE_SAME = {
    "execution_date": "logical_date",
    "prev_execution_date_success": "prev_data_interval_start_success",
}
_SAME_VALUE = {**_ALWAYS_THE_SAME, "next_execution_date": "data_interval_end"}


@file_rule(
    "DGA602",
    "removed-context-in-callable",
    Severity.HIGH,
    tags=("migration",),
    applies_from=(3, 0),
    fixes=edits.EITHER,
)
def check(file: FileContext) -> Iterator[Problem]:
    """Subscripts and .get() of the context, and parameters of functions that an operator calls."""
    for asking, key in removed_keys(file):
        yield _problem(asking, str(key.value), _renamed_key(file, key))
    for function, parameter in removed_parameters(file):
        yield _problem(parameter, parameter.arg, _renamed_parameter(file, function, parameter))


def _renamed_key(file: FileContext, key: ast.Constant) -> Fix | None:
    old = str(key.value)
    if old not in _SAME_VALUE:
        return None
    return _fix(old, edits.replace_word(file.parsed, key, old, _SAME_VALUE[old]))


def _renamed_parameter(
    file: FileContext, function: ast.FunctionDef | ast.AsyncFunctionDef, parameter: ast.arg
) -> Fix | None:
    old, new = parameter.arg, _SAME_VALUE.get(parameter.arg)
    names = [each for each in ast.walk(function) if isinstance(each, ast.Name)]
    inner = [each for each in ast.walk(function) if isinstance(each, ast.arg) and each.arg in (old, new)]
    if new is None or inner != [parameter] or any(each.id == new for each in names):
        return None
    line, column = edits.start(file.parsed, parameter)
    made = [edits.replace_at(line, column, old, new)]
    made += [edits.replace(file.parsed, each, new) for each in names if each.id == old]
    return _fix(old, made)


def _fix(key: str, made: list[Edit]) -> Fix | None:
    wrap = edits.safe if key in _ALWAYS_THE_SAME else edits.unsafe
    return wrap(f"use {_SAME_VALUE[key]}", *made) if made else None


def _problem(node: ast.AST, key: str, fix: Fix | None) -> Problem:
    return Problem(
        node, f"`{key}` is no longer in the context of Airflow 3", f"use {REMOVED_IN_3[key]}", fix=fix
    )
