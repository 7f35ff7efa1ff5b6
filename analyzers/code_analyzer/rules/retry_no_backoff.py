"""DGA302: retries of a remote call come at a fixed pace.

A service that is overloaded is called again and again at the same distance. `retry_exponential_backoff`
gives it time.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.http.operators.http import HttpOperator

    with DAG("report", schedule="@daily"):
        HttpOperator(task_id="call", endpoint="/orders", retries=3)  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.http.operators.http import HttpOperator

    with DAG("report", schedule="@daily"):
        HttpOperator(task_id="call", endpoint="/orders", retries=3, retry_exponential_backoff=True)
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective
from dagaudit.finding import Severity

_REMOTE = tuple(
    f"airflow.providers.{name}."
    for name in (
        "amazon",
        "databricks",
        "google",
        "http",
        "microsoft",
        "salesforce",
        "slack",
        "snowflake",
        "ssh",
    )
)
_MANY = 2


@dag_rule("DGA302", "retry-no-backoff", Severity.LOW, profile=Profile.STRICT, tags=("reliability",))
def check(context: DagContext) -> Iterator[Problem]:
    """Once for each place that sets retries."""
    told: set[int] = set()
    for task in context.dag.tasks:
        argument = task.effective("retries")
        retries = effective(task, "retries")
        if argument is None or not isinstance(retries, int) or retries < _MANY or id(argument.value) in told:
            continue
        if not (task.operator_class or "").startswith(_REMOTE):
            continue
        if effective(task, "retry_exponential_backoff") in (UNSET, False, 0) and (
            effective(task, "retry_policy") is UNSET
        ):
            told.add(id(argument.value))
            yield Problem(
                at(argument, context),
                f"`{task.name}` calls a service {retries} more times at a fixed pace",
                suggestion="set retry_exponential_backoff=True",
                task_id=task.task_id,
            )
