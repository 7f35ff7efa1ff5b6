"""DGA703: a DAG has no tags, or one that is not in the vocabulary.

Tags are how hundreds of DAGs are found and how rules and alerts are told apart. The vocabulary is the
option `tags`; without it any tag will do.

Bad:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily"):  # <- here
        ...

Good:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", tags=["sales"]):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, dag_place, dag_value
from dagaudit.finding import Severity


@dag_rule(
    "DGA703",
    "tags-missing",
    Severity.MEDIUM,
    profile=Profile.STRICT,
    tags=("ownership",),
    options={"tags": []},
)
def check(context: DagContext) -> Iterator[Problem]:
    """Look at known tags only."""
    tags = dag_value(context.dag, "tags")
    if tags is UNSET or tags == []:
        yield Problem(
            dag_place(context),
            f"the DAG `{context.dag.dag_id or '…'}` has no tags",
            suggestion="tag it with its team, domain or tier",
        )
        return
    vocabulary = context.settings.option("DGA703", "tags")
    if not vocabulary or not isinstance(tags, list):
        return
    for tag in tags:
        if tag not in vocabulary:
            yield Problem(
                at(context.dag.argument("tags"), context),
                f"the tag `{tag}` is not in the vocabulary",
                suggestion=f"one of {', '.join(map(str, vocabulary))}",
            )
