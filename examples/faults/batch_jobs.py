"""Batch jobs that break in ways of their own; their logs show what such breakage looks like."""

import importlib
import logging
import os
import signal
import socket
import sys
import time
from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, BaseHook, Variable, task
from airflow.sdk.exceptions import AirflowSkipException

log = logging.getLogger(__name__)


def batch(dag_id: str, owner: str, retries: int = 0) -> DAG:
    return DAG(
        dag_id=dag_id,
        schedule=None,
        start_date=datetime(2026, 11, 1, tzinfo=UTC),
        default_args={"owner": owner, "retries": retries, "retry_delay": timedelta(minutes=2)},
        tags=["batch"],
    )


with batch("slow_export", "finance", retries=1):

    @task(execution_timeout=timedelta(seconds=4))
    def export_ledger():
        for part in range(60):
            print(f"part {part} of 60")
            time.sleep(1)

    export_ledger()

with batch("backup_files", "data-platform"):
    BashOperator(task_id="copy", bash_command="cp -r /srv/no-such-share /tmp/backup")

with batch("thumbnails", "web"):

    @task
    def resize():
        log.info("resizing 40,000 pictures in memory")
        os.kill(os.getpid(), signal.SIGKILL)

    resize()

with batch("license_check", "it"):

    @task
    def check_licenses():
        print("3 licenses have run out", file=sys.stderr)
        sys.exit(3)

    check_licenses()

with batch("invoice_pdf", "finance"):

    @task
    def render():
        importlib.import_module("reportlab.pdfgen")

    render()

with batch("mail_digest", "marketing"):

    @task
    def send_mails():
        BaseHook.get_connection("smtp_marketing")

    send_mails()

with batch("feature_flags", "web"):

    @task
    def read_flags():
        return Variable.get("feature_flags_url")

    read_flags()

with batch("stock_forecast", "logistics"):

    @task
    def load_matrix():
        return len(bytearray(1 << 62))

    load_matrix()

with batch("scratch_dump", "data-platform"):

    @task
    def dump():
        with open("/dev/full", "wb", buffering=0) as target:
            target.write(b"x" * 4096)

    dump()

with batch("geo_lookup", "logistics", retries=1):

    @task
    def resolve():
        socket.getaddrinfo("geo.partner.invalid", 443)

    resolve()

with batch("tax_rates", "finance", retries=1):

    @task
    def fetch_rates():
        with socket.create_server(("127.0.0.1", 0)) as silent:
            with socket.create_connection(silent.getsockname(), timeout=2) as connection:
                connection.recv(1)

    fetch_rates()

with batch("cache_warmup", "web"):

    @task
    def warm_up():
        print("WARN: 2 of 300 keys are unknown", file=sys.stderr)
        log.error("optional cache cannot be reached, going on without it")

    warm_up()

with batch("holiday_mailing", "marketing"):

    @task
    def is_holiday():
        raise AirflowSkipException("no holiday today")

    is_holiday()
