"""DGA214: DAGs start each other in a circle, or wait for each other.

DAGs that trigger or update one another never stop. DAGs whose sensors wait for whole runs of one another
never begin.

Bad:

    # file: a.py
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

    with DAG("a", schedule=None):
        TriggerDagRunOperator(task_id="start_b", trigger_dag_id="b")  # <- here
    # file: b.py
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

    with DAG("b", schedule=None):
        TriggerDagRunOperator(task_id="start_a", trigger_dag_id="a")

Good:

    # file: a.py
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

    with DAG("a", schedule="@daily"):
        TriggerDagRunOperator(task_id="start_b", trigger_dag_id="b")
    # file: b.py
    from airflow.sdk import DAG

    with DAG("b", schedule=None):
        ...
"""

from collections.abc import Iterator
from itertools import pairwise

from analyzers.code_analyzer.context import BundleContext
from analyzers.code_analyzer.graph import Edge, cycles
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from dagaudit.finding import Severity

Where = tuple[str, int, bool]
"""Path, line, and whether it happens under a condition only."""
# Assets are nodes of the graph: an edge from each of their producers to each of their consumers would be
# too many. They sort behind every id, so that a circle begins with a DAG.
_ASSET = "\U0010ffff"


@bundle_rule("DGA214", "cross-dag-loop", Severity.HIGH, tags=("cross-dag",))
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Two graphs: who starts whom, and who waits for whom."""
    starts, waits = _starts(bundle), _waits(bundle)
    for edges, verb in ((starts, "start"), (waits, "wait for")):
        for circle in cycles(list(edges)):
            steps = list(pairwise([*circle, circle[0]]))
            path, line, _ = edges[steps[0]]
            conditional = any(edges[step][2] for step in steps)
            dag_ids = [node for node in (*circle, circle[0]) if not node.startswith(_ASSET)]
            told = " → ".join(f"`{dag_id}`" for dag_id in dag_ids)
            yield Problem(
                Place(line, path=path, code=told),
                f"these DAGs {verb} each other: {told}"
                + (", under a condition that must end it" if conditional else ""),
                suggestion="break the circle at one of them",
                dag_id=circle[0],
                severity=Severity.MEDIUM if conditional else None,
            )


def _starts(bundle: BundleContext) -> dict[Edge, Where]:
    found: dict[Edge, Where] = {}
    for dag in bundle.facts.dags:
        for asset, line in dag.assets_in:
            if dag.dag_id and not asset.startswith("alias:"):
                found.setdefault((_ASSET + asset, dag.dag_id), (dag.path, line, False))
    for dag in bundle.facts.dags:
        if dag.dag_id is None:
            continue
        for link in dag.links:
            if link.kind == "trigger" and link.target_dag_id:
                found.setdefault(
                    (dag.dag_id, link.target_dag_id), (link.path or dag.path, link.line, link.conditional)
                )
        for asset, line, _ in dag.assets_out:
            found.setdefault((dag.dag_id, _ASSET + asset), (dag.path, line, False))
    return found


def _waits(bundle: BundleContext) -> dict[Edge, Where]:
    return {
        (dag.dag_id, link.target_dag_id): (link.path or dag.path, link.line, link.conditional)
        for dag in bundle.facts.dags
        for link in dag.links
        if link.kind == "sensor"
        and dag.dag_id
        and link.target_dag_id
        and not link.target_task_ids
        and not link.has_delta
    }
