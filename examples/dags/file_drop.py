"""Waits for the file that accounting drops, and has another DAG take it in."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, task
from airflow.sdk.bases.sensor import PokeReturnValue


def dropped() -> Path:
    return Path(os.environ.get("DATA_ROOT", "/tmp/airflow-data")) / "drop" / "ledger.csv"


@dag(
    schedule="0 6 * * 1-5",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    default_args={"owner": "finance", "retries": 1, "retry_delay": timedelta(minutes=2)},
    tags=["finance"],
)
def file_drop():
    @task.sensor(poke_interval=60, timeout=4 * 3600, mode="reschedule")
    def wait_for_ledger() -> PokeReturnValue:
        path = dropped()
        return PokeReturnValue(is_done=path.exists(), xcom_value=str(path))

    wait_for_ledger() >> TriggerDagRunOperator(
        task_id="take_in",
        trigger_dag_id="ledger_import",
        conf={"file": "{{ ti.xcom_pull(task_ids='wait_for_ledger') }}"},
        execution_timeout=timedelta(minutes=5),
    )


@dag(
    schedule=None,
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    default_args={"owner": "finance", "retries": 1, "execution_timeout": timedelta(minutes=10)},
    tags=["finance"],
)
def ledger_import():
    @task
    def read_ledger(dag_run=None) -> int:
        lines = Path(dag_run.conf["file"]).read_text().splitlines()
        return len(lines) - 1

    @task
    def book(entries: int) -> None:
        print(f"booked {entries} entries")

    book(read_ledger())


file_drop()
ledger_import()
