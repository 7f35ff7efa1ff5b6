"""DGA301: tasks are not retried.

Airflow's default is no retry at all: one lost connection fails the run and wakes somebody up. Two retries
in default_args mend most of these nights.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):  # <- here
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily", default_args={"retries": 2}):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.policies import without
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, effective
from dagaudit.finding import Severity


@dag_rule("DGA301", "no-retries", Severity.MEDIUM, profile=Profile.STRICT, tags=("reliability",))
def check(context: DagContext) -> Iterator[Problem]:
    """Told once for the DAG where no task has any, once for each value that says 0, else at the task."""
    yield from without(
        context,
        name="retries",
        is_absent=_is_absent,
        what="is not retried when it fails",
        suggestion='set retries in default_args, as `"retries": 2`',
    )


def _is_absent(task: Task) -> bool:
    retries = effective(task, "retries")
    return (retries is UNSET or retries in (None, 0)) and effective(task, "retry_policy") is UNSET
