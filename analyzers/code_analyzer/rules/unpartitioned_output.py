"""DGA804: every run of a scheduled DAG writes to the same place.

Each run overwrites what the one before has written: there is no history, and a repeated old run replaces new
data by old.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.amazon.aws.operators.s3 import S3CreateObjectOperator

    with DAG("export", schedule="@daily"):
        S3CreateObjectOperator(
            task_id="write",
            s3_bucket="lake",
            s3_key="exports/orders.csv",  # <- here
            data="…",
        )

Good:

    from airflow.sdk import DAG
    from airflow.providers.amazon.aws.operators.s3 import S3CreateObjectOperator

    with DAG("export", schedule="@daily"):
        S3CreateObjectOperator(
            task_id="write", s3_bucket="lake", s3_key="exports/day={{ ds }}/orders.csv", data="…"
        )
        S3CreateObjectOperator(task_id="point", s3_bucket="lake", s3_key="exports/latest.json", data="{}")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Argument, Task
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import Where, at, recurs
from analyzers.code_analyzer.syntax import HOLE, argument, body_nodes, last_name, text_of
from dagaudit.finding import Severity

_WRITERS = re.compile(
    r"\w+To(?:S3|GCS|Gcs|Wasb|AzureBlobStorage|ADLS|Sftp|SFTP)\w*Operator|S3CreateObjectOperator|S3CopyObjectOperator"
    r"|LocalFilesystemTo\w+Operator|RedshiftToS3Operator"
)
_PLACES = (
    "s3_key", "dest_key", "dest_bucket_key", "destination_object", "filename", "dst", "blob_name",
    "object_name", "destination_path", "remote_filepath", "key",
)  # fmt: skip
_METHODS = frozenset({"to_csv", "to_parquet", "to_json", "write_parquet", "write_csv"})
# One place on purpose, or no file at all.
_ON_PURPOSE = re.compile(
    r"latest|current|snapshot|state|status|cache|master|dim_|lookup|tmp|temp", re.IGNORECASE
)
_IS_FILE = re.compile(r"\.\w{2,8}$")


@dag_rule(
    "DGA804", "unpartitioned-output", Severity.LOW, profile=Profile.STRICT, tags=("data", "idempotence")
)
def check(context: DagContext) -> Iterator[Problem]:
    """Operators that write objects, and frames that task functions write to a constant path."""
    if not recurs(context.dag.schedule, context.settings.target):
        return
    for task in context.dag.tasks:
        for where, place in _writes(context, task):
            if (
                _IS_FILE.search(place)
                and not _ON_PURPOSE.search(place)
                and not any(c in place for c in "{%$*")
            ):
                yield Problem(
                    where,
                    f"every run writes to `{place}`, over what the run before has written",
                    suggestion="name the run's date in it, as day={{ ds }}",
                    task_id=task.task_id,
                )
                break


def _writes(context: DagContext, task: Task) -> Iterator[tuple[Where, str]]:
    if _WRITERS.fullmatch(task.operator) and not task.is_mapped:
        given = next((task.arguments[name] for name in _PLACES if name in task.arguments), None)
        text = given.value.plain() if isinstance(given, Argument) and given.value.known else None
        if isinstance(text, str):
            yield at(given, context), text
    if task.function is None or task.is_mapped or task.function.file is not context.file.parsed:
        return
    for node in body_nodes(task.function.definition):
        if isinstance(node, ast.Call) and last_name(node.func) in _METHODS:
            text = text_of(context.file, argument(node, "path", 0) or argument(node, "path_or_buf"))
            if text is not None and "://" in text and HOLE not in text:
                yield node, text
