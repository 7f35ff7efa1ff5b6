"""Clicks are collected every night; sessions are built whenever new clicks have arrived."""

import logging
import random
from datetime import UTC, datetime, timedelta

from airflow.sdk import Asset, dag, task

log = logging.getLogger(__name__)

CLICKS = Asset(name="clicks", uri="s3://clickstream/clicks")
SESSIONS = Asset(name="sessions", uri="s3://clickstream/sessions")

default_args = {
    "owner": "web-analytics",
    "retries": 2,
    "retry_delay": timedelta(minutes=4),
    "execution_timeout": timedelta(minutes=30),
}


@dag(
    schedule="@daily",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args=default_args,
    tags=["web"],
)
def clicks_collect():
    @task(outlets=[CLICKS])
    def collect(ds: str | None = None, ti=None) -> int:
        if ti.try_number == 1 and int(ds[-2:]) % 2:
            raise OSError("lock file /var/lock/clicks is held by another process")
        clicks = random.Random(ds).randint(4_000, 9_000)
        log.info("%d clicks on %s", clicks, ds)
        return clicks

    collect()


@dag(
    schedule=[CLICKS],
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    default_args=default_args,
    tags=["web"],
)
def clicks_sessions():
    @task(outlets=[SESSIONS])
    def sessionize() -> int:
        log.info("sessions rebuilt")
        return 1

    sessionize()


clicks_collect()
clicks_sessions()
