"""Reads the price lists that our partners send, one mapped task per partner."""

import logging
import random
from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

log = logging.getLogger(__name__)

PARTNERS = ["alpenglow", "bluewater", "cordoba"]


@dag(
    schedule="15 5 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    default_args={
        "owner": "partner-data",
        "retries": 1,
        "retry_delay": timedelta(minutes=10),
        "execution_timeout": timedelta(minutes=10),
    },
    tags=["partners"],
)
def partner_feeds():
    @task
    def list_partners() -> list[str]:
        return PARTNERS

    @task(max_active_tis_per_dag=4)
    def read_feed(partner: str, ds: str | None = None) -> int:
        draw = random.Random(f"{partner} {ds}")
        cells = [f"{draw.uniform(1, 90):.2f}" for _ in range(50)]
        if partner == "cordoba" and ds >= "2026-11-18":
            cells[17] = cells[17].replace(".", ",")
        prices = [float(cell) for cell in cells]
        log.info("%s: %d prices, highest %.2f", partner, len(prices), max(prices))
        return len(prices)

    @task
    def combine(counts: list[int]) -> int:
        log.info("%d prices of %d partners", sum(counts), len(counts))
        return sum(counts)

    combine(read_feed.expand(partner=list_partners()))


partner_feeds()
