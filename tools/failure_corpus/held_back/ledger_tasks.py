"""Ledger and reports: faults of code, data and settings."""

import asyncio
import dataclasses
import logging
import subprocess
import sys

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator, ShortCircuitOperator
from airflow.sdk import task
from common.pipeline import pipeline

log = logging.getLogger(__name__)


def sql(statement, user="etl", options=""):
    import psycopg2

    with psycopg2.connect(f"postgresql://{user}:{user}@warehouse.internal:5432/postgres{options}") as connection:
        with connection.cursor() as cursor:
            cursor.execute(statement)


@dataclasses.dataclass(frozen=True)
class Entry:
    account: str
    amount: int


with pipeline("ledger_rebook", "ledger"):

    @task
    def rebook():
        entry = Entry("1200", 5)
        entry.amount = 7

    rebook()

with pipeline("ledger_clean", "ledger"):

    @task
    def drop_empty():
        balances = {"1200": 0, "8400": 3}
        for account, amount in balances.items():
            if not amount:
                del balances[account]

    drop_empty()

with pipeline("ledger_async", "ledger"):

    @task
    def gather():
        async def outer():
            return asyncio.run(asyncio.sleep(0))

        asyncio.run(outer())

    gather()

with pipeline("ledger_unpack", "ledger"):

    @task
    def split_accounts():
        for account, amount in [("1200", 5, "EUR")]:
            log.info("%s %s", account, amount)

    split_accounts()

with pipeline("ledger_arguments", "ledger"):

    def close(period, ledger):
        return f"{period} {ledger}"

    PythonOperator(task_id="close_period", python_callable=close, op_kwargs={"period": "2026-11"})

with pipeline("ledger_shell", "ledger"):
    BashOperator(task_id="export", bash_command='set -u; echo "exporting to $EXPORT_TARGET_DIR"')

with pipeline("ledger_script", "ledger"):

    @task
    def run_script():
        code = "rows = {'a': 1}\nprint('reading rows')\nprint(rows['b'])\n"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        log.info(done.stdout)
        log.error(done.stderr)
        done.check_returncode()

    run_script()

with pipeline("ledger_orm", "ledger"):

    @task
    def read_orm():
        import sqlalchemy

        engine = sqlalchemy.create_engine("postgresql+psycopg2://etl:etl@warehouse.internal:5432/postgres")
        with engine.connect() as connection:
            return connection.execute(sqlalchemy.text("select * from ledger_2026")).fetchall()

    read_orm()

with pipeline("ledger_native", "ledger"):

    @task
    def load_native():
        import ctypes

        return ctypes.CDLL("libledgerfast.so.2")

    load_native()

with pipeline("ledger_ruby", "ledger"):
    BashOperator(task_id="print_forms", bash_command="echo forms; env rubyfarm --version")

with pipeline("lines_foreign", "orders"):

    @task
    def insert_lines():
        sql("insert into order_lines values (1, 999999, 'mug')")

    insert_lines()

with pipeline("lines_negative", "orders"):

    @task
    def insert_negative():
        sql("insert into orders values (5001, 'x', -4)")

    insert_negative()

with pipeline("lines_overflow", "orders"):

    @task
    def insert_large():
        sql("update orders set amount = 99999999999 where order_id = 4")

    insert_large()

with pipeline("archive_unzip", "files"):

    @task
    def unzip():
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(b"<html>not found</html>" * 20)) as archive:
            return archive.namelist()

    unzip()

with pipeline("bank_statement", "files"):

    @task
    def parse_statement():
        from xml.etree import ElementTree

        return ElementTree.fromstring("<statement><entry amount='5'></statement>").tag

    parse_statement()

with pipeline("frame_contract", "files"):

    @task
    def check_frame():
        import pandas
        import pandera.pandas as pandera

        schema = pandera.DataFrameSchema({"amount": pandera.Column(int, pandera.Check.ge(0))})
        return len(schema.validate(pandas.DataFrame({"amount": [3, -1]})))

    check_frame()

with pipeline("event_model", "files"):

    @task
    def read_event():
        import pydantic

        class Event(pydantic.BaseModel):
            user: int
            page: str

        return Event.model_validate({"user": "n/a", "page": "/"}).user

    read_event()

with pipeline("prices_decimal", "files"):

    @task
    def to_decimal():
        from decimal import Decimal

        return str(sum(Decimal(text) for text in ("12.50", "12,50")))

    to_decimal()

with pipeline("ragged_csv", "files"):

    @task
    def read_ragged():
        import io

        import pandas

        return pandas.read_csv(io.StringIO("a,b\n1,2\n3,4,5\n")).shape

    read_ragged()

with pipeline("parquet_truncated", "files"):

    @task
    def read_parquet():
        import io

        import pyarrow.parquet

        return pyarrow.parquet.read_table(io.BytesIO(b"PAR1" + b"\0" * 64)).num_rows

    read_parquet()

with pipeline("payload_schema", "files"):

    @task
    def check_payload():
        import jsonschema

        jsonschema.validate({"id": "seven"}, {"properties": {"id": {"type": "integer"}}})

    check_payload()

with pipeline("region_missing", "settings"):

    @task
    def open_queue():
        import os

        import boto3

        os.environ.pop("AWS_DEFAULT_REGION", None)
        return boto3.client("sqs").list_queues()

    open_queue()

with pipeline("queue_missing", "settings"):

    @task
    def read_queue():
        import boto3

        client = boto3.client("sqs", endpoint_url="http://objects.internal:9000", region_name="eu-central-1")
        return client.get_queue_url(QueueName="orders-dead-letter")["QueueUrl"]

    read_queue()

with pipeline("secret_missing", "settings"):

    @task
    def read_secret():
        import boto3

        client = boto3.client("secretsmanager", endpoint_url="http://objects.internal:9000", region_name="eu-central-1")
        return client.get_secret_value(SecretId="warehouse/etl")["Name"]

    read_secret()

with pipeline("address_without_scheme", "settings"):

    @task
    def call_address():
        import requests

        return requests.get("api.rates.internal/latest", timeout=3).text

    call_address()

with pipeline("settings_file", "settings"):

    @task
    def read_file():
        import configparser

        settings = configparser.ConfigParser()
        settings.read_string("[source]\nhost = a\n")
        return settings.get("target", "host")

    read_file()

with pipeline("profile_missing", "settings"):

    @task
    def open_profile():
        import boto3

        return boto3.Session(profile_name="analytics-prod").region_name

    open_profile()
