"""DGA211: one hanging run blocks all that follow.

A task with `depends_on_past` waits for its own previous run, and catching up makes a queue of runs. Without
a timeout, one task that hangs stops the whole queue, and nobody is told.

Bad:

    from datetime import datetime
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily", start_date=datetime(2026, 1, 1), catchup=True):
        BashOperator(
            task_id="load",
            bash_command="load",
            depends_on_past=True,  # <- here
        )

Good:

    from datetime import datetime, timedelta
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily", start_date=datetime(2026, 1, 1), catchup=True):
        BashOperator(
            task_id="load", bash_command="load", depends_on_past=True, execution_timeout=timedelta(hours=1)
        )
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, dag_value, effective
from dagaudit.finding import Severity


@dag_rule("DGA211", "depends-on-past-deadlock", Severity.MEDIUM, tags=("schedule",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look for tasks that wait for their past and may hang."""
    dag = context.dag
    if dag_value(dag, "catchup") is not True or dag_value(dag, "dagrun_timeout") not in (UNSET, None):
        return
    told: set[int] = set()
    for task in dag.tasks:
        for name in ("depends_on_past", "wait_for_downstream"):
            argument = task.effective(name)
            if argument is None or effective(task, name) is not True or id(argument.value) in told:
                continue
            if effective(task, "execution_timeout") in (UNSET, None):
                told.add(id(argument.value))
                yield Problem(
                    at(argument, context),
                    f"`{task.name}` waits for its previous run ({name}) and has no timeout: "
                    "one that hangs blocks all later runs",
                    suggestion="give it an execution_timeout, or the DAG a dagrun_timeout",
                    task_id=task.task_id,
                )
