"""DGA305: a run of the DAG may last for ever.

Without `dagrun_timeout` a run that is stuck blocks the runs after it, and nobody is told.

Bad:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily"):  # <- here
        ...

Good:

    from datetime import timedelta
    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", dagrun_timeout=timedelta(hours=6)):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, dag_place, dag_value, recurs
from dagaudit.finding import Severity


@dag_rule("DGA305", "no-dagrun-timeout", Severity.LOW, profile=Profile.STRICT, tags=("reliability",))
def check(context: DagContext) -> Iterator[Problem]:
    """Only where time starts the DAG."""
    dag = context.dag
    if recurs(dag.schedule, context.settings.target) and dag_value(dag, "dagrun_timeout") in (UNSET, None):
        yield Problem(
            dag_place(context),
            f"a run of `{dag.dag_id or '…'}` may last for ever",
            suggestion="set dagrun_timeout, longer than the slowest good run",
        )
