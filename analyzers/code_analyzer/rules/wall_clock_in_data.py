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

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.data_uses import data_uses
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.varying import CLOCKS
from dagaudit.finding import Severity


@file_rule("DGA801", "wall-clock-in-data", Severity.MEDIUM, tags=("data", "idempotence"))
def check(file: FileContext) -> Iterator[Problem]:
    """Clock values that say what is read or written; logs, durations and temporary files do not count."""
    for call, source in data_uses(file, CLOCKS):
        yield Problem(
            call,
            f"{source}() decides which data is meant, so a retry or a backfill means other data",
            "use the run's date: `ds`, `logical_date` or `data_interval_start` of the context",
        )
