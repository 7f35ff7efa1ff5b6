"""DGA503: values go into SQL as text.

Whoever can trigger the DAG, or can write what the task reads, can write SQL: `1; DROP TABLE orders` is a fine
order number. Hand values over as parameters, the driver quotes them. Names of tables from constants are left
alone.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    with DAG("clean", schedule=None):
        SQLExecuteQueryOperator(
            task_id="delete",
            conn_id="shop",
            sql="DELETE FROM orders WHERE customer = '{{ params.customer }}'",  # <- here
        )

Bad:

    from airflow.sdk import task
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    @task
    def count(customer: str):
        hook = PostgresHook("shop")
        return hook.get_first(f"SELECT count(*) FROM orders WHERE customer = '{customer}'")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    with DAG("clean", schedule=None):
        SQLExecuteQueryOperator(
            task_id="delete",
            conn_id="shop",
            sql="DELETE FROM orders WHERE customer = %(customer)s AND day = '{{ ds }}'",
            parameters={"customer": "{{ params.customer }}"},
        )

Good:

    from airflow.sdk import task
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    SCHEMA = "shop"

    @task
    def count(customer: str):
        hook = PostgresHook("shop")
        return hook.get_first(f"SELECT count(*) FROM {SCHEMA}.orders WHERE customer = %s", [customer])
"""

import ast
import re
from collections.abc import Iterator, Sequence

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import HOLE, argument, last_name, text_of
from dagaudit.finding import Severity

_RUNS = frozenset({
    "execute", "executemany", "run", "get_records", "get_first", "get_pandas_df", "get_df", "read_sql",
    "read_sql_query", "insert_rows", "query", "sql", "run_query", "text",
})  # fmt: skip
_SQL = re.compile(
    r"^\s*(?:--[^\n]*\n\s*)*(?:select|insert|update|delete|merge|with|call|create|drop|alter|truncate)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"(?:=|<|>|\bin\s*\(|\bvalues\s*\(|\blike|\bbetween|\band)\s*(?:['\"][^'\"]{0,300})?\0", re.IGNORECASE
)
_FORMAT = re.compile(r"\{[^{}]{0,100}\}")
_PERCENT = re.compile(r"%(?:\(\w+\))?[sdr]")
_USER_INPUT = re.compile(r"\{\{[^}]{0,300}\b(?:params\s*[.\[]|dag_run\.conf|conf\s*[.\[])")
# Airflow makes these itself, no user can put SQL into them.
_SAFE = re.compile(
    r"^(?:ds|ts|ds_nodash|ts_nodash|logical_date|execution_date|data_interval_(?:start|end)|start|end|day|date"
    r"|year|month|hour|limit|offset|batch_size|n|i|idx|index|count|size)$|_(?:date|ts|day|at|size|limit)$"
)


@file_rule("DGA503", "sql-injection", Severity.MEDIUM, tags=("security", "sql"))
def check(file: FileContext) -> Iterator[Problem]:
    """SQL with user-given template values, or built in task code from values that are not constants."""
    for call in file.all(ast.Call):
        for given in _statements(call):
            text = _text(file, given)
            if text is None or not _SQL.match(text):
                continue
            if _USER_INPUT.search(text):
                yield _problem(given, "what the user gives to the run")
            elif HOLE in text and file.scopes.in_task(call) and _holes_in_value(file, given, text):
                yield _problem(given, "a value that is known only at run time")


def _problem(node: ast.AST, what: str) -> Problem:
    return Problem(
        node, f"{what} goes into SQL as text", "hand it over by `parameters=`, with a placeholder in the SQL"
    )


def _statements(call: ast.Call) -> Iterator[ast.expr]:
    for name in ("sql", "query", "hql"):
        given = argument(call, name)
        if given is not None:
            yield from given.elts if isinstance(given, ast.List | ast.Tuple) else (given,)
    if last_name(call.func) in _RUNS and call.args:
        yield call.args[0]


def _text(file: FileContext, node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        text = text_of(file, node.func.value)
        filled = [*node.args, *(keyword.value for keyword in node.keywords)]
        return _FORMAT.sub(HOLE, text) if text is not None and not _all_fixed(file, filled) else text
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        text = text_of(file, node.left)
        filled = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return _PERCENT.sub(HOLE, text) if text is not None and not _all_fixed(file, filled) else text
    return text_of(file, node)


def _all_fixed(file: FileContext, nodes: Sequence[ast.expr]) -> bool:
    return all(isinstance(node, ast.Constant) or text_of(file, node) is not None for node in nodes)


def _holes_in_value(file: FileContext, node: ast.expr, text: str) -> bool:
    """Whether a hole stands where SQL expects a value; where it expects a name, no parameter could stand."""
    if not _VALUE.search(text):
        return False
    if isinstance(node, ast.JoinedStr):
        holes = [each.value for each in node.values if isinstance(each, ast.FormattedValue)]
        return any(text_of(file, hole) is None and not _safe(hole) for hole in holes)
    return True


def _safe(hole: ast.expr) -> bool:
    if isinstance(hole, ast.Call):
        # len(x), int(x), x.strftime(…) yield no quotes.
        return last_name(hole.func) in {
            "int",
            "len",
            "float",
            "strftime",
            "isoformat",
            "date",
            "to_date_string",
        }
    if isinstance(hole, ast.Subscript) and isinstance(hole.slice, ast.Constant):
        return bool(_SAFE.search(str(hole.slice.value)))
    # By convention a constant, wherever it comes from.
    return last_name(hole).isupper() or bool(_SAFE.search(last_name(hole)))
