"""DGA705: a DAG's id does not follow the convention.

Ids are searched for, sorted and matched by alerts. The convention is the option `pattern`, a regular
expression for the whole id; by default snake_case.

Bad:

    from airflow.sdk import DAG

    with DAG("DailyReport", schedule="@daily"):  # <- here
        ...

Good:

    from airflow.sdk import DAG

    with DAG("daily_report", schedule="@daily"):
        ...
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import dag_place
from dagaudit.finding import Severity


@dag_rule(
    "DGA705",
    "dag-id-pattern",
    Severity.LOW,
    profile=Profile.STRICT,
    tags=("ownership",),
    options={"pattern": r"[a-z0-9]+([_.-]+[a-z0-9]+)*"},
)
def check(context: DagContext) -> Iterator[Problem]:
    """Match the whole id."""
    pattern = context.settings.option("DGA705", "pattern")
    dag_id = context.dag.dag_id
    if dag_id is not None and not re.fullmatch(pattern, dag_id):
        yield Problem(dag_place(context), f"the id `{dag_id}` does not match `{pattern}`")
