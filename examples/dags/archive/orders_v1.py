from datetime import datetime

from airflow import DAG
from airflow.operators.bash_operator import BashOperator

dag = DAG("orders_v1", schedule_interval="@daily", start_date=datetime(2021, 1, 1))
BashOperator(task_id="load", bash_command="load_orders.sh", dag=dag)
