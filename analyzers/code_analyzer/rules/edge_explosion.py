"""DGA409: one statement makes thousands of dependencies.

Each with each of two long lists is their product. An empty task between them says the same with their sum.

Bad:

    from airflow.sdk import DAG, cross_downstream
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        extract = [EmptyOperator(task_id=f"extract_{n}") for n in range(40)]
        load = [EmptyOperator(task_id=f"load_{n}") for n in range(40)]
        cross_downstream(extract, load)  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        extract = [EmptyOperator(task_id=f"extract_{n}") for n in range(40)]
        load = [EmptyOperator(task_id=f"load_{n}") for n in range(40)]
        extract >> EmptyOperator(task_id="extracted") >> load
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Edge
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import edge_place
from dagaudit.finding import Severity


@dag_rule("DGA409", "edge-explosion", Severity.MEDIUM, tags=("parse-time",), options={"max_edges": 1000})
def check(context: DagContext) -> Iterator[Problem]:
    """Count the edges of each statement that joins many to many."""
    limit = context.settings.option("DGA409", "max_edges")
    if len(context.dag.edges) <= limit:
        return
    by_node: dict[ast.AST, list[Edge]] = {}
    for edge in context.dag.edges:
        if edge.node is not None:
            by_node.setdefault(edge.node, []).append(edge)
    for edges in by_node.values():
        ups, downs = {edge.upstream for edge in edges}, {edge.downstream for edge in edges}
        if len(edges) > limit and len(edges) > 2 * (len(ups) + len(downs)):
            yield Problem(
                edge_place(context, edges[0].upstream, edges[0].downstream),
                f"this makes {len(edges)} dependencies between {len(ups)} and {len(downs)} tasks",
                suggestion=f"an EmptyOperator between them needs only {len(ups) + len(downs)} dependencies",
            )
