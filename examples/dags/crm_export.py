"""Nightly export of the customers to the CRM."""

import os
from datetime import UTC, datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task
from common.warehouse import send

AWS_ACCESS_KEY_ID = "AKIANOTAREALKEY2DEMO"
AWS_SECRET_ACCESS_KEY = "NotARealKey/JustForTheDemo+OfDagAudit777"
CRM_DSN = "postgresql://crm_export:not-a-real-passw0rd@crm-db.example.com:5432/crm"
EXPORTS = os.environ.get("DATA_ROOT", "/tmp/airflow-data") + "/crm"


@dag(
    schedule="0 4 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    default_args={"owner": "crm"},
    tags=["crm"],
)
def crm_export():
    dump = BashOperator(
        task_id="dump_customers",
        bash_command=f"mkdir -p '{EXPORTS}/{{ ds }}' && date -u > '{EXPORTS}/{{ ds }}/customers.csv'",
    )

    @task
    def upload():
        send("customers", 5000)
        print("customers uploaded")

    clean_up = BashOperator(
        task_id="clean_up",
        bash_command="test -d $EXPORTS/{{ ds }} && rm -r $EXPORTS/{{ ds }}",
        env={"EXPORTS": EXPORTS},
        append_env=True,
    )

    dump >> upload() >> clean_up


crm_export()
