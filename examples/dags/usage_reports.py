"""One usage report per region, from one table of settings."""

import logging
import random
from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, task
from common.regions import bucket_for

log = logging.getLogger(__name__)

REPORTS = {
    "eu": {"schedule": "0 6 * * *", "customers": 420},
    "us": {"schedule": "0 11 * * *", "customers": 310},
    "apac": {"schedule": "0 22 * * *", "customers": 95},
}


def build(region: str, schedule: str, customers: int) -> DAG:
    with DAG(
        dag_id=f"usage_report_{region}",
        schedule=schedule,
        start_date=datetime(2026, 11, 1, tzinfo=UTC),
        catchup=False,
        default_args={
            "owner": "customer-success",
            "retries": 1,
            "retry_delay": timedelta(minutes=5),
            "execution_timeout": timedelta(minutes=10),
        },
        tags=["usage", region],
    ) as dag:

        @task
        def count_usage(ds: str | None = None) -> int:
            return sum(random.Random(f"{region} {ds}").randint(0, 50) for _ in range(customers))

        @task
        def write_report(units: int, ds: str | None = None) -> str:
            target = f"s3://{bucket_for(region)}/usage/{ds}.csv"
            log.info("%d units to %s", units, target)
            return target

        write_report(count_usage())
    return dag


for region, settings in REPORTS.items():
    globals()[f"usage_report_{region}"] = build(region, **settings)
