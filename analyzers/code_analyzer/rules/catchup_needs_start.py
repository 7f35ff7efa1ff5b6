"""DGA125: a DAG shall catch up, but does not say from when.

`catchup=True` needs a start_date on the DAG or in its default_args; Airflow refuses the file.

Bad:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", catchup=True):  # <- here
        ...

Good:

    from datetime import datetime
    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", catchup=True, start_date=datetime(2026, 1, 1)):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, dag_value, default_arg, recurs
from dagaudit.finding import Severity


@dag_rule("DGA125", "catchup-needs-start", Severity.HIGH, tags=("correctness", "schedule"))
def check(context: DagContext) -> Iterator[Problem]:
    """Both the DAG and its default_args must be known not to have one."""
    dag = context.dag
    if dag_value(dag, "catchup") is not True or not recurs(dag.schedule, context.settings.target):
        return
    if dag_value(dag, "start_date") is UNSET and default_arg(dag, "start_date") is UNSET:
        yield Problem(
            at(dag.argument("catchup"), context),
            "catchup=True needs a start_date to catch up from",
            suggestion="give the DAG a fixed start_date",
        )
