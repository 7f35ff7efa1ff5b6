"""DGA801: task code builds a path, a key or a query from the clock.

A retry an hour later, or a backfill of last week, then writes today's partition: the day that failed stays
empty and today's data is doubled. The run's own date is the same at every try.

Bad:

    from datetime import datetime
    from airflow.sdk import task

    @task
    def export(frame):
        day = datetime.now().strftime("%Y-%m-%d")
        frame.to_parquet(f"s3://exports/day={day}/orders.parquet")  # <- here

Good:

    from datetime import datetime
    from airflow.sdk import task

    @task
    def export(frame, ds=None):
        started = datetime.now()
        frame.to_parquet(f"s3://exports/day={ds}/orders.parquet")
        print("took", datetime.now() - started)
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import body_nodes, last_name
from analyzers.code_analyzer.varying import CLOCKS
from dagaudit.finding import Severity

_SINKS = frozenset({
    "open", "to_csv", "to_parquet", "to_json", "to_excel", "to_pickle", "write_csv", "write_parquet",
    "put_object", "upload_file", "upload_fileobj", "upload_blob", "load_string", "load_bytes", "load_file",
    "load_file_obj", "copy_object", "execute", "executemany", "get_records", "get_first", "get_pandas_df",
    "read_sql", "run_query", "parquet", "saveAsTable", "save", "makedirs", "blob", "read_csv", "read_parquet",
    "upload_from_filename",
})  # fmt: skip
_KEYWORDS = frozenset(
    {"key", "Key", "path", "sql", "query", "dest_key", "object_name", "blob_name", "prefix", "Prefix"}
)


@file_rule("DGA801", "wall-clock-in-data", Severity.MEDIUM, tags=("data", "idempotence"))
def check(file: FileContext) -> Iterator[Problem]:
    """Clock values that flow, inside one function, into what is read or written."""
    clocks = [call for name in CLOCKS for call in file.calls.get(name, ())]
    functions = {file.scopes.function(call) for call in clocks if file.scopes.in_task(call)}
    for function in sorted(functions - {None}, key=lambda each: getattr(each, "lineno", 0)):
        assert function is not None
        tainted = _tainted(file, function)
        for node in body_nodes(function):
            if isinstance(node, ast.Call):
                for given in _data_arguments(node):
                    source = _clock_in(file, given, tainted)
                    if source is not None:
                        yield Problem(
                            node,
                            f"{source}() decides which data is meant, so a retry or a backfill means other data",
                            "use the run's date: `ds`, `logical_date` or `data_interval_start` of the context",
                        )
                        break


def _data_arguments(call: ast.Call) -> Iterator[ast.expr]:
    if last_name(call.func) in _SINKS:
        # The first two: to a sink such as put_object(Body=…) the content may well name the time.
        yield from call.args[:2]
    for keyword in call.keywords:
        if keyword.arg in _KEYWORDS:
            yield keyword.value


def _tainted(file: FileContext, function: ast.AST) -> dict[str, str]:
    tainted: dict[str, str] = {}
    for node in body_nodes(function):
        if isinstance(node, ast.Assign):
            source = _clock_in(file, node.value, tainted)
            for target in node.targets:
                if isinstance(target, ast.Name):
                    if source is not None:
                        tainted[target.id] = source
                    else:
                        tainted.pop(target.id, None)
    return tainted


def _clock_in(file: FileContext, node: ast.AST, tainted: dict[str, str]) -> str | None:
    waiting: list[ast.AST] = [node]
    while waiting:
        each = waiting.pop()
        if _is_duration(each):
            continue
        if isinstance(each, ast.Call):
            name = file.parsed.qualified_name(each.func)
            if name in CLOCKS:
                return name
        elif isinstance(each, ast.Name) and each.id in tainted:
            return tainted[each.id]
        waiting.extend(ast.iter_child_nodes(each))
    return None


def _is_duration(node: ast.AST) -> bool:
    """`now() - started` is a duration, `now() - timedelta(days=1)` a date."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub):
        return False
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    return not any(last_name(call.func) == "timedelta" for call in calls)
