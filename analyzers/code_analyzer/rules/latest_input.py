"""DGA805: a task reads whatever is the latest, not what its run is about.

A run that is repeated next week reads other data than the first time, and a late run skips a day.

Bad:

    from airflow.sdk import task
    import glob

    @task
    def load() -> str:
        return max(glob.glob("/data/orders_*.csv"), key=str)  # <- here

Good:

    from airflow.sdk import task

    @task
    def load(ds=None) -> str:
        return f"/data/orders_{ds}.csv"
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, Profile, file_rule
from analyzers.code_analyzer.syntax import argument, last_name, text_of
from dagaudit.finding import Severity

_MAX_SQL = 20_000
_LATEST_ROWS = re.compile(
    r"=\s*\(\s*select\s+max\s*\(\s*[\w.\"`]*(?:date|day|_at|_ts|time\w*|partition\w*)[\"`]?\s*\)"
    r"|\border\s+by\s+[\w.\"`]*(?:date|day|_at|_ts|time\w*)[\"`]?\s+desc\s+limit\s+1\b",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"(?:glob\.i?glob|os\.(?:listdir|scandir))\(\)|pathlib\.\w*Path\(\)\.(?:r?glob|iterdir)\(\)"
    r"|.*\.(?:list_keys|list_blobs|list_objects(?:_v2)?|list_files|list_directory)\(\)"
)
_PATH = re.compile(r"(?:^|[/_.=-])latest(?:[/_.-]|$)", re.IGNORECASE)
_READS = frozenset({
    "read_csv", "read_parquet", "read_json", "read_excel", "read_key", "download_file", "download_fileobj",
    "get_object", "get_key", "parquet",
})  # fmt: skip


@file_rule("DGA805", "latest-input", Severity.LOW, profile=Profile.STRICT, tags=("data", "idempotence"))
def check(file: FileContext) -> Iterator[Problem]:
    """In task code: the last of a listing, the newest rows of a table, a path called latest."""
    for node in file.all(ast.Call):
        if file.scopes.in_task(node) and (_newest_of_list(file, node) or _reads_latest(file, node)):
            yield _problem(node)
    for subscript in file.all(ast.Subscript):
        if file.scopes.in_task(subscript) and _end_of_sorted(file, subscript):
            yield _problem(subscript)
    for keyword in file.all(ast.keyword):
        if keyword.arg in {"sql", "query", "hql"} and _newest_rows(text_of(file, keyword.value)):
            yield _problem(keyword.value)


def _problem(node: ast.AST) -> Problem:
    return Problem(
        node, "it reads the latest there is, whatever the run is about", "name the data by the run's date"
    )


def _newest_of_list(file: FileContext, call: ast.Call) -> bool:
    is_end = isinstance(call.func, ast.Name) and call.func.id in {"max", "min"}
    return is_end and bool(call.args) and _is_listing(file, call.args[0])


def _end_of_sorted(file: FileContext, subscript: ast.Subscript) -> bool:
    """`sorted(listing)[-1]`, or `[0]` of one that is sorted the other way round."""
    value = subscript.value
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "sorted"):
        return False
    return (
        ast.unparse(subscript.slice) in {"-1", "0"} and bool(value.args) and _is_listing(file, value.args[0])
    )


def _is_listing(file: FileContext, node: ast.expr) -> bool:
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        node = node.generators[0].iter
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"list", "filter"}:
        node = node.args[-1] if node.args else node
    name = file.names.of(node)
    return name is not None and _LISTS.fullmatch(name) is not None


def _reads_latest(file: FileContext, call: ast.Call) -> bool:
    method = last_name(call.func)
    if (
        method in {"execute", "get_records", "get_first", "get_pandas_df", "get_df", "read_sql", "run"}
        and call.args
    ):
        return _newest_rows(text_of(file, call.args[0]))
    if method not in _READS:
        return False
    given = [*call.args[:2], argument(call, "key"), argument(call, "Key"), argument(call, "path")]
    texts = [text_of(file, each) for each in given if each is not None]
    return any(text is not None and _PATH.search(text) for text in texts)


def _newest_rows(text: str | None) -> bool:
    return text is not None and len(text) <= _MAX_SQL and _LATEST_ROWS.search(text) is not None
