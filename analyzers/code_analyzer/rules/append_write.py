"""DGA803: a write appends, so a retry writes the same data again.

Nothing tells the two copies apart afterwards. Write to a place of the run's own (a file or partition named
after its date) and overwrite it.

Bad:

    from airflow.sdk import task

    @task
    def load(frame, engine):
        frame.to_sql("sales", engine, if_exists="append")  # <- here

Bad:

    from airflow.sdk import task

    @task
    def export(frame):
        frame.write.mode("append").parquet("s3://exports/sales")  # <- here

Good:

    from airflow.sdk import task

    @task
    def load(frame, engine, ds=None):
        engine.execute("DELETE FROM sales WHERE day = %s", ds)
        frame.to_sql("sales", engine, if_exists="append")

    @task
    def export(frame, ds=None):
        frame.write.mode("overwrite").parquet(f"s3://exports/sales/day={ds}")
        with open("/var/log/export.log", "a") as stream:
            stream.write("done")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, body_nodes, last_name, literal_text, text_of
from dagaudit.finding import Severity

_DEDUPES = re.compile(
    r"\b(?:delete|truncate|merge)\b|overwrite|drop_?duplicates|dedup|replaceWhere|upsert", re.IGNORECASE
)
_LOG = re.compile(r"\blogs?\b|\.log$|audit|history", re.IGNORECASE)


@file_rule("DGA803", "append-write", Severity.MEDIUM, tags=("data", "idempotence"))
def check(file: FileContext) -> Iterator[Problem]:
    """In task code; functions that also delete, merge or deduplicate are left alone."""
    for call in file.all(ast.Call):
        what = _appends(file, call)
        if what is None or not file.scopes.in_task(call):
            continue
        function = file.scopes.function(call)
        if function is not None and not _dedupes(function):
            yield Problem(
                call,
                f"{what} adds the same data again at every retry",
                "overwrite a place that the run's date names",
            )


def _appends(file: FileContext, call: ast.Call) -> str | None:
    name = last_name(call.func)
    if name == "to_sql" and literal_text(argument(call, "if_exists")) == "append":
        return "to_sql(if_exists='append')"
    if (
        name == "mode"
        and literal_text(argument(call, "saveMode", 0)) == "append"
        and isinstance(call.func, ast.Attribute)
    ):
        return "mode('append')"
    if name == "open" and isinstance(call.func, ast.Name):
        mode = literal_text(argument(call, "mode", 1)) or ""
        path = text_of(file, argument(call, "file", 0)) or ""
        if "a" in mode and not _LOG.search(path):
            return f"open(…, '{mode}')"
    return None


def _dedupes(function: ast.AST) -> bool:
    for node in body_nodes(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _DEDUPES.search(node.value):
            return True
        if isinstance(node, ast.Attribute | ast.Name) and _DEDUPES.search(last_name(node)):
            return True
    return False
