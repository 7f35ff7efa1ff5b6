"""DGA304: tasks may run for ever.

Without `execution_timeout` a task that hangs keeps its worker, its pool slot and its run until somebody
looks.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):  # <- here
        BashOperator(task_id="load", bash_command="load")

Good:

    from datetime import timedelta
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily", default_args={"execution_timeout": timedelta(hours=1)}):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.policies import without
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, effective, is_sensor
from dagaudit.finding import Severity


@dag_rule("DGA304", "no-execution-timeout", Severity.MEDIUM, profile=Profile.STRICT, tags=("reliability",))
def check(context: DagContext) -> Iterator[Problem]:
    """A sensor's own timeout is as good."""
    yield from without(
        context,
        name="execution_timeout",
        is_absent=_is_absent,
        what="may run for ever",
        suggestion="set execution_timeout in default_args, longer than the slowest good run",
    )


def _is_absent(task: Task) -> bool:
    if effective(task, "execution_timeout") not in (UNSET, None):
        return False
    return not is_sensor(task) or effective(task, "timeout") is UNSET
