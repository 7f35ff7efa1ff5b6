"""DGA902: a model or data set is taken by `latest`.

What a run used cannot be told afterwards, and two runs of one day may differ.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("score", schedule="@daily"):
        BashOperator(
            task_id="predict",
            bash_command="predict --model models:/churn/latest",  # <- here
        )

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("score", schedule="@daily"):
        BashOperator(task_id="predict", bash_command="predict --model models:/churn/7")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_FLOATING = re.compile(r"models:/[\w.-]+/(latest|None)\b|\bmodel[_-]?version[=\s:]+latest\b", re.IGNORECASE)
_LOADERS = ("from_pretrained", "load_dataset", "snapshot_download", "hf_hub_download")


@file_rule("DGA902", "floating-model-version", Severity.MEDIUM, tags=("ml",))
def check(file: FileContext) -> Iterator[Problem]:
    """Look at registry addresses, and at hub calls that name `main` or `latest`."""
    if "latest" not in file.parsed.text and "models:/" not in file.parsed.text:
        return
    for node in file.all(ast.Constant):
        if isinstance(node.value, str) and _FLOATING.search(node.value) and not _is_docstring(file, node):
            yield Problem(
                node,
                "the model's version is `latest`: which one a run used cannot be told",
                suggestion="name the version, or an alias that is moved on purpose",
            )
    for name, calls in file.calls.items():
        if name.endswith(_LOADERS):
            for call in calls:
                for keyword in call.keywords:
                    value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
                    if keyword.arg == "revision" and value in {"main", "latest"}:
                        yield Problem(keyword, "the revision moves", suggestion="name a commit")


def _is_docstring(file: FileContext, node: ast.Constant) -> bool:
    return isinstance(file.parsed.parent(node), ast.Expr)
