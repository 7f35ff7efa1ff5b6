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
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import last_name
from analyzers.code_analyzer.template_names import REMOVED_IN_3
from dagaudit.finding import Edit, Fix, Severity

_CONTEXTS = frozenset({"context", "kwargs", "ctx", "ti_context", "_context"})
# Airflow 2 already filled both from the same value; that of the next run it did for scheduled runs only.
_ALWAYS_THE_SAME = {
    "execution_date": "logical_date",
    "prev_execution_date_success": "prev_data_interval_start_success",
}
_SAME_VALUE = {**_ALWAYS_THE_SAME, "next_execution_date": "data_interval_end"}
_ASKS = frozenset({"get", "pop"})


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
    for subscript in file.all(ast.Subscript):
        key = _removed(subscript.slice)
        if key is not None and _is_context(file, subscript.value) and file.scopes.in_task(subscript):
            yield _problem(subscript, key, _renamed_key(file, subscript.slice))
    for call in file.all(ast.Call):
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr in _ASKS and call.args:
            key = _removed(call.args[0])
            if key is not None and _is_context(file, func.value) and file.scopes.in_task(call):
                yield _problem(call, key, _renamed_key(file, call.args[0]))
    given = {each.value for each in file.all(ast.Constant) if isinstance(each.value, str)}
    for function in file.scopes.entry_functions:
        if (
            isinstance(function, ast.Lambda)
            or file.scopes.is_callback(function)
            or _is_called(file, function)
        ):
            continue
        for parameter in (*function.args.args, *function.args.kwonlyargs):
            # Where op_kwargs name it, the DAG itself gives the value.
            if parameter.arg in REMOVED_IN_3 and parameter.arg not in given and parameter.arg != "conf":
                yield _problem(parameter, parameter.arg, _renamed_parameter(file, function, parameter))


def _removed(key: ast.AST) -> str | None:
    value = key.value if isinstance(key, ast.Constant) else None
    return value if isinstance(value, str) and value in REMOVED_IN_3 else None


def _is_context(file: FileContext, node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return last_name(node.func) == "get_current_context"
    if not isinstance(node, ast.Name):
        return False
    if node.id in _CONTEXTS:
        return True
    function = file.scopes.function(node)
    kwarg = getattr(getattr(function, "args", None), "kwarg", None)
    return kwarg is not None and kwarg.arg == node.id


def _is_called(file: FileContext, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the DAG calls it with arguments of its own, as a @task or as a helper."""
    return any(
        isinstance(call.func, ast.Name) and call.func.id == function.name and bool(call.args or call.keywords)
        for call in file.all(ast.Call)
    )


def _renamed_key(file: FileContext, key: ast.AST) -> Fix | None:
    if not isinstance(key, ast.Constant) or key.value not in _SAME_VALUE:
        return None
    made = edits.replace_word(file.parsed, key, key.value, _SAME_VALUE[key.value])
    return _fix(key.value, made)


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
