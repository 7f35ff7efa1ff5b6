"""DGA216: an asset that is waited for differs from one that is updated by a letter.

Assets are joined by their exact names. One letter, a capital or a slash more, and the DAG never runs.

Bad:

    # file: load.py
    from airflow.sdk import DAG, Asset
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("load", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load", outlets=[Asset("s3://lake/orders")])
    # file: report.py
    from airflow.sdk import DAG, Asset

    with DAG("report", schedule=[Asset("s3://lake/order")]):  # <- here
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
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from analyzers.code_analyzer.rule_help import confidence_in
from dagaudit.finding import Severity

_MIN_LENGTH = 6


@bundle_rule("DGA216", "asset-uri-typo", Severity.MEDIUM, tags=("cross-dag", "asset"))
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Compare what is only waited for with what is only updated."""
    produced = {asset for dag in bundle.facts.dags for asset, _, _ in dag.assets_out}
    consumed = {asset for dag in bundle.facts.dags for asset, _ in dag.assets_in}
    lonely = sorted(produced - consumed)
    for dag in bundle.facts.dags:
        for asset, line in dag.assets_in:
            close = next((other for other in lonely if asset not in produced and _nearly(asset, other)), None)
            if close is not None:
                yield Problem(
                    Place(line, path=dag.path, code=asset),
                    f"the DAG waits for the asset `{asset}`; what is updated is `{close}`",
                    suggestion=f"write `{close}`",
                    dag_id=dag.dag_id,
                    confidence=confidence_in(dag),
                )


def _nearly(first: str, second: str) -> bool:
    """Whether they are one letter, capitals or slashes apart; numbers are meant to differ."""
    if first.lower().rstrip("/") == second.lower().rstrip("/"):
        return True
    if min(len(first), len(second)) < _MIN_LENGTH or abs(len(first) - len(second)) > 1:
        return False
    shorter, longer = sorted((first, second), key=len)
    start = next((i for i, letter in enumerate(shorter) if letter != longer[i]), len(shorter))
    rest_of_shorter = shorter[start + (len(shorter) == len(longer)) :]
    if rest_of_shorter != longer[start + 1 :]:
        return False
    changed = longer[start : start + 1] + (shorter[start : start + 1] if len(shorter) == len(longer) else "")
    return not any(letter.isdigit() for letter in changed)
