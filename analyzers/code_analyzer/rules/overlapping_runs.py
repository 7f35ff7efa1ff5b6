"""DGA221: a run may still go on when the next one starts.

The DAG allows its runs more time than there is between two of them, and allows several at once (sixteen,
unless `max_active_runs` says otherwise). Two runs then work on the same data.

Bad:

    from datetime import timedelta
    from airflow.sdk import DAG

    with DAG("report", schedule="@hourly", dagrun_timeout=timedelta(hours=3)):  # <- here
        ...

Good:

    from datetime import timedelta
    from airflow.sdk import DAG

    with DAG("report", schedule="@hourly", dagrun_timeout=timedelta(hours=3), max_active_runs=1):
        ...
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.append_calls import appends, dedupes
from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSURE, at, dag_value, interval_seconds, recurs, seconds
from analyzers.code_analyzer.syntax import body_nodes
from dagaudit.finding import Severity

# More often than this is told by a rule of its own, whatever the timeout.
_EVERY_FEW_MINUTES = 300


@dag_rule("DGA221", "overlapping-runs", Severity.MEDIUM, tags=("schedule",))
def check(context: DagContext) -> Iterator[Problem]:
    """Compare the timeout of a run with the interval."""
    dag = context.dag
    yield from _growing(context)
    interval = interval_seconds(dag.schedule)
    timeout = seconds(dag_value(dag, "dagrun_timeout"))
    if interval is not None and interval < _EVERY_FEW_MINUTES:
        return
    if (
        interval is None
        or timeout is None
        or timeout <= interval
        or dag_value(dag, "max_active_runs") in (1, UNSURE)
    ):
        return
    yield Problem(
        at(dag.argument("dagrun_timeout"), context),
        f"a run may take {timeout:g} seconds, but the next one starts after {interval:g}",
        suggestion="set max_active_runs=1, or a shorter dagrun_timeout",
    )


def _growing(context: DagContext) -> Iterator[Problem]:
    """Runs side by side that add to the same place: only where a DAG catches up are there surely several."""
    dag = context.dag
    catches_up = dag_value(dag, "catchup") is True and recurs(dag.schedule, context.settings.target)
    if not catches_up or dag_value(dag, "max_active_runs") in (1, UNSURE):
        return
    for task in dag.tasks:
        definition = task.function.definition if task.function is not None else None
        if definition is None or task.function is None or task.function.file is not context.file.parsed:
            continue
        for node in body_nodes(definition):
            what = appends(context.file, node) if isinstance(node, ast.Call) else None
            if what is not None and not dedupes(definition):
                yield Problem(
                    node,
                    f"several runs at once add to the same place by {what}: the DAG catches up, and "
                    "max_active_runs is not 1",
                    suggestion="set max_active_runs=1, or let each run write to a place of its own",
                    task_id=task.task_id,
                )
                return
