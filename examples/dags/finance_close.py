"""Closes the books at the end of the month."""

from datetime import UTC, datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="finance_close",
    schedule="0 1 1 * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    default_args={"owner": "finance", "retries": 1},
) as dag:
    freeze = BashOperator(task_id="freeze_ledger", bash_command="echo freeze")
    report = BashOperator(
        task_id="print_report",
        bash_command="echo report",
    
    freeze >> report
