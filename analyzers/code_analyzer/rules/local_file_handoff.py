"""DGA316: a task reads a local file that another task wrote.

With any executor but the local one, tasks run on different machines or in different pods: the file is not
there, or it is yesterday's. It works on a laptop, and sometimes in production, when both tasks meet on one
worker.

Bad:

    from airflow.sdk import dag, task

    @dag(schedule="@daily")
    def report():
        @task
        def extract():
            with open("/tmp/orders.csv", "w") as stream:
                stream.write("1,2")

        @task
        def load():
            with open("/tmp/orders.csv") as stream:  # <- here
                print(stream.read())

        extract() >> load()

    report()

Good:

    from airflow.sdk import dag, task

    @dag(schedule="@daily")
    def report():
        @task
        def extract() -> str:
            with open("/tmp/orders.csv", "w") as stream:
                stream.write("1,2")
            with open("/tmp/orders.csv") as stream:
                print(stream.read())
            return "s3://staging/orders.csv"

        @task
        def load(path: str):
            with open("/mnt/shared/orders.csv") as stream:
                print(stream.read(), path)

        load(extract())

    report()
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.file_uses import FileUse, file_uses
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity


@file_rule(
    "DGA316",
    "local-file-handoff",
    Severity.HIGH,
    tags=("reliability", "files"),
    options={"shared_paths": ["/mnt/", "/efs/", "/nfs/", "/shared/", "/data/shared/"], "one_machine": False},
)
def check(file: FileContext) -> Iterator[Problem]:
    """The same literal absolute path, written by one task and read by another that does not write it."""
    if file.settings.option("DGA316", "one_machine"):
        return
    shared = tuple(file.settings.option("DGA316", "shared_paths"))
    uses = [use for use in file_uses(file) if not use.path.startswith(shared)]
    writers: dict[str, set[ast.AST]] = {}
    for use in uses:
        if use.writes:
            writers.setdefault(use.path, set()).update(use.tasks)
    for use in uses:
        if not use.writes and _other_wrote(use, writers.get(use.path, set())):
            yield Problem(
                use.node,
                f"{use.shown} was written by another task, which may have run on another machine",
                "hand it over by object storage, and pass its address",
            )


def _other_wrote(use: FileUse, writers: set[ast.AST]) -> bool:
    return bool(writers) and not (use.tasks & writers)
