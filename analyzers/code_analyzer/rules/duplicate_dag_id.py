"""DGA102: two DAGs have the same id.

Airflow keeps one of them, by the order in which files happen to be parsed; the other never runs, or the two
take turns. With several files it shows an import error on one of them.

Bad:

    # file: a.py
    from airflow.sdk import DAG

    with DAG("report", schedule="@daily"):
        ...
    # file: b.py
    from airflow.sdk import DAG

    with DAG("report", schedule="@hourly"):  # <- here
        ...

Good:

    # file: a.py
    from airflow.sdk import DAG

    with DAG("report_daily", schedule="@daily"):
        ...
    # file: b.py
    from airflow.sdk import DAG

    with DAG("report_hourly", schedule="@hourly"):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import BundleContext
from analyzers.code_analyzer.file_model import DagFacts
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from analyzers.code_analyzer.rule_help import confidence_in, may_coexist
from dagaudit.finding import Severity


@bundle_rule("DGA102", "duplicate-dag-id", Severity.CRITICAL, tags=("correctness",))
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Compare all ids of the bundle."""
    seen: dict[str, list[DagFacts]] = {}
    for dag in bundle.facts.dags:
        if dag.dag_id is None or not dag.registered:
            continue
        others = seen.setdefault(dag.dag_id, [])
        first = next((other for other in others if other.path != dag.path or may_coexist(other, dag)), None)
        if first is not None:
            place = "above" if first.path == dag.path else f"in {first.path}"
            yield Problem(
                Place(dag.line, path=dag.path, code=dag.dag_id),
                f"the id `{dag.dag_id}` is already used by the DAG at line {first.line} {place}",
                suggestion="give one of them another id, or remove it",
                dag_id=dag.dag_id,
                confidence=confidence_in(dag, first),
            )
        others.append(dag)
