"""DGA704: a DAG does not say what it is for.

Whoever is woken up by it reads its description first. At least twenty characters, and more than its id
again.

Bad:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily"):  # <- here
        ...

Good:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily", description="Sums up yesterday's orders for the finance team."):
        ...
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, Profile, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, dag_place, dag_value
from dagaudit.finding import Severity


@dag_rule(
    "DGA704",
    "description-missing",
    Severity.LOW,
    profile=Profile.STRICT,
    tags=("ownership",),
    options={"min_characters": 20},
)
def check(context: DagContext) -> Iterator[Problem]:
    """A decorated function's docstring is its doc_md."""
    dag = context.dag
    said = [dag_value(dag, name) for name in ("description", "doc_md")]
    if any(text is not UNSET and not isinstance(text, str | None) for text in said):
        return
    if dag.function is not None and dag.form == "decorator":
        import ast

        definition = dag.function.definition
        said.append((not isinstance(definition, ast.Lambda) and ast.get_docstring(definition)) or "")
    least = context.settings.option("DGA704", "min_characters")
    if any(
        isinstance(text, str) and len(text) >= least and _bare(text) != _bare(dag.dag_id or "")
        for text in said
    ):
        return
    yield Problem(
        dag_place(context),
        f"the DAG `{dag.dag_id or '…'}` does not say what it is for",
        suggestion="give it a description or doc_md: what it makes, for whom, what to do when it fails",
    )


def _bare(text: str) -> str:
    return re.sub(r"\W|_", "", text).lower()
