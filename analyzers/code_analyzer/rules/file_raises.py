"""DGA137: the file raises an error when it is loaded.

Airflow then shows an import error, and none of the file's DAGs runs: not the broken one, nor its neighbours.

Only what is certain is told: a missing key of a dict that stands in the file, a date that does not exist, a
name of Airflow's own that no version has. What depends on the outside, as an environment variable, is not.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    TABLES = {"orders": "sales.orders"}

    with DAG("report", schedule="@daily"):
        EmptyOperator(task_id=TABLES["users"])  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    TABLES = {"orders": "sales.orders"}

    with DAG("report", schedule="@daily"):
        EmptyOperator(task_id=TABLES["orders"])
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.interpreter.versions import LAST_OF_2, absent, lacks
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

# Rules of their own say more of these.
_TOLD_BY_OTHERS = (
    "an operator takes keyword arguments only",
    "a teardown has a trigger rule of its own",
    "only setup and teardown tasks",
    "chain() of lists",
    "a dependency on a ",
    "neither task of a dependency",
)
# Where Airflow 1 kept what providers have now.
_OF_OLD = ("airflow.contrib", "airflow.operators.", "airflow.hooks.", "airflow.sensors.")


@file_rule("DGA137", "file-raises", Severity.HIGH, tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Tell the first thing that the file raises; what comes after is never reached."""
    raised = file.model.raised
    if raised is None or not file.model.is_dag_candidate or raised.error == "SystemExit":
        return
    if raised.text.startswith(_TOLD_BY_OTHERS):
        return
    if isinstance(raised.node, ast.Import | ast.ImportFrom) and _was_there(raised.node):
        return
    version = "Airflow {}.{}".format(*file.settings.target)
    text = raised.text.replace("the target version", version)
    yield Problem(
        raised.node,
        f"the file cannot be loaded, for this raises {raised.error}: {text}",
        suggestion="mend it; until then Airflow shows an import error and none of the file's DAGs",
    )


def _was_there(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether an earlier Airflow had the name: then DGA600 knows what became of it."""
    base = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
    if base.startswith(_OF_OLD) or (isinstance(node, ast.Import) and not absent(base, LAST_OF_2)):
        return True
    return not absent(base, LAST_OF_2) and not any(lacks(base, each.name, LAST_OF_2) for each in node.names)
