"""DGA702: an owner is not on the list of teams.

A misspelt team gets no alerts. The list is the option `owners`; without it only names that stand for nobody
are found.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily", default_args={"owner": "me"}):  # <- here
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily", default_args={"owner": "sales-data"}):
        BashOperator(task_id="load", bash_command="load")
"""

import difflib
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import at, effective
from dagaudit.finding import Severity

_NOBODY = frozenset(
    {"admin", "anonymous", "me", "nobody", "owner", "root", "test", "todo", "unknown", "user", "xxx"}
)


@dag_rule(
    "DGA702",
    "owner-unknown",
    Severity.MEDIUM,
    profile=Profile.STRICT,
    tags=("ownership",),
    options={"owners": []},
)
def check(context: DagContext) -> Iterator[Problem]:
    """Once for each place that names one."""
    owners = context.settings.option("DGA702", "owners")
    told: set[int] = set()
    for task in context.dag.tasks:
        argument, owner = task.effective("owner"), effective(task, "owner")
        if (
            argument is None
            or not isinstance(owner, str)
            or _is_known(owner, owners)
            or id(argument.value) in told
        ):
            continue
        told.add(id(argument.value))
        close = difflib.get_close_matches(owner, owners, n=1)
        yield Problem(
            at(argument, context),
            f"there is no team `{owner}`",
            suggestion=f"did you mean `{close[0]}`?" if close else _advice(owners),
        )


def _is_known(owner: str, owners: list[str]) -> bool:
    # The default owner, and none at all, are another rule's.
    return owner in owners or owner in {"airflow", ""} or (not owners and owner.lower() not in _NOBODY)


def _advice(owners: list[str]) -> str:
    return f"one of {', '.join(owners)}" if owners else "name the team that answers for it"
