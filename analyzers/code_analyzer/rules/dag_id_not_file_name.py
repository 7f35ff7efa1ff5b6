"""DGA707: a DAG is not called like its file.

Who sees an id in the web page wants to find the file. Only files with one DAG are looked at.

Bad:

    # file: load.py
    from airflow.sdk import DAG

    with DAG("daily_report", schedule="@daily"):  # <- here
        ...

Good:

    # file: daily_report.py
    from airflow.sdk import DAG

    with DAG("daily_report", schedule="@daily"):
        ...
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import dag_place
from dagaudit.finding import Severity


@dag_rule("DGA707", "dag-id-not-file-name", Severity.LOW, profile=Profile.STRICT, tags=("ownership",))
def check(context: DagContext) -> Iterator[Problem]:
    """Either may be part of the other: versions and prefixes are fine."""
    name, dag_id = PurePosixPath(context.file.path).stem, context.dag.dag_id
    if dag_id is None or len(context.file.dags) != 1:
        return
    if _bare(dag_id) not in _bare(name) and _bare(name) not in _bare(dag_id):
        yield Problem(dag_place(context), f"the DAG `{dag_id}` stands in `{name}.py`")


def _bare(text: str) -> str:
    return text.lower().replace("_", "").replace("-", "").replace(".", "")
