"""DGA808: a command deletes without a limit.

DELETE without WHERE, TRUNCATE and DROP take everything, also when the run was started for one old day. In
`rm -rf {{ … }}/` a value that is empty leaves the slash. A bucket without a prefix is all that is in it.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("clean", schedule="@daily"):
        SQLExecuteQueryOperator(task_id="old", conn_id="dwh", sql="DELETE FROM orders")  # <- here
        BashOperator(task_id="tmp", bash_command="rm -rf {{ var.value.export_dir }}/*")  # <- here
        BashOperator(task_id="lake", bash_command="aws s3 rm s3://lake --recursive")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("clean", schedule="@daily"):
        SQLExecuteQueryOperator(task_id="old", conn_id="dwh", sql="DELETE FROM orders WHERE day = '{{ ds }}'")
        SQLExecuteQueryOperator(
            task_id="rebuild",
            conn_id="dwh",
            sql="DROP TABLE IF EXISTS report; CREATE TABLE report AS SELECT 1",
        )
        BashOperator(task_id="tmp", bash_command="rm -rf /data/export/{{ ds }}")
        BashOperator(task_id="lake", bash_command="aws s3 rm s3://lake/day={{ ds }} --recursive")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.sql import Statement, statements
from analyzers.code_analyzer.syntax import text_of
from dagaudit.finding import Severity

_TEMPORARY = ("TMP", "TEMP", "STAGING", "STG", "SCRATCH", "TEST", "EXAMPLE")
_REBUILDS = (
    ("CREATE", "TABLE"),
    ("INSERT", "INTO"),
    ("CREATE", "OR", "REPLACE", "TABLE"),
    ("CREATE", "VIEW"),
)
# The variable is the beginning of the path: an empty one leaves `/*` or `/`.
_RM = re.compile(
    r"\brm\s+(?:-\w{0,8}[rRf]\w{0,8}\s{1,8}){1,4}[\"']?(?:\{\{[^}]{0,300}\}\}|\$\{?(?!\w*:\?)\w+\}?)(?:[\"']?/|\s|[\"']?$)"
)
# One command, up to what ends it in a shell.
_BUCKET_RM = re.compile(
    r"\b(?:aws\s+s3\s+rm\b(?=[^\n;&|]*\s--recursive\b)|gsutil\s+(?:-\w+\s+)*rm\b(?=[^\n;&|]*-\w*[rR])"
    r"|gcloud\s+storage\s+rm\b(?=[^\n;&|]*\s(?:-r|-R|--recursive)\b))(?P<rest>[^\n;&|]*)"
)
_WHOLE_BUCKET = re.compile(
    r"(?:s3|gs)://(?P<bucket>(?:\{\{[^}]{0,300}\}\}|[^\s/'\"{}]){1,300})(?:/?|/\*{1,2})(?=[\s'\"]|$)"
)
_LIMITS = re.compile(r"--(?:include|exclude|dryrun|dry-run)\b")


@file_rule("DGA808", "destructive-command", Severity.MEDIUM, tags=("data", "safety"))
def check(file: FileContext) -> Iterator[Problem]:
    """What is filled or made again in the same file, and temporary tables, are left alone."""
    found = list(statements(file))
    rebuilt = {name for each in found for words in _REBUILDS if (name := each.name_after(*words)) is not None}
    for each in found:
        what, table = _takes_all(each)
        if what is not None and table is not None and table not in rebuilt and not _is_temporary(table):
            shown = table.lower().replace("template_", "…")
            yield Problem(each.node, f"{what} {shown} takes everything", "limit it to the run's partition")
    for keyword in file.all(ast.keyword):
        text = text_of(file, keyword.value) if keyword.arg == "bash_command" else None
        if text is None:
            continue
        if _RM.search(text):
            yield Problem(
                keyword.value,
                "when the value is empty, this deletes from the root",
                "begin the path with a constant",
            )
        elif (bucket := _whole_bucket(text)) is not None:
            yield Problem(
                keyword.value, f"this deletes all that is in {bucket}", "limit it to the run's prefix"
            )


def _whole_bucket(command: str) -> str | None:
    """The bucket that a command empties; what is for tests or for a while may be emptied."""
    for removal in _BUCKET_RM.finditer(command):
        target = _WHOLE_BUCKET.search(removal["rest"])
        if target is not None and not _LIMITS.search(removal["rest"]):
            return None if _is_temporary(target["bucket"].upper()) else target[0].rstrip("/*")
    return None


def _takes_all(each: Statement) -> tuple[str | None, str | None]:
    if each.starts("DELETE", "FROM") and not each.has("WHERE") and not each.has("USING"):
        return "DELETE without WHERE on", each.name_after("DELETE", "FROM")
    if each.starts("TRUNCATE"):
        return "TRUNCATE of", each.name_after("TRUNCATE")
    for kind in ("TABLE", "SCHEMA", "DATABASE"):
        if each.starts("DROP", kind):
            return f"DROP {kind}", each.name_after("DROP", kind)
    return None, None


def _is_temporary(table: str) -> bool:
    return any(word in table for word in _TEMPORARY)
