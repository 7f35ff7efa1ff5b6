"""DGA802: an INSERT adds the same rows again at every retry.

A task that fails after the INSERT is tried again, and a day that is cleared runs twice: the rows are there
twice, and sums are wrong without any error. Delete the day's rows first, merge, or overwrite the partition.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    with DAG("load", schedule="@daily"):
        SQLExecuteQueryOperator(
            task_id="load",
            conn_id="dwh",
            sql="INSERT INTO sales SELECT * FROM staging WHERE day = '{{ ds }}'",  # <- here
        )

Good:

    from airflow.sdk import DAG
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    with DAG("load", schedule="@daily"):
        SQLExecuteQueryOperator(
            task_id="load",
            conn_id="dwh",
            sql="DELETE FROM sales WHERE day = '{{ ds }}'; INSERT INTO sales SELECT * FROM staging_sales",
        )
        SQLExecuteQueryOperator(
            task_id="merge",
            conn_id="dwh",
            sql="INSERT INTO users VALUES (1, 'a') ON CONFLICT (id) DO NOTHING",
        )
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.sql import Statement, statements
from dagaudit.finding import Severity

_APPEND_BY_NATURE = ("LOG", "AUDIT", "HISTORY", "EVENT", "METRIC", "TMP", "TEMP", "STAGING", "STG")
_CLEARS = (("DELETE", "FROM"), ("TRUNCATE",), ("DROP", "TABLE"), ("DROP", "PARTITION"), ("MERGE", "INTO"))


@file_rule("DGA802", "insert-not-idempotent", Severity.MEDIUM, tags=("data", "idempotence", "sql"))
def check(file: FileContext) -> Iterator[Problem]:
    """INSERT INTO without anything, in the file, that clears or protects its table."""
    found = list(statements(file))
    cleared = {name for each in found for words in _CLEARS if (name := each.name_after(*words)) is not None}
    for each in found:
        table = each.name_after("INSERT", "INTO")
        if table is None or table in cleared or _is_protected(each) or _keeps_everything(table):
            continue
        yield Problem(
            each.node,
            f"INSERT INTO {table.lower().replace('template_', '…')} adds its rows again at every retry",
            "delete the run's rows first, use MERGE or ON CONFLICT, or overwrite the partition",
        )


def _is_protected(each: Statement) -> bool:
    return (
        each.has("ON", "CONFLICT")
        or each.has("ON", "DUPLICATE")
        or each.has("NOT", "EXISTS")
        or each.has("OVERWRITE")
    )


def _keeps_everything(table: str) -> bool:
    return any(word in table for word in _APPEND_BY_NATURE)
