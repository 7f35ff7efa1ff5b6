"""DGA123: a DAG has a schedule and a parameter without a default.

Nobody is there to give the parameter when the schedule starts a run; Airflow refuses the file.

Bad:

    from airflow.sdk import DAG, Param

    with DAG("report", schedule="@daily", params={"country": Param(type="string")}):  # <- here
        ...

Good:

    from airflow.sdk import DAG, Param

    with DAG("report", schedule="@daily", params={"country": Param("de", type="string")}):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import ScheduleKind
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, recurs
from analyzers.code_analyzer.values import Made
from dagaudit.finding import Severity


@dag_rule("DGA123", "required-param-with-schedule", Severity.HIGH, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at the params of DAGs that time starts."""
    dag = context.dag
    if not dag.schedule.explicit:
        return
    if dag.schedule.kind is ScheduleKind.UNKNOWN or not recurs(dag.schedule, context.settings.target):
        return
    for name, value in dag.params.items():
        if (
            isinstance(value, Made)
            and value.class_name == "Param"
            and not value.args
            and "default" not in value.kwargs
        ):
            yield Problem(
                at(value, context),
                f"the parameter `{name}` has no default, and nobody gives it to scheduled runs",
                suggestion="give it a default, or set schedule=None",
            )
