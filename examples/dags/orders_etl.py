"""Loads the shop's orders into the warehouse and sums them up per country."""

import logging
import os
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, TaskGroup

log = logging.getLogger(__name__)

COUNTRIES = ("AT", "DE", "FR", "NL")


def warehouse(ds: str) -> sqlite3.Connection:
    folder = Path(os.environ.get("DATA_ROOT", "/tmp/airflow-data")) / "orders_etl"
    folder.mkdir(parents=True, exist_ok=True)
    return sqlite3.connect(folder / f"{ds}.db")


def extract_orders(ds: str) -> int:
    draw = random.Random(ds)
    rows = [
        (ds, draw.choice(COUNTRIES), draw.choice(["paid", "paid", "cancelled"]), round(draw.uniform(5, 250), 2))
        for _ in range(300)
    ]
    with closing(warehouse(ds)) as connection, connection:
        connection.execute("DROP TABLE IF EXISTS orders")
        connection.execute("CREATE TABLE orders (day TEXT, country TEXT, status TEXT, amount REAL)")
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
    log.info("%d orders for %s", len(rows), ds)
    return len(rows)


def extract_rates(ds: str) -> dict[str, float]:
    draw = random.Random(f"rates {ds}")
    return {code: round(draw.uniform(0.8, 1.2), 4) for code in ("EUR", "USD", "GBP")}


def sum_up(ds: str, templates_dict: dict[str, str]) -> None:
    with closing(warehouse(ds)) as connection:
        for country, orders, revenue in connection.execute(templates_dict["query"]):
            log.info("%s: %d orders, %.2f", country, orders, revenue)


def publish(ds: str) -> None:
    log.info("orders of %s are published", ds)


with DAG(
    dag_id="orders_etl",
    description="Shop orders into the warehouse",
    schedule="30 3 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=3),
        "execution_timeout": timedelta(minutes=15),
    },
    tags=["sales"],
) as dag:
    with TaskGroup("extract") as extract:
        PythonOperator(task_id="orders", python_callable=extract_orders)
        PythonOperator(task_id="rates", python_callable=extract_rates)

    with TaskGroup("transform") as transform:
        PythonOperator(
            task_id="sum_up",
            python_callable=sum_up,
            templates_dict={"query": "sql/orders_daily.sql"},
            templates_exts=[".sql"],
            params={"ignored_status": "cancelled"},
        )

    load = PythonOperator(task_id="publish", python_callable=publish)
    done = EmptyOperator(task_id="done")

    extract >> transform >> load >> done
