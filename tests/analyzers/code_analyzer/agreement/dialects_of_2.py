"""DAG dialects of Airflow 2: its import paths, arguments and defaults; we and a real Airflow 2.11 read each."""

HEAD = """
from __future__ import annotations
from datetime import datetime, timedelta
import pendulum
from airflow import DAG
from airflow.decorators import dag, task, task_group, setup, teardown
from airflow.models.baseoperator import chain, chain_linear, cross_downstream
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator, BranchPythonOperator, ShortCircuitOperator
from airflow.utils.task_group import TaskGroup
from airflow.utils.trigger_rule import TriggerRule
"""

CASES = {
    "daily_unless_told": """
with DAG("daily_unless_told", start_date=datetime(2024, 1, 1)):
    EmptyOperator(task_id="a")
with DAG("not_scheduled", schedule=None, start_date=datetime(2024, 1, 1)):
    EmptyOperator(task_id="a")
""",
    "schedule_interval": """
from dateutil.relativedelta import relativedelta
start = datetime(2023, 5, 1)
with DAG("by_preset", schedule_interval="@weekly", start_date=start, catchup=False):
    EmptyOperator(task_id="a")
with DAG("by_cron", schedule_interval="5 4 * * 1-5", start_date=start):
    EmptyOperator(task_id="a")
with DAG("by_delta", schedule_interval=timedelta(minutes=90), start_date=start):
    EmptyOperator(task_id="a")
with DAG("by_none", schedule_interval=None, start_date=start):
    EmptyOperator(task_id="a")
with DAG("by_once", schedule_interval="@once", start_date=start):
    EmptyOperator(task_id="a")
""",
    "positional": """
d = DAG("positional", "what it is for", "@hourly", start_date=datetime(2022, 2, 2))
EmptyOperator(task_id="a", dag=d)
""",
    "timetables": """
from airflow.timetables.interval import CronDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable
from airflow.timetables.events import EventsTimetable
with DAG("trigger_timetable", timetable=CronTriggerTimetable("0 1 * * 3", timezone="UTC"), start_date=datetime(2024, 1, 1)):
    EmptyOperator(task_id="a")
with DAG("events", schedule=EventsTimetable(event_dates=[pendulum.datetime(2024, 4, 5, tz="UTC")]), start_date=datetime(2024, 1, 1)):
    EmptyOperator(task_id="a")
with DAG("continuous", schedule="@continuous", max_active_runs=1, start_date=datetime(2024, 1, 1)):
    EmptyOperator(task_id="a")
""",
    "datasets": """
from airflow.datasets import Dataset, DatasetAlias
from airflow.timetables.datasets import DatasetOrTimeSchedule
from airflow.timetables.trigger import CronTriggerTimetable
orders, lines = Dataset("s3://lake/orders"), Dataset("s3://lake/lines")
start = pendulum.datetime(2024, 1, 1, tz="UTC")
with DAG("makes_data", schedule="@daily", start_date=start):
    BashOperator(task_id="make", bash_command="true", outlets=[orders])
with DAG("on_one", schedule=[orders], start_date=start):
    EmptyOperator(task_id="a")
with DAG("on_both", schedule=[orders, lines], start_date=start):
    EmptyOperator(task_id="a")
with DAG("on_either", schedule=(orders | lines), start_date=start):
    EmptyOperator(task_id="a")
with DAG("on_mixture", schedule=(orders | (lines & Dataset("x"))), start_date=start):
    EmptyOperator(task_id="a")
with DAG("or_time", schedule=DatasetOrTimeSchedule(timetable=CronTriggerTimetable("0 1 * * *", timezone="UTC"), datasets=orders), start_date=start):
    EmptyOperator(task_id="a")
with DAG("on_alias", schedule=[DatasetAlias("later")], start_date=start):
    EmptyOperator(task_id="a")
""",
    "subdags": """
import warnings
from airflow.operators.subdag import SubDagOperator
ARGS = {"start_date": datetime(2024, 1, 1), "retries": 1}

def section(parent, child, args):
    inner = DAG(dag_id=f"{parent}.{child}", default_args=args, schedule_interval="@daily", catchup=False)
    for i in range(3):
        EmptyOperator(task_id=f"{child}-task-{i}", default_args=args, dag=inner)
    return inner

with DAG("subdags", default_args=ARGS, schedule_interval="@daily", catchup=False, tags=["old"]) as d:
    start = EmptyOperator(task_id="start")
    one = SubDagOperator(task_id="one", subdag=section("subdags", "one", ARGS))
    two = SubDagOperator(task_id="two", subdag=section("subdags", "two", ARGS), default_args={"retries": 7})
    start >> one >> EmptyOperator(task_id="between") >> two
""",
    "old_modules": """
from airflow.operators.bash_operator import BashOperator as OldBash
from airflow.operators.python_operator import PythonOperator as OldPython
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.dummy import DummyOperator as Dummy
from airflow.sensors.external_task import ExternalTaskSensor
from airflow.sensors.filesystem import FileSensor
from airflow.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.models import DAG as ModelDag
from airflow.models.dag import DAG as OtherDag

def work(**context):
    return 1

with ModelDag("old_modules", start_date=datetime(2021, 1, 1), schedule_interval="@daily") as d:
    a = OldBash(task_id="a", bash_command="echo {{ ds }}")
    b = OldPython(task_id="b", python_callable=work, provide_context=True)
    c = DummyOperator(task_id="c")
    e = Dummy(task_id="e", trigger_rule="one_success")
    [a, b] >> c
    c >> [e, ExternalTaskSensor(task_id="wait", external_dag_id="x", external_task_id=None)]
    FileSensor(task_id="file", filepath="/x") << e
    e.set_downstream(TriggerDagRunOperator(task_id="go", trigger_dag_id="x"))
with OtherDag("other_dag", start_date=datetime(2021, 1, 1)):
    DummyOperator(task_id="only")
""",
    "defaults_of_2": """
args = {
    "owner": "etl", "depends_on_past": True, "retries": 2, "retry_delay": timedelta(minutes=5),
    "start_date": datetime(2020, 2, 29), "email_on_failure": False, "sla": timedelta(hours=2),
    "trigger_rule": "all_done",
}
d = DAG("defaults_of_2", default_args=args, concurrency=4, default_view="graph", orientation="TB", max_active_runs=2)
with d:
    a = BashOperator(task_id="a", bash_command="true")
    b = BashOperator(task_id="b", bash_command="true", retries=0, trigger_rule=TriggerRule.ONE_FAILED)
    a >> b
with DAG("catchup_off", default_args=args, catchup=False):
    EmptyOperator(task_id="a", start_date=datetime(2021, 1, 1))
""",
    "decorated_of_2": """
@dag(schedule_interval="@daily", start_date=datetime(2024, 1, 1), default_args={"retries": 3}, tags=["t", "s"])
def decorated_of_2(limit: int = 3, name="x"):
    @task(multiple_outputs=True)
    def extract() -> dict:
        return {"a": 1}

    @task.branch
    def choose(x):
        return "left"

    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def enough(x):
        return True

    @task.virtualenv(requirements=["x"], system_site_packages=False)
    def apart(x):
        return x

    @task.bash
    def shell(x):
        return "echo"

    @task_group
    def inner(x):
        return apart(x)

    found = extract()
    choose(found["a"]) >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
    enough(inner(found["a"])) >> shell(found)

made = decorated_of_2()
""",
    "mapping_of_2": """
@task
def numbers():
    return [1, 2]

@task
def double(x, by):
    return x * by

@task_group
def each(x):
    return double(x, 2)

with DAG("mapping_of_2", schedule=None, start_date=datetime(2024, 1, 1)):
    doubled = double.partial(by=2).expand(x=numbers())
    each.expand(x=doubled)
    BashOperator.partial(task_id="runs", retries=4).expand(bash_command=doubled.map(lambda x: f"echo {x}"))
    BashOperator.partial(task_id="more").expand_kwargs([{"bash_command": "a"}, {"bash_command": "b"}])
    double.partial(by=3).expand(x=numbers().zip(doubled))
""",
    "setups_of_2": """
@setup
def make():
    return 1

@teardown(on_failure_fail_dagrun=True)
def drop(x):
    pass

@task
def use(x):
    pass

with DAG("setups_of_2", schedule=None, start_date=datetime(2024, 1, 1)):
    made = make()
    used = use(made)
    made >> used >> drop(made)
    c = BashOperator(task_id="c", bash_command="true").as_setup()
    w = BashOperator(task_id="w", bash_command="true")
    c >> w >> BashOperator(task_id="t", bash_command="true").as_teardown(setups=c)
""",
    "groups_of_2": """
from airflow.utils.edgemodifier import Label
with DAG("groups_of_2", schedule="@monthly", start_date=datetime(2024, 1, 1), default_args={"retries": 1}):
    begin = EmptyOperator(task_id="begin")
    with TaskGroup("outer", tooltip="x", default_args={"retries": 5}) as outer:
        a = EmptyOperator(task_id="a")
        with TaskGroup("inner", prefix_group_id=False) as inner:
            b = EmptyOperator(task_id="b")
            c = EmptyOperator(task_id="c", retries=9)
        a >> inner
    begin >> Label("go") >> outer >> EmptyOperator(task_id="end")
""",
    "wiring_of_2": """
with DAG("wiring_of_2", schedule=None, start_date=datetime(2024, 1, 1)):
    t = [EmptyOperator(task_id=f"t{i}") for i in range(9)]
    chain(t[0], t[1:3], t[3:5], t[5])
    cross_downstream(t[6:8], [t[8]])
    chain_linear(t[5], t[6:8])
    t[0].set_upstream(t[8]) if False else None
""",
    "factory_of_2": """
SOURCES = {"crm": dict(interval="@hourly", tables=("a", "b")), "erp": dict(interval=None, tables=("c",))}

def create(name, interval, tables, **more):
    dag = DAG(f"sync_{name}", schedule_interval=interval, start_date=datetime(2024, 1, 1), **more)
    with dag:
        start = EmptyOperator(task_id="start")
        for table in tables:
            start >> PythonOperator(task_id="copy_%s" % table, python_callable=print, op_args=[table])
    return dag

for name, conf in SOURCES.items():
    globals()["dag_" + name] = create(name, catchup=False, **conf)
""",
    "branching_of_2": """
def pick(**_):
    return "yes"

with DAG("branching_of_2", schedule_interval="0 0 * * *", start_date=pendulum.datetime(2024, 1, 1, tz="America/New_York")) as d:
    branch = BranchPythonOperator(task_id="branch", python_callable=pick)
    yes, no = EmptyOperator(task_id="yes"), EmptyOperator(task_id="no")
    join = EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")
    branch >> [yes, no] >> join
    ShortCircuitOperator(task_id="enough", python_callable=lambda: True) >> join
""",
    "outputs_of_2": """
with DAG("outputs_of_2", schedule=None, start_date=datetime(2024, 1, 1)) as d:
    a = PythonOperator(task_id="a", python_callable=dict)
    PythonOperator(task_id="b", python_callable=print, op_kwargs={"x": a.output["k"]})
    BashOperator(task_id="c", bash_command="echo {{ ti.xcom_pull(task_ids='a') }}", env={"X": a.output})
""",
    "no_start_date": """
with DAG("no_start_date", schedule_interval=None):
    EmptyOperator(task_id="a", start_date=datetime(2024, 1, 1))
""",
    "subdag_of_factory_class": """
class Pipeline:
    interval = "@daily"

    def __init__(self, name):
        self.dag = DAG(name, schedule_interval=self.interval, start_date=datetime(2024, 1, 1))

    def add(self, name, *after):
        new = EmptyOperator(task_id=name, dag=self.dag)
        for one in after:
            one >> new
        return new

p = Pipeline("built_by_class")
first = p.add("first")
p.add("last", first, p.add("middle", first))
dag_object = p.dag
""",
}

# What only running would tell: partial, and nothing else about it wrong.
PARTIAL = {
    "days_ago": """
from airflow.utils.dates import days_ago
with DAG("days_ago", start_date=days_ago(2), schedule_interval="@daily"):
    EmptyOperator(task_id="a") >> EmptyOperator(task_id="b")
""",
    "now": """
with DAG("now", start_date=datetime.now() - timedelta(days=1), schedule_interval="@daily"):
    EmptyOperator(task_id="a")
""",
    "from_variable": """
from airflow.models import Variable
with DAG("from_variable", start_date=datetime(2024, 1, 1), schedule_interval=Variable.get("when", default_var="@daily")):
    EmptyOperator(task_id="a")
""",
}
