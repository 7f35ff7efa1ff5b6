"""Data checks that find something, and a task that waits in the triggerer."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta

from airflow.providers.standard.sensors.date_time import DateTimeSensorAsync
from airflow.sdk import DAG, task

default_args = {"owner": "data-quality", "retries": 0}
start_date = datetime(2026, 11, 1, tzinfo=UTC)

with DAG("orders_quality", schedule=None, start_date=start_date, default_args=default_args, tags=["quality"]):

    @task
    def no_orphans():
        orphans = 14
        assert orphans == 0, f"{orphans} order lines have no order"

    @task
    def totals_agree():
        try:
            expected = json.loads("{'total': 12}")
        except json.JSONDecodeError as error:
            raise RuntimeError("the control file of the shop cannot be read") from error
        return expected

    [no_orphans(), totals_agree()]

with DAG("ledger_quality", schedule=None, start_date=start_date, default_args=default_args, tags=["quality"]):

    @task
    def count_entries():
        return sqlite3.connect(":memory:").execute("SELECT COUNT(*) FROM ledger_entries").fetchone()

    @task
    def compare(entries):
        print(entries)

    compare(count_entries())

with DAG("market_open", schedule=None, start_date=start_date, default_args=default_args, tags=["quality"]):
    opened = DateTimeSensorAsync(
        task_id="wait_for_open",
        target_time="{{ dag_run.start_date + macros.timedelta(seconds=8) }}",
        execution_timeout=timedelta(minutes=5),
    )

    @task
    def read_quotes():
        print("40 quotes")

    opened >> read_quotes()
