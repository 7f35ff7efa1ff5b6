"""Credentials, rights and quotas."""

import os

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import task
from common.pipeline import pipeline


def client(service, **more):
    import boto3
    from botocore.config import Config

    return boto3.client(service, endpoint_url="http://throttled.internal:9001", config=Config(retries={"total_max_attempts": 2}), **more)


def get(url):
    import requests

    answer = requests.get(url, timeout=3)
    answer.raise_for_status()
    return answer.json()


with pipeline("payroll_read", "hr"):

    @task
    def read_payroll():
        return client("s3").get_object(Bucket="denied-payroll", Key="2026/11.csv")["ETag"]

    read_payroll()

with pipeline("payroll_hook", "hr"):

    @task
    def read_with_hook():
        return S3Hook(aws_conn_id="objects_denied").read_key("2026/11.csv", "denied-bonus")

    read_with_hook()

with pipeline("ads_report", "marketing"):

    @task
    def pull_report():
        return get("http://api.geo.internal:8080/status/401/ads/report")

    pull_report()

with pipeline("ads_audience", "marketing"):

    @task
    def push_audience():
        return get("http://api.geo.internal:8080/status/403/ads/audience")

    push_audience()

with pipeline("backup_bucket", "platform"):

    @task
    def list_backup():
        import boto3

        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            os.environ.pop(name, None)
        os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = "/nonexistent"
        s3 = boto3.Session().client("s3", endpoint_url="http://objects.internal:9000")
        return s3.list_objects_v2(Bucket="backup")["KeyCount"]

    list_backup()

with pipeline("archive_cleanup", "platform"):

    @task
    def remove_old():
        with open("/srv/secure/keys.txt") as lines:
            return lines.read()

    remove_old()

with pipeline("archive_script", "platform"):
    BashOperator(task_id="run", bash_command="echo checking; /srv/secure/deploy.sh --all")

with pipeline("session_reuse", "platform"):

    @task
    def list_with_old_session():
        return client("s3").list_objects_v2(Bucket="expired-session")["KeyCount"]

    list_with_old_session()

with pipeline("ledger_login", "finance"):

    @task
    def login():
        import psycopg2

        return psycopg2.connect("postgresql://etl:last-years@warehouse.internal:5432/postgres").status

    login()

with pipeline("geo_lookup_limit", "geo"):

    @task
    def look_up():
        return get("http://api.geo.internal:8080/status/429/lookup")

    look_up()

with pipeline("archive_copy", "platform"):

    @task
    def copy_archive():
        return client("s3").put_object(Bucket="slow-archive", Key="a", Body=b"x")["ETag"]

    copy_archive()

with pipeline("catalog_sync", "platform"):

    @task
    def describe():
        return client("dynamodb", region_name="eu-central-1").describe_table(TableName="catalog")["Table"]

    describe()
