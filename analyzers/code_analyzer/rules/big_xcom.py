"""DGA413: a task returns a whole data set, which goes through the metadata database.

What a task returns is stored as an XCom: serialised into a row of Airflow's own database, and read back by
the next task. Thousands of rows make that database slow for everybody, or fail the task when they exceed
its limit. Pass where the data is, not the data.

Bad:

    from airflow.sdk import dag, task
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    @dag(schedule="@daily")
    def export():
        @task
        def rows():
            return PostgresHook("shop").get_records("SELECT * FROM orders")  # <- here

        rows()

    export()

Bad:

    import pandas as pd
    from airflow.sdk import task

    @task
    def load():
        frame = pd.read_csv("s3://exports/orders.csv")
        return frame  # <- here

Good:

    import pandas as pd
    from airflow.sdk import task

    @task
    def load() -> str:
        frame = pd.read_csv("s3://exports/orders.csv")
        frame.to_parquet("s3://staging/orders.parquet")
        return "s3://staging/orders.parquet"

Good:

    import pandas as pd
    from airflow.sdk import task

    @task(do_xcom_push=False)
    def load():
        return pd.read_csv("s3://exports/orders.csv")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, decorator_names, is_false, literal_text
from dagaudit.finding import Severity

_WHOLE = re.compile(
    r"(?:pandas|polars)\.(?:read_(?!clipboard)\w+|DataFrame|concat|merge)"
    r"|.*\.(?:collect|toPandas|fetchall|get_records|get_pandas_df\w*|get_df|to_pandas|fetch_arrow_table|to_dataframe)"
    r"|requests\.\w+\(\)\.content"
)
_WHOLE_METHODS = frozenset({"collect", "toPandas", "fetchall", "get_records", "get_pandas_df"})
_LIMITED = re.compile(r"\bLIMIT\s+\d{1,3}\b|\b(?:count|sum|max|min|avg)\s*\(", re.IGNORECASE)


@file_rule(
    "DGA413",
    "big-xcom",
    Severity.MEDIUM,
    tags=("performance", "xcom"),
    options={"object_storage_backend": False},
)
def check(file: FileContext) -> Iterator[Problem]:
    """Returns of frames and result sets by functions that an operator calls."""
    if file.settings.option("DGA413", "object_storage_backend"):
        return
    for function in file.scopes.entry_functions:
        if file.scopes.is_callback(function) or _keeps_to_itself(file, function):
            continue
        for node in file.returns.get(function, ()):
            name = _name(file, node.value)
            if name is None or not _WHOLE.fullmatch(name.removesuffix("()")) or _is_small(node):
                continue
            shown = name.removesuffix("()").replace("()", "").removeprefix(".")
            yield Problem(
                node,
                f"the result of {shown}() is stored whole in the metadata database as an XCom",
                "write it to storage and return its address, or set do_xcom_push=False",
            )


def _keeps_to_itself(file: FileContext, function: ast.AST) -> bool:
    return any(
        isinstance(decorator, ast.Call) and is_false(argument(decorator, "do_xcom_push"))
        for _, decorator in decorator_names(file, function)
    )


def _name(file: FileContext, node: ast.expr | None) -> str | None:
    name = file.names.of(node) if node is not None else None
    if name is None and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        # Of an object that we do not know, the method's name says enough.
        return f".{node.func.attr}" if node.func.attr in _WHOLE_METHODS else None
    return name


def _is_small(node: ast.AST) -> bool:
    texts = [literal_text(each) for each in ast.walk(node)]
    return any(text is not None and _LIMITED.search(text) for text in texts)
