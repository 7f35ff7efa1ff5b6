"""DGA713: a DAG's documentation has no link to a runbook.

Who is woken up at night needs to know where to look next.

Bad:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", doc_md="Sums up yesterday's orders."):  # <- here
        ...

Good:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", doc_md="Orders of yesterday. Runbook: https://wiki.example.com/report"):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import dag_place, dag_value, scheduled
from dagaudit.finding import Severity


@dag_rule("DGA713", "runbook-missing", Severity.LOW, profile=Profile.STRICT, tags=("ownership",))
def check(context: DagContext) -> Iterator[Problem]:
    """Any link in doc_md will do; DAGs without doc_md are told by another rule."""
    doc = dag_value(context.dag, "doc_md")
    if isinstance(doc, str) and "://" not in doc and scheduled(context.dag.schedule, context.settings.target):
        yield Problem(
            dag_place(context),
            f"the documentation of `{context.dag.dag_id or '…'}` links to no runbook",
            suggestion="add a link to what to do when it fails",
        )
