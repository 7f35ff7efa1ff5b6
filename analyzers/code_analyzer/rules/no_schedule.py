"""DGA201: a DAG does not say when it runs.

What no schedule means has changed: Airflow 2 runs such a DAG daily, Airflow 3 never. Say it:
`schedule=None` for a DAG that only people or other DAGs start.

Bad:

    from airflow.sdk import DAG

    with DAG("report"):  # <- here
        ...

Good:

    from airflow.sdk import DAG

    with DAG("report", schedule=None):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits, model_edits
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import dag_place, is_written_for_2
from dagaudit.finding import Severity


@dag_rule("DGA201", "no-schedule", Severity.MEDIUM, tags=("schedule",), fixes=edits.SAFE)
def check(context: DagContext) -> Iterator[Problem]:
    """Silent where the call may give more arguments than are seen."""
    dag = context.dag
    given = {"schedule", "schedule_interval", "timetable"} & dag.arguments.keys()
    if (
        dag.schedule.explicit
        or given
        or dag.open is not None
        or dag.form not in {"call", "decorator"}
        or dag.opaque
    ):
        return
    target = context.settings.target
    if "." in (dag.dag_id or "") and (target < (3, 0) or is_written_for_2(context.file)):
        # A SubDAG, which its parent starts.
        return
    meaning = "daily" if target < (3, 0) else "never"
    # In code written for Airflow 3 nothing else can be meant than what it says.
    harmless = target >= (3, 0) and not is_written_for_2(context.file)
    said = model_edits.dag_argument_added(context, "schedule=None") if target >= (3, 0) else []
    yield Problem(
        dag_place(context),
        f"`{dag.dag_id or '…'}` has no schedule: Airflow {target[0]} runs it {meaning}",
        suggestion="say schedule=None if that is meant",
        severity=Severity.LOW if harmless else None,
        fix=edits.safe("add schedule=None, which is the default", *said) if said else None,
    )
