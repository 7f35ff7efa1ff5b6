"""Brings the stock of all shops to the warehouse: everything on Mondays, otherwise what changed."""

import logging
import random
from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.sdk import DAG
from common.warehouse import send

log = logging.getLogger(__name__)


def choose(ds, **_):
    monday = datetime.strptime(ds, "%Y-%m-%d").weekday() == 0
    return "read_everything" if monday else "read_changes"


def read(shops: int, ds: str) -> int:
    rows = random.Random(ds).randint(20, 60) * shops
    log.info("%d rows of %d shops", rows, shops)
    return rows


def write(ti, ds, **_):
    rows = sum(ti.xcom_pull(task_ids=name) or 0 for name in ("read_everything", "read_changes"))
    send("stock", rows)
    log.info("wrote %d rows for %s", rows, ds)


with DAG(
    dag_id="inventory_sync",
    schedule="0 4 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "logistics",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=20),
    },
    tags=["stock"],
):
    branch = BranchPythonOperator(task_id="full_or_changes", python_callable=choose)
    everything = PythonOperator(task_id="read_everything", python_callable=read, op_args=[40])
    changes = PythonOperator(task_id="read_changes", python_callable=read, op_args=[4])
    join = PythonOperator(
        task_id="write_stock", python_callable=write, trigger_rule="none_failed_min_one_success"
    )

    branch >> [everything, changes] >> join
