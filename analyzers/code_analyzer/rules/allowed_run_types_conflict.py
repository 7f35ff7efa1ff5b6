"""DGA219: the allowed run types leave out how the DAG is started.

A DAG with a schedule must allow scheduled runs, one with assets those by assets, one without either manual
ones. Airflow refuses the file.

Bad:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", allowed_run_types=["manual"]):  # <- here
        ...

Good:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", allowed_run_types=["manual", "scheduled"]):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import ScheduleKind
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at
from analyzers.code_analyzer.values import Const, Sequence, Symbol
from dagaudit.finding import Severity

_NEEDED = {
    ScheduleKind.CRON: "scheduled",
    ScheduleKind.TIMEDELTA: "scheduled",
    ScheduleKind.ASSETS: "asset_triggered",
    ScheduleKind.NONE: "manual",
}


@dag_rule("DGA219", "allowed-run-types", Severity.HIGH, applies_from=(3, 2), tags=("schedule",))
def check(context: DagContext) -> Iterator[Problem]:
    """Compare the list with the kind of schedule."""
    argument = context.dag.argument("allowed_run_types")
    needed = _NEEDED.get(context.dag.schedule.kind)
    if argument is None or needed is None or not isinstance(argument.value, Sequence):
        return
    given: set[str] = set()
    for item in argument.value.items:
        if isinstance(item, Symbol):
            given.add(item.name.rpartition(".")[2].lower())
        elif isinstance(item, Const):
            given.add(str(item.value).lower())
        else:
            return
    if given and needed not in given and argument.value.open is None:
        yield Problem(
            at(argument, context),
            f"a DAG that is started like this must allow `{needed}` runs",
            suggestion=f"add `{needed}` to allowed_run_types",
        )
