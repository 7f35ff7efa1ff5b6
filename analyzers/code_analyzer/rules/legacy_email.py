"""DGA609: tasks send mail by Airflow's own arguments.

`email`, `email_on_failure` and `email_on_retry` are deprecated in Airflow 3; SmtpNotifier of the smtp
provider takes their place.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG(
        "report",
        schedule="@daily",
        default_args={"email": ["oncall@example.com"]},  # <- here
    ):
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    with DAG(
        "report",
        schedule="@daily",
        default_args={"on_failure_callback": SmtpNotifier(to="oncall@example.com")},
    ):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective
from dagaudit.finding import Severity


@dag_rule("DGA609", "legacy-email", Severity.MEDIUM, applies_from=(3, 0), tags=("migration",))
def check(context: DagContext) -> Iterator[Problem]:
    """Once for each DAG: it is mended in one go."""
    for task in context.dag.tasks:
        argument = task.effective("email")
        if argument is None or effective(task, "email") in (UNSET, None, "", []):
            continue
        yield Problem(
            at(argument, context),
            "mail by `email` is deprecated in Airflow 3",
            suggestion="use on_failure_callback=SmtpNotifier(to=…)",
            task_id=task.task_id if "email" in task.arguments else None,
        )
        return
