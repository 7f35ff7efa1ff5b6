"""DGA134: what one DAG or call changes, the next one sees.

A default value such as `[]` is made once and shared by all calls of the function. A `default_args` dictionary
that is changed between two DAGs is copied only at its first level: nested values change under the first DAG.

Bad:

    from airflow.sdk import DAG

    def make_dag(name, tags=[]):
        tags.append(name)  # <- here
        return DAG(name, schedule="@daily", tags=tags)

    orders = make_dag("orders")
    users = make_dag("users")

Bad:

    from airflow.sdk import DAG

    defaults = {"retries": 2, "params": {"table": "orders"}}
    orders = DAG("orders", schedule="@daily", default_args=defaults)
    defaults["params"]["table"] = "users"  # <- here
    users = DAG("users", schedule="@daily", default_args=defaults)

Good:

    from airflow.sdk import DAG

    def make_dag(name, tags=None):
        return DAG(name, schedule="@daily", tags=[*(tags or []), name])

    defaults = {"retries": 2}
    orders = DAG("orders", schedule="@daily", default_args=defaults)
    users = DAG("users", schedule="@daily", default_args={**defaults, "retries": 5})
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, body_nodes, changed_name, makes_dag
from dagaudit.finding import Severity


@file_rule("DGA134", "shared-mutable-state", Severity.MEDIUM, tags=("correctness", "python"))
def check(file: FileContext) -> Iterator[Problem]:
    """Mutable defaults that the function changes, and default_args that are changed between two DAGs."""
    for function in file.functions:
        mutable = _mutable_defaults(function.args)
        if mutable:
            for node in body_nodes(function):
                name = changed_name(node)
                if name in mutable:
                    yield Problem(
                        node,
                        f"the default of `{name}` is shared by all calls of {function.name}()",
                        f"use {name}=None, and make a new one in the function",
                    )
                    break
    yield from _default_args(file)


def _mutable_defaults(parameters: ast.arguments) -> set[str]:
    positional = [*parameters.posonlyargs, *parameters.args]
    pairs = list(zip(reversed(positional), reversed(parameters.defaults), strict=False))
    named = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    pairs += [(each, value) for each, value in named if value is not None]
    return {each.arg for each, value in pairs if isinstance(value, ast.List | ast.Dict | ast.Set)}


def _default_args(file: FileContext) -> Iterator[Problem]:
    uses: dict[str, list[int]] = {}
    for call in file.all(ast.Call):
        given = argument(call, "default_args")
        if isinstance(given, ast.Name) and makes_dag(file.parsed.qualified_name(call.func)):
            uses.setdefault(given.id, []).append(call.lineno)
    for subscript in file.all(ast.Subscript):
        name = changed_name(subscript)
        # Only nested values are shared: the first level is copied when the DAG is made.
        if name in uses and isinstance(subscript.value, ast.Subscript):
            before = any(line < subscript.lineno for line in uses[name])
            after = any(line > subscript.lineno for line in uses[name])
            if before and after and file.scopes.function(subscript) is None:
                yield Problem(
                    subscript,
                    f"`{name}` was handed to a DAG above, which sees this change in its nested value",
                    "give each DAG a dictionary of its own, by copy.deepcopy or {**…}",
                )
