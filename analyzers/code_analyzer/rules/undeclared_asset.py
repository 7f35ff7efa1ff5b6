"""DGA809: a task writes what other DAGs wait for, and does not say so.

An asset is updated only by a task that names it in `outlets`. Where the task writes the same address without,
the waiting DAG is not started.

Bad:

    from airflow.sdk import DAG, Asset
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("load", schedule="@daily"):
        BashOperator(task_id="copy", bash_command="aws s3 cp out.csv s3://lake/orders.csv")  # <- here

    with DAG("report", schedule=[Asset("s3://lake/orders.csv")]):
        BashOperator(task_id="report", bash_command="report")

Good:

    from airflow.sdk import DAG, Asset
    from airflow.providers.standard.operators.bash import BashOperator

    orders = Asset("s3://lake/orders.csv")

    with DAG("load", schedule="@daily"):
        BashOperator(task_id="copy", bash_command="aws s3 cp out.csv s3://lake/orders.csv", outlets=[orders])

    with DAG("report", schedule=[orders]):
        BashOperator(task_id="read", bash_command="aws s3 cp s3://lake/orders.csv in.csv")
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.code_analyzer.context import BundleContext, FileContext
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from analyzers.code_analyzer.syntax import argument, body_nodes, last_name, text_of
from dagaudit.finding import Confidence, Severity

_COPIES = re.compile(
    r"\b(?:aws\s+s3\s+(?:cp|mv|sync)|gsutil\s+(?:-m\s+)?(?:cp|mv|rsync)|gcloud\s+storage\s+(?:cp|mv|rsync))\s+"
    r"(?:-\S+\s+)*\S+\s+['\"]?(?P<to>\w+://[^\s'\";&|]+)"
)
_WRITES = frozenset({"to_csv", "to_parquet", "to_json", "write_parquet", "write_csv", "parquet", "save"})
_PLACES = frozenset(
    {"dest_uri", "destination_uri", "destination_path", "output_path", "output_location", "s3_uri"}
)
_MAX_COMMAND = 10_000


@dataclass(frozen=True, slots=True)
class _Write:
    uri: str
    line: int
    dag_id: str | None
    task_id: str | None


def collect(file: FileContext) -> tuple[_Write, ...] | None:
    """What tasks without outlets write to known addresses."""
    if "://" not in file.parsed.text:
        return None
    # Walking through each task's function is dear, and few files write anything.
    by_function = any(word in file.parsed.text for word in _WRITES)
    found = [
        _Write(uri, line, dag.dag_id, task.task_id)
        for dag in file.dags
        for task in dag.tasks
        if task.complete and task.effective("outlets") is None and not _has_outlets(task)
        for uri, line in _written(file, task, by_function=by_function)
    ]
    return tuple(found) or None


@bundle_rule("DGA809", "undeclared-asset", Severity.LOW, tags=("asset", "cross-dag"), collect=collect)
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Hold what is written against what is waited for."""
    wanted = {asset: dag.dag_id for dag in bundle.facts.dags for asset, _ in dag.assets_in}
    declared = {(dag.dag_id, task) for dag in bundle.facts.dags for _, _, task in dag.assets_out}
    for path, writes in bundle.of("DGA809").items():
        for each in writes:
            if each.uri in wanted and (each.dag_id, each.task_id) not in declared:
                yield Problem(
                    Place(each.line, path=path, code=each.uri),
                    f"`{each.task_id}` writes `{each.uri}` without saying so, but `{wanted[each.uri]}` waits",
                    suggestion=f'add outlets=[Asset("{each.uri}")]',
                    dag_id=each.dag_id,
                    task_id=each.task_id,
                    confidence=Confidence.LIKELY,
                )


def _has_outlets(task: Task) -> bool:
    return task.dag is not None and task.dag.form == "asset"


def _written(file: FileContext, task: Task, *, by_function: bool) -> Iterator[tuple[str, int]]:
    for name, given in task.arguments.items():
        text = given.value.plain() if given.value.known else None
        if not isinstance(text, str) or given.value.file is not file.parsed:
            continue
        if name in _PLACES:
            yield text, given.line
        elif name == "bash_command" and len(text) <= _MAX_COMMAND:
            yield from ((found["to"], given.line) for found in _COPIES.finditer(text))
    if by_function and task.function is not None and task.function.file is file.parsed:
        for node in body_nodes(task.function.definition):
            if isinstance(node, ast.Call) and last_name(node.func) in _WRITES:
                text = text_of(file, argument(node, "path", 0))
                if text is not None and "://" in text:
                    yield text, node.lineno
