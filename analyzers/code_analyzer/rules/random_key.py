"""DGA806: task code writes to a place with a random name.

Each retry leaves one more copy, and whoever reads the folder reads them all. A name made from the run
(`run_id`, `ds`, the map index) is the same at every try, and the second write replaces the first.

Bad:

    import uuid
    from airflow.sdk import task

    @task
    def export(frame):
        frame.to_parquet(f"s3://exports/orders/{uuid.uuid4()}.parquet")  # <- here

Good:

    import uuid
    from airflow.sdk import task

    @task
    def export(frame, run_id=None):
        frame.to_csv(f"/tmp/{uuid.uuid4()}.csv")
        frame.to_parquet(f"s3://exports/orders/{run_id}.parquet")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.data_uses import data_uses
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.varying import RANDOM
from dagaudit.finding import Severity


@file_rule("DGA806", "random-key", Severity.LOW, tags=("data", "idempotence"))
def check(file: FileContext) -> Iterator[Problem]:
    """Random values that say what is written, unless the file sets a seed."""
    if "random.seed" in file.calls:
        return
    for call, source in data_uses(file, RANDOM):
        yield Problem(
            call,
            f"{source}() gives the data another name at every try",
            "make the name from run_id, ds or the map index",
        )
