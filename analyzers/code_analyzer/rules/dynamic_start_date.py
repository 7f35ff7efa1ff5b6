"""DGA202: the start date moves with the clock.

It is computed anew at each parse. The scheduler compares runs with it, so intervals shift or never end, and
each parse makes a new version of the DAG.

Bad:

    from datetime import datetime, timedelta
    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", start_date=datetime.now() - timedelta(days=1)):  # <- here
        ...

Good:

    from datetime import datetime
    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", start_date=datetime(2026, 1, 1)):
        ...
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at
from analyzers.code_analyzer.values import Made, Unknown, Value, walk
from dagaudit.finding import Severity

_CLOCKS = (".now", ".utcnow", ".today", ".yesterday", ".tomorrow", "days_ago", "time.time")


@dag_rule("DGA202", "dynamic-start-date", Severity.HIGH, tags=("schedule",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at the date on the DAG, in default_args and on tasks, wherever it was computed."""
    dag = context.dag
    given = [argument.value for argument in (dag.argument("start_date"),) if argument]
    if dag.default_args is not None and (value := dag.default_args.get("start_date")) is not None:
        given.append(value)
    given += [task.arguments["start_date"].value for task in dag.tasks if "start_date" in task.arguments]
    told: set[int] = set()
    for value in given:
        clock = _clock(value)
        if clock and id(value.node) not in told:
            told.add(id(value.node))
            yield Problem(
                at(value, context),
                f"start_date is computed by `{clock}` each time the file is parsed",
                suggestion="write a fixed date, as datetime(2026, 1, 1)",
            )


def _clock(value: Value) -> str | None:
    """The call that reads the clock, where the value comes from one."""
    if value.known:
        return None
    for inner in walk(value):
        if isinstance(inner, Made) and inner.callee.endswith(_CLOCKS):
            return inner.callee
        if isinstance(inner, Made | Unknown):
            found = next((clock for other in inner.candidates if (clock := _clock(other))), None)
            if found:
                return found
    if value.node is None or value.file is None:
        return None
    for node in ast.walk(value.node):
        if isinstance(node, ast.Call):
            name = value.file.qualified_name(node.func) or ""
            if name.endswith(_CLOCKS):
                return name
    return None
