"""DGA701: a DAG has no owner.

Without `owner` every task belongs to `airflow`, and whoever is woken up does not know whom to call.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):  # <- here
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily", default_args={"owner": "sales-data"}):
        BashOperator(task_id="load", bash_command="load")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, dag_place, effective
from dagaudit.finding import Severity


@dag_rule("DGA701", "owner-missing", Severity.MEDIUM, profile=Profile.STRICT, tags=("ownership",))
def check(context: DagContext) -> Iterator[Problem]:
    """Once for the DAG, or at the value that says nothing."""
    tasks = context.dag.tasks
    owners = [effective(task, "owner") for task in tasks]
    if not tasks or not all(owner is UNSET or owner in ("airflow", "") for owner in owners):
        return
    given = next((argument for task in tasks if (argument := task.effective("owner"))), None)
    yield Problem(
        at(given, context) if given else dag_place(context),
        f"the DAG `{context.dag.dag_id or '…'}` has no owner",
        suggestion="set owner in default_args to the team that answers for it",
    )
