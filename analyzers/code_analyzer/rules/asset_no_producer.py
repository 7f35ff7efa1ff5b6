"""DGA215: a DAG waits for an asset that no task of the bundle updates, or updates one that nobody waits for.

A DAG that waits for nothing never runs. Assets that the outside world updates (watchers, the REST API,
another bundle) are meant; so the rule speaks only where the bundle produces assets itself.

Bad:

    # file: load.py
    from airflow.sdk import DAG, Asset
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("load", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load", outlets=[Asset("s3://lake/orders")])
    # file: report.py
    from airflow.sdk import DAG, Asset

    with DAG("report", schedule=[Asset("s3://lake/orders"), Asset("s3://lake/customers")]):  # <- here
        ...

Good:

    # file: load.py
    from airflow.sdk import DAG, Asset
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("load", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load", outlets=[Asset("s3://lake/orders")])
    # file: report.py
    from airflow.sdk import DAG, Asset

    with DAG("report", schedule=[Asset("s3://lake/orders")]):
        ...
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import BundleContext
from analyzers.code_analyzer.rule import Place, Problem, Profile, bundle_rule
from dagaudit.dag import Tier
from dagaudit.finding import Confidence, Severity


@bundle_rule(
    "DGA215", "asset-no-producer", Severity.MEDIUM, profile=Profile.STRICT, tags=("cross-dag", "asset")
)
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Only a bundle whose DAGs are all exact can miss a producer."""
    dags = bundle.facts.dags
    produced = {asset for dag in dags for asset, _, _ in dag.assets_out}
    consumed = {asset for dag in dags for asset, _ in dag.assets_in}
    if not bundle.complete or not produced or any(dag.tier is not Tier.EXACT for dag in dags):
        return
    by_alias = any(asset.startswith("alias:") for asset in produced)
    for dag in dags:
        for asset, line in dag.assets_in:
            if asset not in produced and not by_alias and not asset.startswith("alias:"):
                yield Problem(
                    Place(line, path=dag.path, code=asset),
                    f"the DAG waits for the asset `{asset}`, which no task of this bundle updates",
                    suggestion="give it as outlet to the task that makes it, if that is not outside",
                    dag_id=dag.dag_id,
                    confidence=Confidence.LIKELY,
                )
        for asset, line, task_id in dag.assets_out:
            if asset not in consumed and not asset.startswith("alias:"):
                yield Problem(
                    Place(line, path=dag.path, code=asset),
                    f"no DAG of this bundle waits for the asset `{asset}`",
                    dag_id=dag.dag_id,
                    task_id=task_id,
                    severity=Severity.LOW,
                )
