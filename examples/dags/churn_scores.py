"""Scores which customers are about to leave."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def score(**context):
    scores = {"c-17": 0.91, "c-20": 0.34, "c-31": 0.77}
    context["ti"].xcom_push(key="scores", value=scores)


def select(**context):
    scores = context["ti"].xcom_pull(task_ids="score_customer", key="scores")
    return [name for name, value in scores.items() if value > 0.5]


with DAG(
    dag_id="churn_scores",
    schedule="@weekly",
    start_date=datetime.now() - timedelta(days=7),
    default_args={"owner": "airflow", "retries": 1, "retry_delay": timedelta(minutes=1)},
    tags=["ml"],
) as dag:
    score_customers = PythonOperator(task_id="score_customers", python_callable=score)
    select_risky = PythonOperator(task_id="select_risky", python_callable=select)
    archive = BashOperator(
        task_id="archive_scores",
        bash_command="echo archived scores of {{ execution_date.strftime('%Y-%m-%d') }}",
    )

    score_customers >> [select_risky, archive]
