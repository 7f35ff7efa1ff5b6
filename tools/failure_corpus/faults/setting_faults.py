"""Settings that are missing or wrong."""

import os

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Variable, task
from common.pipeline import pipeline

with pipeline("rate_limit_setting", "finance"):

    @task
    def read_limit():
        return Variable.get("payments_rate_limit")

    read_limit()

for _team in ("finance", "crm"):
    with pipeline(f"{_team}_marts", _team):
        SQLExecuteQueryOperator(task_id="build", conn_id="marts_db", sql="select 1")

with pipeline("export_bucket", "platform"):

    @task
    def put_export():
        S3Hook(aws_conn_id="objects").load_string("x", "a.txt", "exports-that-nobody-made")

    put_export()

with pipeline("dsn_from_env", "platform"):

    @task
    def open_dsn():
        return os.environ["WAREHOUSE_DSN"]

    open_dsn()

with pipeline("start_other", "platform"):
    TriggerDagRunOperator(task_id="start", trigger_dag_id="nightly_rebuild_v2")
