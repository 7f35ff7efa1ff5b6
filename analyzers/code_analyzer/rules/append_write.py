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
from collections.abc import Iterator

from analyzers.code_analyzer.append_calls import appends, begun_anew, dedupes
from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity


@file_rule("DGA803", "append-write", Severity.MEDIUM, tags=("data", "idempotence"))
def check(file: FileContext) -> Iterator[Problem]:
    """In task code; functions that also delete, merge or deduplicate are left alone."""
    for call in file.all(ast.Call):
        what = appends(file, call)
        if what is None or not file.scopes.in_task(call):
            continue
        function = file.scopes.function(call)
        if function is not None and not dedupes(function) and not begun_anew(function, call):
            yield Problem(
                call,
                f"{what} adds the same data again at every retry",
                "overwrite a place that the run's date names",
            )
