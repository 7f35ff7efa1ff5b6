"""DGA303: the retries of one task last longer than the time to the next run.

While a task still waits for its last retry, the next run begins; failures pile up before anybody is told.

Bad:

    from datetime import timedelta
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@hourly"):
        BashOperator(
            task_id="load",
            bash_command="load",
            retries=5,  # <- here
            retry_delay=timedelta(minutes=20),
        )

Good:

    from datetime import timedelta
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@hourly"):
        BashOperator(task_id="load", bash_command="load", retries=2, retry_delay=timedelta(minutes=5))
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective, interval_seconds, seconds
from dagaudit.finding import Severity

_DEFAULT_DELAY = 300.0


@dag_rule("DGA303", "retry-overruns-schedule", Severity.MEDIUM, tags=("reliability", "schedule"))
def check(context: DagContext) -> Iterator[Problem]:
    """Multiply retries and delay; backoff only makes it longer."""
    interval = interval_seconds(context.dag.schedule)
    if interval is None:
        return
    told: set[int] = set()
    for task in context.dag.tasks:
        argument, retries = task.effective("retries"), effective(task, "retries")
        delay = effective(task, "retry_delay")
        wait = _DEFAULT_DELAY if delay is UNSET else seconds(delay)
        if argument is None or not isinstance(retries, int) or wait is None or id(argument.value) in told:
            continue
        if retries * wait > interval:
            told.add(id(argument.value))
            yield Problem(
                at(argument, context),
                f"`{task.name}` may wait {retries * wait:g} seconds for its retries, "
                f"but the next run starts after {interval:g}",
                suggestion="retry less often, or sooner",
                task_id=task.task_id,
            )
