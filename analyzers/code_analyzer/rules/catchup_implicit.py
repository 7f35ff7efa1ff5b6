"""DGA205: a scheduled DAG does not say whether it catches up.

Airflow 2 runs all intervals since the start date by default, Airflow 3 only the latest, and
`catchup_by_default` of a deployment changes both. Say which is meant.

Bad:

    from datetime import datetime
    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", start_date=datetime(2020, 1, 1)):  # <- here
        ...

Good:

    from datetime import datetime
    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", start_date=datetime(2020, 1, 1), catchup=False):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits, model_edits
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, dag_place, dag_value, recurs
from dagaudit.finding import Severity


@dag_rule(
    "DGA205",
    "catchup-implicit",
    Severity.MEDIUM,
    profile=Profile.STRICT,
    tags=("schedule",),
    fixes=edits.SAFE,
)
def check(context: DagContext) -> Iterator[Problem]:
    """Only DAGs that time starts can catch up."""
    dag, target = context.dag, context.settings.target
    if not recurs(dag.schedule, target) or dag_value(dag, "catchup") is not UNSET:
        return
    by_default = "all intervals since its start date" if target < (3, 0) else "only the latest interval"
    default = f"catchup={target < (3, 0)}"
    said = model_edits.dag_argument_added(context, default)
    yield Problem(
        dag_place(context),
        f"catchup is not set: Airflow {target[0]} runs {by_default}, unless its configuration says otherwise",
        suggestion="write catchup=False, or catchup=True where every interval counts",
        fix=edits.safe(f"add {default}, which is the default", *said) if said else None,
    )
