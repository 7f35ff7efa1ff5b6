"""Rolls the web servers' logs up per day and region."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import dag, task
from common.regions import bucket_for

SITES = json.loads(Path(__file__).with_name("web_sites.json").read_text())


@dag(
    schedule="45 0 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "web-analytics"},
)
def web_logs_rollup():
    @task
    def scan(ds=None):
        lines = 3_000 if ds < "2026-11-18" else 9_000
        for site in SITES:
            time.sleep(lines / 9_000)
            print(f"{site}: {lines} lines")
        return lines

    @task
    def store(region, lines):
        print(f"{lines} lines to s3://{bucket_for(region)}/web")

    lines = scan()
    for region in ["eu", "apac"]:
        store.override(task_id=f"store_{region}")(region, lines)


web_logs_rollup()
