"""DGA311: mail on failure is asked for, but to nobody.

`email_on_failure` does nothing without `email`.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG(
        "report",
        schedule="@daily",
        default_args={"email_on_failure": True},  # <- here
    ):
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG(
        "report",
        schedule="@daily",
        default_args={"email_on_failure": True, "email": ["oncall@example.com"]},
    ):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits, model_edits
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective
from dagaudit.finding import Severity

_FLAGS = ("email_on_failure", "email_on_retry")


@dag_rule("DGA311", "email-on-failure-nowhere", Severity.MEDIUM, tags=("reliability",), fixes=edits.SAFE)
def check(context: DagContext) -> Iterator[Problem]:
    """Once for each DAG: the receiver is missing once."""
    for task in context.dag.tasks:
        for name in _FLAGS:
            argument = task.effective(name)
            if argument is None or effective(task, name) is not True:
                continue
            out = model_edits.argument_removed(argument, context.file.parsed)
            if effective(task, "email") in (UNSET, None, "", []):
                yield Problem(
                    at(argument, context),
                    f"`{name}` is set, but there is no `email` to send to",
                    suggestion="set email, or a callback that reaches somebody",
                    task_id=task.task_id if argument.name in task.arguments else None,
                    fix=edits.safe(f"remove {name}, which has no effect", *out) if out else None,
                )
                return
