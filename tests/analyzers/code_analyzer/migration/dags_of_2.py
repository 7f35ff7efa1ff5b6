"""DAG files as people wrote them for Airflow 2: what each is called, and what the report must say of it."""

HEAD = "from datetime import datetime, timedelta\n"
START = "start_date=datetime(2024, 1, 1), catchup=False"
BASH = "from airflow.operators.bash import BashOperator\n"
OLD_DAG = "from airflow import DAG\n"

BLOCKED = {
    "schedule_interval": OLD_DAG
    + BASH
    + f"""
with DAG("schedule_interval", schedule_interval="@daily", {START}):
    BashOperator(task_id="a", bash_command="true")
""",
    "dag_concurrency": OLD_DAG
    + BASH
    + f"""
with DAG("dag_concurrency", schedule=None, concurrency=4, {START}):
    BashOperator(task_id="a", bash_command="true")
""",
    "arguments_in_dict": OLD_DAG
    + BASH
    + f"""
SETTINGS = {{"schedule_interval": "@daily", "max_active_runs": 1}}
with DAG("arguments_in_dict", {START}, **SETTINGS):
    BashOperator(task_id="a", bash_command="true")
""",
    "default_view": OLD_DAG
    + BASH
    + f"""
dag = DAG("default_view", schedule=None, default_view="graph", orientation="LR", {START})
BashOperator(task_id="a", bash_command="true", dag=dag)
""",
    "dummy_operator": OLD_DAG
    + f"""
from airflow.operators.dummy import DummyOperator
with DAG("dummy_operator", schedule=None, {START}):
    DummyOperator(task_id="a")
""",
    "unused_old_import": OLD_DAG
    + BASH
    + f"""
from airflow.operators.dummy_operator import DummyOperator
with DAG("unused_old_import", schedule=None, {START}):
    BashOperator(task_id="a", bash_command="true")
""",
    "days_ago": OLD_DAG
    + BASH
    + """
from airflow.utils.dates import days_ago
with DAG("days_ago", schedule=None, start_date=days_ago(2)):
    BashOperator(task_id="a", bash_command="true")
""",
    "contrib": OLD_DAG
    + BASH
    + f"""
from airflow.contrib.operators.ssh_operator import SSHOperator
with DAG("contrib", schedule=None, {START}):
    SSHOperator(task_id="a", command="true")
""",
    "dataset_module": OLD_DAG
    + BASH
    + f"""
from airflow.datasets import Dataset
with DAG("dataset_module", schedule=[Dataset("s3://bucket/key")], {START}):
    BashOperator(task_id="a", bash_command="true")
""",
    "subdag": OLD_DAG
    + f"""
from airflow.operators.subdag import SubDagOperator
def child():
    return DAG("subdag.a", schedule=None, {START})
with DAG("subdag", schedule=None, {START}):
    SubDagOperator(task_id="a", subdag=child())
""",
    "provide_context": OLD_DAG
    + f"""
from airflow.operators.python import PythonOperator
def work(**context): ...
with DAG("provide_context", schedule=None, {START}):
    PythonOperator(task_id="a", python_callable=work, provide_context=True)
""",
    "task_arguments_in_dict": OLD_DAG
    + BASH
    + f"""
LIMITS = {{"task_concurrency": 2}}
with DAG("task_arguments_in_dict", schedule=None, {START}):
    BashOperator(task_id="a", bash_command="true", **LIMITS)
""",
    "dummy_trigger_rule": OLD_DAG
    + BASH
    + f"""
with DAG("dummy_trigger_rule", schedule=None, {START}):
    BashOperator(task_id="a", bash_command="true", trigger_rule="dummy")
""",
    "none_failed_or_skipped": OLD_DAG
    + BASH
    + f"""
with DAG("none_failed_or_skipped", schedule=None, {START}, default_args={{"trigger_rule": "none_failed_or_skipped"}}):
    BashOperator(task_id="a", bash_command="true")
""",
    "trigger_execution_date": OLD_DAG
    + f"""
from airflow.operators.trigger_dagrun import TriggerDagRunOperator
with DAG("trigger_execution_date", schedule=None, {START}):
    TriggerDagRunOperator(task_id="a", trigger_dag_id="b", execution_date="{{{{ ds }}}}")
""",
    "decorator_old_argument": BASH
    + f"""
from airflow.decorators import dag, task
@dag(schedule_interval="@daily", {START})
def decorator_old_argument():
    @task
    def work(): ...
    work()
decorator_old_argument()
""",
    "webserver_code": OLD_DAG
    + BASH
    + f"""
from airflow.www.app import cached_app
with DAG("webserver_code", schedule=None, {START}):
    BashOperator(task_id="a", bash_command="true")
""",
    "uses_shared": OLD_DAG
    + BASH
    + f"""
from shared_old import make_default_args
with DAG("uses_shared", schedule=None, {START}, default_args=make_default_args()):
    BashOperator(task_id="a", bash_command="true")
""",
    "uses_shared_too": BASH
    + f"""
from airflow.sdk import DAG
import shared_old
with DAG("uses_shared_too", schedule=None, {START}, default_args=shared_old.make_default_args()):
    BashOperator(task_id="a", bash_command="true")
""",
    "catchup_without_start": OLD_DAG
    + BASH
    + """
with DAG("catchup_without_start", schedule="@daily", catchup=True):
    BashOperator(task_id="a", bash_command="true", start_date=datetime(2024, 1, 1))
""",
}
"""File to its code; Airflow 3.3 loads none of them."""

NEEDS_WORK = {
    "template_names": OLD_DAG
    + BASH
    + f"""
with DAG("template_names", schedule="@daily", {START}):
    BashOperator(task_id="a", bash_command="load {{{{ execution_date }}}} {{{{ next_ds }}}}")
""",
    "context_names": OLD_DAG
    + f"""
from airflow.operators.python import PythonOperator
def work(**context):
    return str(context["execution_date"])
with DAG("context_names", schedule="@daily", {START}):
    PythonOperator(task_id="a", python_callable=work)
""",
    "metadata_database": OLD_DAG
    + f"""
from airflow.decorators import task
from airflow.utils.session import create_session
@task
def work():
    with create_session() as session:
        session.execute("select 1")
with DAG("metadata_database", schedule=None, {START}):
    work()
""",
    "sla_argument": OLD_DAG
    + BASH
    + f"""
with DAG("sla_argument", schedule=None, {START}):
    BashOperator(task_id="a", bash_command="true", sla=timedelta(hours=1))
""",
    "default_args_leftovers": OLD_DAG
    + BASH
    + f"""
ARGS = {{"owner": "data", "provide_context": True, "task_concurrency": 2}}
with DAG("default_args_leftovers", schedule=None, {START}, default_args=ARGS):
    BashOperator(task_id="a", bash_command="true")
""",
    "implicit_catchup": OLD_DAG
    + BASH
    + """
with DAG("implicit_catchup", schedule="@daily", start_date=datetime(2024, 1, 1)):
    BashOperator(task_id="a", bash_command="true")
""",
    "implicit_schedule": OLD_DAG
    + BASH
    + """
with DAG("implicit_schedule", start_date=datetime(2024, 1, 1), catchup=False):
    BashOperator(task_id="a", bash_command="true")
""",
    "logical_date": OLD_DAG
    + BASH
    + f"""
with DAG("logical_date", schedule="0 3 * * *", {START}):
    BashOperator(task_id="a", bash_command="load {{{{ ds }}}}")
""",
    "limit_per_run": OLD_DAG
    + BASH
    + f"""
with DAG("limit_per_run", schedule=None, max_active_tasks=2, {START}):
    BashOperator(task_id="a", bash_command="true")
""",
    "rest_api": OLD_DAG
    + f"""
from airflow.decorators import task
@task
def work():
    import requests
    requests.post("http://airflow:8080/api/v1/dags/other/dagRuns", json={{}}, timeout=10)
with DAG("rest_api", schedule=None, {START}):
    work()
""",
    "old_command": OLD_DAG
    + BASH
    + f"""
with DAG("old_command", schedule=None, {START}):
    BashOperator(task_id="a", bash_command="airflow db upgrade")
""",
    "late_import": OLD_DAG
    + f"""
from airflow.decorators import task
@task
def work():
    from airflow.utils.dates import days_ago
    return str(days_ago(1))
with DAG("late_import", schedule=None, {START}):
    work()
""",
    "late_shared": OLD_DAG
    + f"""
from airflow.decorators import task
@task
def work():
    from shared_old import make_default_args
    return make_default_args()
with DAG("late_shared", schedule=None, {START}):
    work()
""",
}
"""Airflow 3.3 loads these; a task fails, or does something else."""

READY = {
    "plain": OLD_DAG
    + BASH
    + f"""
with DAG("plain", schedule="@daily", {START}):
    BashOperator(task_id="a", bash_command="true")
""",
    "taskflow": f"""
from airflow.decorators import dag, task
@dag(schedule=None, {START})
def taskflow():
    @task
    def work(): ...
    work()
taskflow()
""",
    "guarded": f"""
try:
    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator
except ImportError:
    from airflow import DAG
    from airflow.operators.dummy import DummyOperator as EmptyOperator
with DAG("guarded", schedule=None, {START}):
    EmptyOperator(task_id="a")
""",
    "version_asked": OLD_DAG
    + f"""
from airflow import __version__
if __version__.startswith("2"):
    from airflow.operators.dummy import DummyOperator as EmptyOperator
else:
    from airflow.providers.standard.operators.empty import EmptyOperator
with DAG("version_asked", schedule=None, {START}):
    EmptyOperator(task_id="a")
""",
    "already_3": f"""
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
with DAG("already_3", schedule="@daily", {START}):
    BashOperator(task_id="a", bash_command="true")
""",
    "uses_good_shared": OLD_DAG
    + BASH
    + f"""
from shared_new import make_default_args
with DAG("uses_good_shared", schedule=None, {START}, default_args=make_default_args()):
    BashOperator(task_id="a", bash_command="true")
""",
}
"""Airflow 3.3 loads and runs these as they are."""

SHARED = {
    "shared_old": "from airflow.utils.dates import days_ago\n\n\ndef make_default_args():\n"
    '    return {"owner": "data", "start_date": days_ago(1)}\n',
    "shared_new": 'def make_default_args():\n    return {"owner": "data"}\n',
}
"""Modules that these import."""

FILES = {f"{name}.py": HEAD + code for name, code in {**BLOCKED, **NEEDS_WORK, **READY}.items()} | {
    f"{name}.py": code for name, code in SHARED.items()
}
