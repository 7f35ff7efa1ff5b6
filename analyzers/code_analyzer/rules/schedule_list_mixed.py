"""DGA124: a list given as schedule holds something that is no asset.

A list means "run when all these assets were updated"; Airflow refuses anything else in it.

Bad:

    from airflow.sdk import DAG, Asset

    with DAG("report", schedule=[Asset("s3://lake/orders"), "@daily"]):  # <- here
        ...

Good:

    from airflow.sdk import DAG, Asset

    with DAG("report", schedule=[Asset("s3://lake/orders"), Asset("s3://lake/customers")]):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at
from analyzers.code_analyzer.values import Const, Sequence
from dagaudit.finding import Severity


@dag_rule("DGA124", "schedule-list-mixed", Severity.HIGH, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look for known scalars in the list."""
    value = context.dag.schedule.value
    if not isinstance(value, Sequence):
        return
    for item in value.items:
        if isinstance(item, Const):
            yield Problem(
                at(item, context),
                f"{item.value!r} stands among the assets of the schedule",
                suggestion="a schedule is either assets or a time; AssetOrTimeSchedule takes both",
            )
