"""Writes tomorrow's prices to the warehouse."""

from datetime import UTC, datetime

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Variable
from common.warehouse import send

def setting(name, fallback):
    return Variable.get(f"pricing_{name}", default=fallback)

MARGIN = float(setting("margin", "1.2"))

def compute(base, ds):
    print(f"margin {MARGIN} for {ds}")
    return round(base * MARGIN, 2)


def push(channel):
    send(f"prices_{channel}", 120)
    print(f"prices are in {channel}")


with DAG(
    "price_updates",
    schedule="0 4 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    default_args={"owner": "pricing"},
):
    compute_prices = PythonOperator(task_id="compute_prices", python_callable=compute, op_kwargs={"base": 10})

    for channel in ("web", "shop"):
        compute_prices >> PythonOperator(
            task_id=f"push_{channel}", python_callable=push, op_kwargs={"channel": channel}
        )
