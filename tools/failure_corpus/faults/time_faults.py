"""Things that take too long."""

import time
from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator, task
from common.pipeline import pipeline

with pipeline("big_export", "finance"):

    @task(execution_timeout=timedelta(seconds=4))
    def export():
        for part in range(60):
            print(f"part {part} of 60")
            time.sleep(0.5)

    export()

with pipeline("slow_shell", "finance"):
    BashOperator(task_id="vacuum", bash_command="echo vacuuming; sleep 60", execution_timeout=timedelta(seconds=4))

with pipeline("bank_file", "finance", retries=0):
    FileSensor(task_id="wait_for_file", fs_conn_id="drop", filepath="bank.xml", poke_interval=1, timeout=4)

with pipeline("bank_file_soft", "finance", retries=0):
    FileSensor(task_id="wait_softly", fs_conn_id="drop", filepath="bank.xml", poke_interval=1, timeout=3, soft_fail=True)

with pipeline("stock_ready", "warehouse", retries=0):
    PythonSensor(task_id="wait_ready", python_callable=lambda: False, poke_interval=1, timeout=3, mode="reschedule")

with pipeline("rates_slow", "finance"):

    @task
    def fetch_slowly():
        import requests

        return requests.get("http://api.rates.internal:8080/slow", timeout=1).json()

    fetch_slowly()

with pipeline("rates_silent", "finance"):

    @task
    def fetch_silently():
        import requests

        return requests.get("http://silent.internal:9999/rates", timeout=2).json()

    fetch_silently()

with pipeline("release_window", "platform", retries=0):

    class WaitForWindow(BaseOperator):
        def execute(self, context):
            window = datetime(2031, 1, 1, tzinfo=UTC)
            self.defer(trigger=DateTimeTrigger(window), method_name="resume", timeout=timedelta(seconds=3))

        def resume(self, context, event=None):
            return event

    WaitForWindow(task_id="wait_window")

with pipeline("run_limit", "platform", retries=0, dagrun_timeout=timedelta(seconds=12)):

    @task
    def run_long():
        for minute in range(90):
            print(f"step {minute}")
            time.sleep(1)

    run_long()

with pipeline("close_follow_up", "finance", retries=0):
    ExternalTaskSensor(task_id="wait_for_close", external_dag_id="month_close", external_task_id="close_books", failed_states=["failed"], poke_interval=2, timeout=240, check_existence=True)
