"""Other systems that do not answer as they should."""

import logging
import sys
import threading
import time

from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import task
from common.pipeline import pipeline

log = logging.getLogger(__name__)
DATABASE = "postgresql://etl:etl@warehouse.internal:5432/postgres"


def get(url, seconds=3):
    import requests

    answer = requests.get(url, timeout=seconds)
    answer.raise_for_status()
    return answer.json()


with pipeline("payments_sync", "finance"):

    @task
    def sync_payments():
        log.info("page 1 of 4")
        return get("http://api.payments.internal:8080/status/500/v1/payments")

    sync_payments()

for _shop in ("eu", "us", "apac"):
    with pipeline(f"crm_contacts_{_shop}", "crm"):

        @task
        def pull_contacts():
            return get("http://api.crm.internal:8080/status/502/contacts")

        pull_contacts()

with pipeline("crm_deals", "crm"):
    HttpOperator(task_id="pull_deals", http_conn_id="crm", endpoint="status/502/deals", method="GET")

with pipeline("cache_warm", "web"):

    @task
    def warm():
        import socket

        with socket.create_connection(("cache.internal", 6379), timeout=3) as connection:
            connection.send(b"PING\r\n")

    warm()

with pipeline("cache_flush", "web"):
    BashOperator(
        task_id="flush",
        bash_command=f"{sys.executable} -c \"import redis; redis.Redis('cache.internal', 6379, retry=None).flushdb()\"",
    )

with pipeline("weather_pull", "geo"):

    @task
    def pull_weather():
        return get("http://weather.nowhere.internal/v1/today")

    pull_weather()

with pipeline("partner_upload", "sales"):

    @task
    def upload():
        return get("https://partner.internal:8443/ok")

    upload()

with pipeline("geo_stream", "geo"):

    @task
    def read_stream():
        return get("http://api.geo.internal:8080/reset")

    read_stream()

with pipeline("geo_bulk", "geo"):

    @task
    def read_bulk():
        return get("http://api.geo.internal:8080/short")

    read_bulk()

with pipeline("long_query", "finance"):

    @task
    def aggregate():
        import psycopg2

        connection = psycopg2.connect(DATABASE)
        number = connection.info.backend_pid

        def end_it():
            time.sleep(1)
            with psycopg2.connect(DATABASE) as other, other.cursor() as cursor:
                cursor.execute("select pg_terminate_backend(%s)", (number,))

        threading.Thread(target=end_it).start()
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(10)")

    aggregate()

with pipeline("two_writers", "finance"):

    @task
    def update_both():
        import psycopg2

        def update(first, second):
            with psycopg2.connect(DATABASE) as connection, connection.cursor() as cursor:
                cursor.execute("update orders set amount = amount + 1 where order_id = %s", (first,))
                barrier.wait()
                if first == 21:
                    time.sleep(0.1)
                cursor.execute("update orders set amount = amount + 1 where order_id = %s", (second,))

        barrier = threading.Barrier(2)
        failed = []

        def other():
            try:
                update(21, 22)
            except psycopg2.Error as error:
                failed.append(error)

        thread = threading.Thread(target=other)
        thread.start()
        try:
            update(22, 21)
        finally:
            thread.join()
        if failed:
            raise failed[0]

    update_both()

with pipeline("month_end", "finance", retries=0):
    TriggerDagRunOperator(task_id="start_close", trigger_dag_id="month_close", wait_for_completion=True, poke_interval=2)

with pipeline("month_close", "finance", retries=0):

    @task
    def close_books():
        raise RuntimeError("two periods are open: 2026-10 and 2026-11")

    close_books()

with pipeline("objects_list", "platform"):

    @task
    def list_objects():
        import boto3
        from botocore.config import Config

        client = boto3.client("s3", endpoint_url="http://throttled.internal:9001", config=Config(retries={"total_max_attempts": 1}))
        return client.list_objects_v2(Bucket="internal-archive")["KeyCount"]

    list_objects()

with pipeline("report_query", "finance"):

    @task
    def query():
        import psycopg2

        with psycopg2.connect(DATABASE) as connection, connection.cursor() as cursor:
            cursor.execute("select total_net from orders limit 1")

    query()

with pipeline("legacy_table", "finance"):

    @task
    def count_legacy():
        import sqlite3

        with sqlite3.connect(":memory:") as connection:
            return connection.execute("select count(*) from ledger_2019").fetchone()

    count_legacy()
