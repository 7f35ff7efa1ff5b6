"""DGA213: a sensor, trigger or marker names a DAG or task that does not exist.

A trigger fails; a sensor waits until its timeout. Only a bundle that was read completely, and more than one
file, can tell.

Bad:

    # file: load.py
    from airflow.sdk import DAG

    with DAG("load_orders", schedule="@daily"):
        ...
    # file: report.py
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

    with DAG("report", schedule="@daily"):
        TriggerDagRunOperator(task_id="start", trigger_dag_id="load_order")  # <- here

Good:

    # file: load.py
    from airflow.sdk import DAG

    with DAG("load_orders", schedule=None):
        ...
    # file: report.py
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

    with DAG("report", schedule="@daily"):
        TriggerDagRunOperator(task_id="start", trigger_dag_id="load_orders")
"""

import difflib
from collections.abc import Iterator

from analyzers.code_analyzer.context import BundleContext, FileContext
from analyzers.code_analyzer.file_model import CrossDagLink, DagFacts
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from dagaudit.dag import Tier
from dagaudit.finding import Confidence, Severity

_MANY = 5


def collect(file: FileContext) -> bool | None:
    """Whether the file raises while it is parsed: what it would define is not known."""
    return True if file.model.raises is not None else None


@bundle_rule("DGA213", "external-target-missing", Severity.HIGH, tags=("cross-dag",), collect=collect)
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Look every link up among the DAGs of the bundle."""
    by_id = {dag.dag_id: dag for dag in bundle.facts.dags if dag.dag_id}
    named = {link.target_dag_id for dag in bundle.facts.dags for link in dag.links if link.target_dag_id}
    complete = bundle.complete and len(bundle.facts.analyzed) > 1 and not bundle.of("DGA213")
    # Where many targets are elsewhere, this bundle is a part of something larger.
    whole = len(named - by_id.keys()) < _MANY
    for dag in bundle.facts.dags:
        for link in dag.links:
            if link.target_dag_id is None:
                continue
            other = by_id.get(link.target_dag_id)
            if other is not None:
                yield from _missing_tasks(dag, link, other)
            elif complete:
                problem = _missing_dag(dag, link, sorted(by_id.keys() - {dag.dag_id}))
                if whole or problem.severity is None:
                    yield problem


def _missing_dag(dag: DagFacts, link: CrossDagLink, known: list[str]) -> Problem:
    close = difflib.get_close_matches(link.target_dag_id or "", known, n=1, cutoff=0.9)
    return Problem(
        Place(link.line, path=link.path or dag.path, code=str(link.target_dag_id)),
        f"`{link.task_id or '…'}` names the DAG `{link.target_dag_id}`, which is not in this bundle",
        suggestion=f"did you mean `{close[0]}`?"
        if close
        else "check the id, or add the bundle that holds it",
        dag_id=dag.dag_id,
        task_id=link.task_id,
        # Another bundle may hold it; a name that is nearly right is a slip.
        severity=None if close else Severity.MEDIUM,
        confidence=None if close else Confidence.LIKELY,
    )


def _missing_tasks(dag: DagFacts, link: CrossDagLink, other: DagFacts) -> Iterator[Problem]:
    if other.tier is not Tier.EXACT:
        return
    for task_id in link.target_task_ids:
        if task_id in other.task_ids or task_id in other.group_ids:
            continue
        close = difflib.get_close_matches(task_id, other.task_ids, n=1)
        yield Problem(
            Place(link.line, path=link.path or dag.path, code=task_id),
            f"`{link.task_id or '…'}` names the task `{task_id}`, which `{other.dag_id}` does not have",
            suggestion=f"did you mean `{close[0]}`?" if close else f"use a task of {other.path}",
            dag_id=dag.dag_id,
            task_id=link.task_id,
        )
