"""DGA107: a DAG is made inside a function and never reaches the module.

Airflow collects what it finds at the top level of a file, what is used by `with`, and what `@dag` makes. A
DAG that stays in a local variable is lost.

Bad:

    from airflow.sdk import DAG

    def make():
        dag = DAG("report", schedule="@daily")  # <- here

    make()

Good:

    from airflow.sdk import DAG

    def make():
        return DAG("report", schedule="@daily")

    report = make()
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.rule_help import at
from dagaudit.finding import Severity


@file_rule("DGA107", "dag-unreachable", Severity.MEDIUM, tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Ask the interpreter for the DAGs that it lost."""
    for dag in file.model.unreachable_dags:
        yield Problem(
            at(dag, file),
            f"the DAG `{dag.dag_id or '…'}` stays inside a function: Airflow does not see it",
            suggestion="return it and keep it in a name at the top level, or use `with DAG(...)`",
            dag_id=dag.dag_id,
        )
