"""DGA310: nobody is told when the DAG fails.

Neither the DAG nor its tasks have a callback, a mail, a notifier or a deadline. Where alerts come from
elsewhere (a listener, a policy), set the option `alerts_elsewhere`.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):  # <- here
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.slack.notifications.slack import send_slack_notification

    with DAG("report", schedule="@daily", on_failure_callback=send_slack_notification(text="failed")):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, dag_place, dag_value, effective, recurs, scheduled, works
from dagaudit.finding import Severity

_ON_DAG = ("on_failure_callback", "deadline", "sla_miss_callback")
_ON_TASK = ("on_failure_callback", "email")


@dag_rule(
    "DGA310",
    "no-failure-alert",
    Severity.MEDIUM,
    profile=Profile.STRICT,
    tags=("reliability",),
    options={"alerts_elsewhere": False},
)
def check(context: DagContext) -> Iterator[Problem]:
    """Any alert at all will do; DAGs that people start are watched by them."""
    dag, target = context.dag, context.settings.target
    if context.settings.option("DGA310", "alerts_elsewhere"):
        return
    if not (recurs(dag.schedule, target) or scheduled(dag.schedule, target)):
        return
    working = [task for task in dag.tasks if works(task)]
    if not working or any(dag_value(dag, name) not in (UNSET, None) for name in _ON_DAG):
        return
    if any(effective(task, name) not in (UNSET, None) for task in dag.tasks for name in _ON_TASK):
        return
    yield Problem(
        dag_place(context),
        f"nobody is told when `{dag.dag_id or '…'}` fails",
        suggestion="set on_failure_callback on the DAG, or in default_args",
    )
