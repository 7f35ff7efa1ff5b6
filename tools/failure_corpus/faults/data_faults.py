"""Data that is not what it should be."""

import csv
import json
import logging
from pathlib import Path

from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLValueCheckOperator
from airflow.sdk import Variable, task
from common.pipeline import pipeline

log = logging.getLogger(__name__)
DATABASE = "postgresql://etl:etl@warehouse.internal:5432/postgres"


def connect():
    import psycopg2

    return psycopg2.connect(DATABASE)


with pipeline("rates_import", "finance"):

    @task
    def fetch_rates():
        import requests

        return requests.get("http://api.rates.internal:8080/html", timeout=5).json()

    fetch_rates()

with pipeline("supplier_csv", "warehouse"):

    @task
    def read_supplier():
        path = Path("/tmp/supplier.csv")
        path.write_bytes("sku;name\n1;Tür\n".encode("latin-1"))
        with path.open(encoding="utf-8") as lines:
            return len(list(csv.reader(lines, delimiter=";")))

    read_supplier()

with pipeline("orders_insert", "orders"):

    @task
    def insert_orders():
        with connect() as connection, connection.cursor() as cursor:
            for number in (99, 7):
                cursor.execute("insert into orders values (%s, 'x', 1) on conflict (order_id) do nothing" if number == 99 else "insert into orders values (%s, 'x', 1)", (number,))

    insert_orders()

with pipeline("customers_insert", "crm"):

    @task
    def insert_customers():
        with connect() as connection, connection.cursor() as cursor:
            cursor.execute("insert into orders (order_id, amount) values (1001, 5)")

    insert_customers()

with pipeline("amounts_load", "finance"):

    @task
    def load_amounts():
        with connect() as connection, connection.cursor() as cursor:
            cursor.execute("update orders set amount = '12,50 EUR' where order_id = 3")

    load_amounts()

with pipeline("amounts_parse", "finance"):

    @task
    def parse_amounts():
        rows = ["12.50", "8.00", "7,99"]
        return sum(float(row) for row in rows)

    parse_amounts()

with pipeline("clicks_columns", "web"):

    @task
    def read_clicks():
        import io

        import pandas

        table = io.StringIO("visitor,page\n1,/\n")
        return pandas.read_csv(table, usecols=["visitor", "page", "referrer"]).shape

    read_clicks()

with pipeline("clicks_merge", "web"):

    @task
    def merge_days():
        import pyarrow

        one = pyarrow.table({"visitor": [1, 2]})
        two = pyarrow.table({"visitor": ["a"], "page": ["/"]})
        return pyarrow.concat_tables([one, two]).num_rows

    merge_days()

with pipeline("clicks_sessions_frame", "web"):

    @task
    def sessions():
        import pandas

        frame = pandas.DataFrame({"visitor": [1, 2], "page": ["/", "/cart"]})
        return frame.groupby("session_id").size().to_dict()

    sessions()

with pipeline("orders_check", "orders"):
    SQLCheckOperator(
        task_id="no_negative_amounts",
        conn_id="warehouse",
        sql="select count(*) = 0, min(amount) > 1000 from orders where order_id < 10",
    )

with pipeline("orders_count_check", "orders"):
    SQLValueCheckOperator(
        task_id="row_count", conn_id="warehouse", sql="select count(*) from orders where order_id <= 50", pass_value=500
    )

with pipeline("daily_extract", "orders"):

    @task
    def read_extract():
        import boto3

        client = boto3.client("s3", endpoint_url="http://localhost:9000", region_name="eu-central-1")
        return client.get_object(Bucket="extracts", Key="orders/2026-11-20.parquet")["ETag"]

    read_extract()

with pipeline("partner_drop", "sales"):

    @task
    def read_drop():
        for part in range(3):
            log.info("looking for part %d", part)
        with open("/srv/drop/partner-2026-11-20.csv") as lines:
            return len(lines.readlines())

    read_drop()

with pipeline("empty_partition", "orders"):

    @task
    def load_partition():
        rows = []
        if not rows:
            raise ValueError("0 rows in partition 2026-11-20 of orders")

    load_partition()

with pipeline("webhook_events", "web"):

    @task
    def parse_events():
        lines = ['{"event": "view"}', '{"event": "buy", ']
        return [json.loads(line) for line in lines]

    parse_events()

with pipeline("delivery_dates", "warehouse"):

    @task
    def parse_deliveries():
        from datetime import datetime

        rows = [{"sku": 1, "due": "2026-11-20"}, {"sku": 2, "due": "20.11.2026"}]
        return [datetime.strptime(row["due"], "%Y-%m-%d").isoformat() for row in rows]

    parse_deliveries()
