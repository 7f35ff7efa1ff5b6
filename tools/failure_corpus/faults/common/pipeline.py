"""What the pipelines of this folder share."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG


def pipeline(dag_id: str, owner: str, retries: int = 1, **more) -> DAG:
    return DAG(
        dag_id=dag_id,
        schedule=None,
        start_date=datetime(2026, 11, 1, tzinfo=UTC),
        default_args={"owner": owner, "retries": retries, "retry_delay": timedelta(seconds=2)},
        **more,
    )
