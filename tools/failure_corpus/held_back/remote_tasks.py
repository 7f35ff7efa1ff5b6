"""Other systems, rights, quotas and time limits, met through other clients."""

import asyncio
import subprocess
import sys

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.smtp.operators.smtp import EmailOperator
from airflow.sdk import task
from common.pipeline import pipeline


def sql(statement, user="etl", **more):
    import psycopg2

    with psycopg2.connect(host="warehouse.internal", user=user, password=user, dbname="postgres", **more) as connection:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def aws(service, **more):
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url="http://throttled.internal:9001", region_name="eu-central-1", config=config, **more)


for _team in ("sales", "stock"):
    with pipeline(f"{_team}_events", _team):

        @task
        def publish():
            import kafka

            kafka.KafkaProducer(bootstrap_servers="broker.internal:9092", api_version_auto_timeout_ms=1500)

        publish()

for _team in ("sales", "stock"):
    with pipeline(f"{_team}_documents", _team):

        @task
        def read_documents():
            import pymongo

            client = pymongo.MongoClient("mongodb://mongo.internal:27017", serverSelectionTimeoutMS=1500)
            return client.shop.orders.find_one()

        read_documents()

with pipeline("shop_mysql", "sales"):

    @task
    def read_shop():
        import pymysql

        return pymysql.connect(host="mysql.internal", user="etl", password="etl", connect_timeout=2)

    read_shop()

with pipeline("feature_rpc", "science"):

    @task
    def call_rpc():
        import grpc

        channel = grpc.insecure_channel("broker.internal:50051")
        return channel.unary_unary("/features.Store/Get")(b"", timeout=3)

    call_rpc()

with pipeline("report_mail", "sales"):

    @task
    def send():
        import smtplib

        smtplib.SMTP("mail.internal", 2525, timeout=3)

    send()

with pipeline("replica_query", "sales"):

    @task
    def query_replica():
        import psycopg2

        psycopg2.connect(host="replica-2.warehouse.lan", user="etl", password="etl", dbname="postgres")

    query_replica()

with pipeline("scores_httpx", "science"):

    @task
    def fetch_scores():
        import httpx

        return httpx.get("http://cache.internal:7070/scores").json()

    fetch_scores()

with pipeline("scores_aiohttp", "science"):

    @task
    def fetch_async():
        import aiohttp

        async def fetch():
            async with aiohttp.ClientSession() as session:
                async with session.get("http://kube.internal:7171/scores") as answer:
                    return await answer.json()

        return asyncio.run(fetch())

    fetch_async()

with pipeline("stock_curl", "stock"):
    BashOperator(task_id="pull", bash_command="curl --silent --show-error --fail http://api.payments.internal:8080/status/503/stock")

with pipeline("stock_urllib", "stock"):

    @task
    def pull_page():
        import urllib.request

        return urllib.request.urlopen("http://api.crm.internal:8080/status/504/page", timeout=3).read()

    pull_page()

with pipeline("table_rights", "stock"):

    @task
    def write_as_reporter():
        sql("insert into orders values (7001, 'x', 1)", user="reporting")

    write_as_reporter()

with pipeline("object_signature", "stock"):

    @task
    def put_signed():
        aws("s3").put_object(Bucket="signature-check", Key="a", Body=b"x")

    put_signed()

with pipeline("secret_token", "stock"):

    @task
    def read_secret():
        aws("secretsmanager").get_secret_value(SecretId="stock")

    read_secret()

with pipeline("curl_login", "stock"):
    BashOperator(task_id="fetch", bash_command="curl -sS -f http://api.geo.internal:8080/status/401/me")

with pipeline("urllib_forbidden", "stock"):

    @task
    def fetch_forbidden():
        import urllib.request

        return urllib.request.urlopen("http://api.geo.internal:8080/status/403/me", timeout=3).read()

    fetch_forbidden()

with pipeline("table_capacity", "stock"):

    @task
    def put_items():
        aws("dynamodb").put_item(TableName="stock", Item={"sku": {"S": "1"}})

    put_items()

with pipeline("httpx_limit", "science"):

    @task
    def embed():
        import httpx

        httpx.get("http://api.rates.internal:8080/status/429/embed").raise_for_status()

    embed()

with pipeline("statement_limit", "stock"):

    @task
    def aggregate():
        sql("select pg_sleep(20)", options="-c statement_timeout=800")

    aggregate()

with pipeline("child_limit", "stock"):

    @task
    def run_child():
        subprocess.run([sys.executable, "-c", "import time; time.sleep(30)"], timeout=2, check=True)

    run_child()

with pipeline("await_limit", "science"):

    @task
    def wait_for_answer():
        asyncio.run(asyncio.wait_for(asyncio.sleep(30), timeout=1))

    wait_for_answer()

with pipeline("httpx_slow", "science"):

    @task
    def fetch_slow():
        import httpx

        return httpx.get("http://api.rates.internal:8080/slow", timeout=1).json()

    fetch_slow()

with pipeline("shell_limit", "stock"):
    BashOperator(task_id="rebuild", bash_command="echo rebuilding; timeout 2 sleep 60")

with pipeline("java_heap", "science"):
    BashOperator(task_id="train", bash_command="java -Xmx24m {{ dag.folder }}/Train.java")

with pipeline("open_files", "science"):

    @task
    def open_many():
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
        return len([open("/etc/hostname") for _ in range(400)])

    open_many()

with pipeline("matrix", "science"):

    @task
    def allocate():
        import numpy

        return numpy.ones((1 << 22, 1 << 22)).sum()

    allocate()

with pipeline("native_crash", "science"):
    BashOperator(task_id="decode", bash_command="echo decoding; bash -c 'kill -SEGV $$'")


def pod(task_id, image, namespace="etl"):
    return KubernetesPodOperator(
        task_id=task_id, name=task_id.replace("_", "-"), image=f"registry.internal/etl/{image}:9", namespace=namespace,
        kubernetes_conn_id="kube", get_logs=False, startup_timeout_seconds=6, startup_check_interval_seconds=1,
        schedule_timeout_seconds=6, on_finish_action="keep_pod", random_name_suffix=True,
    )


with pipeline("pod_config", "science"):
    pod("run_misconfigured", "misconfigured")

with pipeline("pod_shutdown", "science"):
    pod("run_on_leaving_node", "leaving")

with pipeline("pod_quota", "science"):
    pod("run_beyond_quota", "broken", namespace="full")

with pipeline("dbt_checks", "stock"):
    BashOperator(
        task_id="dbt_build",
        bash_command="cp -r {{ dag.folder }}/dbt_project shop && cd shop && dbt --no-use-colors build --profiles-dir .",
        env={"DBT_SEND_ANONYMOUS_USAGE_STATS": "0"},
        append_env=True,
    )
