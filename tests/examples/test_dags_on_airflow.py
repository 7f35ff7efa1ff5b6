"""The example DAGs on a real Airflow."""

from pathlib import Path

import pytest

from tests.real_airflow import run_airflow_python

EXAMPLES = Path(__file__).parents[2] / "examples"
LOAD = """
import json, os, sys
from airflow.dag_processing.dagbag import DagBag

folder = sys.argv[1].rstrip("/") + "/"
sys.path.insert(0, folder)
os.environ["AIRFLOW_VAR_PRICING_MARGIN"] = "1.2"
bag = DagBag(dag_folder=folder)
errors = sorted(path.removeprefix(folder) for path in bag.import_errors)
dags = {dag_id: sorted(dag.task_ids) for dag_id, dag in bag.dags.items()}
print(json.dumps({"errors": errors, "dags": dags}))
"""


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """Loads a folder of DAGs in a real Airflow of its own."""

    def loaded(folder):
        return run_airflow_python(LOAD, tmp_path_factory.mktemp("airflow"), str(folder))

    return loaded


def test_every_example_dag_is_imported_but_the_broken_one(load):
    found = load(EXAMPLES / "dags")

    assert found["errors"] == ["finance_close.py"]
    assert sorted(found["dags"]) == [
        "churn_scores",
        "clicks_collect",
        "clicks_sessions",
        "crm_export",
        "file_drop",
        "inventory_sync",
        "ledger_import",
        "ml_pipeline",
        "monitoring",
        "orders_etl",
        "partner_feeds",
        "price_updates",
        "usage_report_apac",
        "usage_report_eu",
        "usage_report_us",
        "web_logs_rollup",
    ]
    assert found["dags"]["ml_pipeline"] == sorted(
        ["download", "validate", "preprocess", "features", "train", "evaluate", "deploy", "notify"]
    )


def test_every_faulty_dag_is_imported(load):
    found = load(EXAMPLES / "faults")

    assert found["errors"] == []
    assert len(found["dags"]) == 16


def test_every_log_is_of_an_example_dag(load):
    known = {**load(EXAMPLES / "dags")["dags"], **load(EXAMPLES / "faults")["dags"]}
    logged = {
        (path.parts[0].removeprefix("dag_id="), path.parts[2].removeprefix("task_id="))
        for path in (path.relative_to(EXAMPLES / "logs") for path in (EXAMPLES / "logs").rglob("attempt=*"))
    }

    assert {dag_id for dag_id, _ in logged} == set(known)
    assert all(task_id in known[dag_id] for dag_id, task_id in logged)
