"""DGA404: files outside the DAG's own folder are read while the file is parsed.

An absolute path exists on one machine and not on the next, and a network mount that hangs stops the DAG
processor. A walk over a whole tree grows with the tree. A small configuration beside the DAG, found from
`__file__`, is the documented way and is left alone.

Bad:

    import json
    from airflow.sdk import DAG

    with open("/mnt/config/feeds.json") as stream:  # <- here
        FEEDS = json.load(stream)

Bad:

    import os
    from airflow.sdk import DAG

    for folder, _, names in os.walk("/data"):  # <- here
        print(folder)

Good:

    import json
    from pathlib import Path
    from airflow.sdk import DAG

    HERE = Path(__file__).parent
    FEEDS = json.loads((HERE / "feeds.json").read_text())

    with DAG("feeds", schedule="@daily"):
        pass

Good:

    from airflow.sdk import task

    @task
    def load():
        with open("/mnt/config/feeds.json") as stream:
            return stream.readline()
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import calls_named, text_of
from dagaudit.finding import Severity

_READS = (
    "open", "io.open", "os.listdir", "os.scandir", "glob.glob", "glob.iglob", "pathlib.Path().open",
    "pathlib.Path().read_text", "pathlib.Path().read_bytes", "pathlib.Path().iterdir", "pathlib.Path().glob",
    "pandas.read_csv", "pandas.read_excel", "pandas.read_json", "pandas.read_parquet",
)  # fmt: skip
_WALKS = ("os.walk", "pathlib.Path().rglob", "os.fwalk")


@file_rule("DGA404", "file-read-at-parse", Severity.MEDIUM, tags=("parse-time", "performance"))
def check(file: FileContext) -> Iterator[Problem]:
    """Absolute literal paths, and walks of what is not beside the file; unknown paths are left alone."""
    for name, call in calls_named(file, (*_READS, *_WALKS)):
        place = _path(call)
        if place is None or not file.scopes.at_parse(call):
            continue
        text = text_of(file, place)
        walk = name in _WALKS
        if text is None or _beside(file, place):
            continue
        if text.startswith(("/", "s3://", "gs://", "hdfs://", "\\\\")):
            what = "walks the whole tree below" if walk else "reads"
            yield Problem(
                call,
                f"{name.replace('()', '')}() {what} an absolute path at every parse of the file",
                "put it beside the DAG and find it from __file__, or read it in a task",
            )


def _path(call: ast.Call) -> ast.expr | None:
    func = call.func
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call):
        return func.value.args[0] if func.value.args else None
    return call.args[0] if call.args else None


def _beside(file: FileContext, place: ast.expr) -> bool:
    for node in ast.walk(place):
        if isinstance(node, ast.Name):
            value = file.module_values.get(node.id)
            if node.id == "__file__" or (
                value is not None and value is not place and "__file__" in ast.dump(value)
            ):
                return True
    return False
