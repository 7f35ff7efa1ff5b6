"""DAG dialects: what Airflow 3 offers to DAG authors, in odd shapes; we and real Airflow read each."""

CASES = {
    "task_reuse": """
@task
def shared(x=1):
    return x

with DAG("reuse_a"):
    shared() >> shared.override(task_id="named")(2) >> shared(3)
with DAG("reuse_b"):
    with TaskGroup("g"):
        shared()
        shared()
    shared.override(retries=5)()
""",
    "class_based_taskflow": """
class Flow:
    retries = 3

    @task
    def plain():
        return 1

    @staticmethod
    def build(name):
        @dag(dag_id=name, default_args={"retries": Flow.retries})
        def inner():
            Flow.plain() >> EmptyOperator(task_id="end")
        return inner()

made = Flow.build("class_based_taskflow")
""",
    "taskflow_returning": """
@task_group
def etl(table: str):
    @task
    def extract():
        return table

    @task
    def load(x):
        return x

    return load(extract())

@dag(schedule=None)
def taskflow_returning():
    results = [etl.override(group_id=f"etl_{t}")(t) for t in ("a", "b")]

    @task
    def merge(values):
        return values

    merge(results) >> EmptyOperator(task_id="done")

taskflow_returning()
""",
    "dicts_of_outputs": """
@task(multiple_outputs=True)
def parts():
    return {"a": 1, "b": 2}

@task
def use(**kwargs):
    return kwargs

with DAG("dicts_of_outputs"):
    p = parts()
    use(**{"x": p["a"], "y": [p["b"], {"z": p}]})
    use.partial(k=p["a"]).expand_kwargs([{"m": 1}, {"m": 2}])
    BashOperator(task_id="env", bash_command="true", env={"A": p["a"]}, append_env=True)
    PythonOperator(task_id="py", python_callable=print, op_kwargs={"x": {"deep": (p["b"],)}}, op_args=[p])
    EmptyOperator(task_id="unrelated", doc_md="x")
""",
    "mapped_more": """
@task
def files():
    return ["a"]

@task
def read(f, base=None):
    return f

@task
def total(xs):
    return xs

@task_group
def handle(f, kind):
    checked = read(f)
    with TaskGroup("inner"):
        read.override(task_id="again")(checked)
    return checked

with DAG("mapped_more"):
    fs = files()
    texts = read.partial(base="x").expand(f=fs)
    total(texts)
    total(read.expand(f=texts.map(str.upper)))
    handled = handle.partial(kind="k").expand(f=fs)
    total.override(task_id="summary")(handled)
    pairs = fs.zip(texts, fillvalue=None)
    read.override(task_id="of_pairs").expand(f=pairs)
    read.override(task_id="of_both").expand(f=fs.concat(texts))
    BashOperator.partial(task_id="mapped_bash", bash_command="echo", retries=3, trigger_rule=TriggerRule.ALL_DONE).expand(env=fs.map(lambda f: {"F": f}))
""",
    "branches_more": """
@task.branch(task_id="pick")
def choose():
    return "x"

@task.short_circuit
def gate():
    return True

@task.skip_if(lambda ctx: False)
@task
def maybe():
    return 1

@task.run_if(lambda context: True)
@task.bash
def shell():
    return "true"

@task.sensor(poke_interval=5, mode="reschedule")
def ready():
    return True

with DAG("branches_more"):
    x, y = EmptyOperator(task_id="x"), EmptyOperator(task_id="y")
    end = EmptyOperator(task_id="end", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
    gate() >> choose() >> [x, y] >> end
    ready() >> maybe() >> shell() >> end
""",
    "setup_more": """
@setup
def cluster():
    return "id"

@teardown(on_failure_fail_dagrun=True)
def drop(cid):
    pass

@task
def job(cid):
    pass

with DAG("setup_more"):
    with cluster() >> drop("x"):
        job.override(task_id="inside")(1) >> job.override(task_id="inside2")(2)
    with TaskGroup("g") as g:
        s = EmptyOperator(task_id="s").as_setup()
        w = EmptyOperator(task_id="w")
        t = EmptyOperator(task_id="t").as_teardown(setups=[s])
        s >> w >> t
    g >> EmptyOperator(task_id="after")
    many = [EmptyOperator(task_id=f"s{i}").as_setup() for i in range(2)]
    work = EmptyOperator(task_id="work")
    many >> work >> EmptyOperator(task_id="end").as_teardown(setups=many, on_failure_fail_dagrun=True)
""",
    "groups_more": """
with DAG("groups_more") as d:
    outer = TaskGroup("outer", dag=d)
    inner = TaskGroup(group_id="inner", parent_group=outer, default_args={"retries": 4})
    a = EmptyOperator(task_id="a", task_group=outer)
    b = EmptyOperator(task_id="b", task_group=inner)
    with inner:
        c = EmptyOperator(task_id="c")
    a >> inner
    with TaskGroup("second") as second:
        with TaskGroup("deep", prefix_group_id=False):
            with TaskGroup("deeper"):
                EmptyOperator(task_id="x")
    outer >> Label("then") >> second
    [EmptyOperator(task_id="p"), second] >> EmptyOperator(task_id="q")
    second.set_downstream(EmptyOperator(task_id="r"))
    outer.set_upstream([EmptyOperator(task_id="s")])
""",
    "groups_to_groups": """
@task_group(group_id="renamed", prefix_group_id=False, default_args={"retries": 2})
def one():
    @task
    def first(): ...
    @task(retries=0)
    def second(): ...
    first() >> second()

@task_group
def two(n: int = 2):
    for i in range(n):
        BashOperator(task_id=f"b{i}", bash_command="true")

with DAG("groups_to_groups", default_args={"retries": 1}):
    chain(one(), two(), [two(3), two(1)], EmptyOperator(task_id="end"))
""",
    "edges_more": """
with DAG("edges_more"):
    a, b, c, d, e, f = (EmptyOperator(task_id=x) for x in "abcdef")
    a >> [b, c] >> d
    d << e
    f << [a, e]
    chain([a, b], Label("l"), e) if False else chain(b, Label("l"), e)
    c.set_downstream([e, f], edge_modifier=Label("m"))
    cross_downstream(from_tasks=[a], to_tasks=[e])
    (a >> Label("x")) >> f
    _ = a >> d >> f
    for up in (b, c):
        up >> f
    chain_linear([b], [f])
    b.__rshift__(d)
    x = EmptyOperator(task_id="x"); x.set_upstream(task_or_task_list=[a])
""",
    "dag_methods": """
d = DAG("dag_methods", tags={"a", "b"}, schedule="@monthly", doc_md=__doc__)
a = EmptyOperator(task_id="a", dag=d)
b = EmptyOperator(task_id="b", dag=d)
d.get_task("a") >> d.get_task("b")
c = EmptyOperator(task_id="c")
d.add_tasks([c]) if hasattr(d, "add_tasks") else d.add_task(c)
d.task_dict["c"] << b

@d.task(retries=2)
def through_dag():
    pass

with d:
    through_dag() >> EmptyOperator(task_id="z")
for leaf in ("y1", "y2"):
    d.add_task(EmptyOperator(task_id=leaf))
EmptyOperator(task_id="count_" + str(len(d.tasks)), dag=d)
""",
    "params_more": """
from airflow.sdk import ParamsDict
@dag(params={"n": Param(5, type="integer", minimum=1), "s": "text"}, schedule=None)
def params_more(limit: int = 3, name: str = "x"):
    BashOperator(task_id="a", bash_command="echo {{ params.n }} " + "x")
    @task
    def use(l):
        return l
    use(limit)
    BashOperator(task_id="b", bash_command=name, params={"own": 1})
params_more()
params_more.__wrapped__ if hasattr(params_more, "__wrapped__") else None
""",
    "assets_more": """
from airflow.sdk import Asset, AssetWatcher, Metadata
a, b = Asset("s3://x/a"), Asset(name="bee", uri="s3://x/b", group="g", extra={"k": 1})
with DAG("asset_list", schedule=[a, b]):
    EmptyOperator(task_id="t", outlets=[Asset("out")])
with DAG("asset_expr", schedule=(a | b) & Asset("c")):
    EmptyOperator(task_id="t", inlets=[a])
with DAG("asset_any", schedule=AssetAny(a, AssetAll(b, AssetAlias("al")))):
    EmptyOperator(task_id="t")
with DAG("asset_single", schedule=a):
    EmptyOperator(task_id="t")
ALL = {n: Asset(f"s3://bucket/{n}") for n in ("m", "n")}
with DAG("asset_values", schedule=list(ALL.values())):
    EmptyOperator(task_id="t")
with DAG("asset_ref", schedule=[Asset.ref(name="bee")]):
    EmptyOperator(task_id="t")

@asset(schedule="@daily", uri="s3://made", tags=["q"])
def made(self, context):
    pass

@asset(schedule=made)
def derived(made):
    pass

@asset.multi(schedule=derived, outlets=[Asset("m1"), Asset("m2")])
def several():
    pass
""",
    "timetables_more": """
from airflow.timetables.trigger import CronTriggerTimetable, MultipleCronTriggerTimetable, DeltaTriggerTimetable
from airflow.timetables.interval import CronDataIntervalTimetable, DeltaDataIntervalTimetable
from airflow.timetables.assets import AssetOrTimeSchedule
from airflow.sdk import Asset
cron = CronTriggerTimetable("0 6 * * *", timezone="Europe/Rome")
with DAG("tt1", schedule=cron):
    EmptyOperator(task_id="a")
with DAG("tt2", schedule=MultipleCronTriggerTimetable("@daily", "0 12 * * *", timezone="UTC")):
    EmptyOperator(task_id="a")
with DAG("tt3", schedule=DeltaDataIntervalTimetable(timedelta(hours=2))):
    EmptyOperator(task_id="a")
with DAG("tt4", schedule=AssetOrTimeSchedule(timetable=cron, assets=[Asset("x")])):
    EmptyOperator(task_id="a")
with DAG("tt5", schedule="@continuous", max_active_runs=1):
    EmptyOperator(task_id="a")
with DAG("tt6", schedule=" 0 0 * * * ".strip(), catchup=True, start_date=datetime(2024, 1, 1)):
    EmptyOperator(task_id="a")
""",
    "default_args_more": """
BASE = {"owner": "me", "retries": 2, "trigger_rule": "all_done"}
with DAG("default_args_more", default_args={**BASE, "retries": 3}):
    a = EmptyOperator(task_id="a")
    with TaskGroup("g", default_args={"trigger_rule": "one_success"}):
        b = EmptyOperator(task_id="b", default_args={"retries": 9})
        with TaskGroup("h", default_args=BASE | {"retries": 0}):
            c = EmptyOperator(task_id="c")
    @task(default_args={"retries": 8})
    def d(): ...
    d()
    @task(trigger_rule="none_failed")
    def e(): ...
    e.override(retries=1)()
BASE["retries"] = 100
copy = dict(BASE)
copy.update(retries=4)
copy.pop("trigger_rule")
with DAG("default_args_copy", default_args=copy):
    EmptyOperator(task_id="a")
""",
    "start_date_none": """
with DAG("start_date_none", start_date=None, default_args={"start_date": datetime(2024, 1, 1)}):
    EmptyOperator(task_id="a")
""",
    "late_changes": """
with DAG("late_changes") as d:
    a = EmptyOperator(task_id="a")
    b = EmptyOperator(task_id="b")
    a.retries = 5
    b.trigger_rule = TriggerRule.ONE_SUCCESS
    a.doc_md = "x"
d.doc_md = "text"
for t in d.tasks:
    t.retries = 7
""",
    "sensors_and_triggers": """
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor, ExternalTaskMarker
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
from airflow.providers.standard.operators.datetime import BranchDateTimeOperator
from airflow.providers.standard.operators.python import ShortCircuitOperator, PythonVirtualenvOperator
def work():
    pass

with DAG("sensors_and_triggers", schedule="@daily", start_date=datetime(2024, 1, 1)):
    wait = ExternalTaskSensor.partial(task_id="wait", retries=1).expand(external_dag_id=["x", "y"])
    LatestOnlyOperator(task_id="latest") >> PythonSensor(task_id="ps", python_callable=lambda: True) >> wait
    TimeDeltaSensor(task_id="delta", delta=timedelta(minutes=1)) >> TriggerDagRunOperator(task_id="go", trigger_dag_id="x", conf={"a": "{{ ds }}"})
    ExternalTaskMarker(task_id="mark", external_dag_id="c", external_task_id="d") << wait
    ShortCircuitOperator(task_id="sc", python_callable=lambda: 1) >> PythonVirtualenvOperator(task_id="venv", python_callable=work, requirements=["x"])
""",
    "compat_imports": """
from airflow.models import DAG as OldDag, Variable
from airflow.models.param import Param as OldParam
from airflow.operators.bash import BashOperator as OldBash
from airflow.operators.python import PythonOperator as OldPython
from airflow.sensors.filesystem import FileSensor as OldFile
from airflow.decorators import task as old_task, dag as old_dag, task_group as old_group
from airflow.utils.task_group import TaskGroup as OldGroup
from airflow.utils.trigger_rule import TriggerRule as OldRule
from airflow.models.baseoperator import chain as old_chain

@old_group
def og():
    @old_task
    def f(): ...
    f()

with OldDag("compat_imports", params={"x": OldParam(1)}):
    a = OldBash(task_id="a", bash_command="true", trigger_rule=OldRule.ALL_DONE)
    with OldGroup("g"):
        b = OldPython(task_id="b", python_callable=print)
    old_chain(a, og(), b, OldFile(task_id="c", filepath="x"))
""",
    "module_imports": """
import airflow.sdk as sdk
import airflow.providers.standard.operators.empty
from airflow import sdk as also
from airflow.providers.standard.operators import bash as ops, python

@sdk.dag(schedule=None)
def module_imports():
    @sdk.task
    def a(): ...
    @also.task.branch
    def pick(): return "b"
    with sdk.TaskGroup("g"):
        x = ops.BashOperator(task_id="x", bash_command="true")
    sdk.chain(a(), pick(), airflow.providers.standard.operators.empty.EmptyOperator(task_id="b", trigger_rule=sdk.TriggerRule.ALWAYS))
    python.PythonOperator(task_id="py", python_callable=lambda: 0) << x
module_imports()
""",
    "dag_called_many": """
def make(n):
    @dag(dag_id=f"many_{n}", schedule=None, tags=[f"t{n}"])
    def flow(size: int = n):
        @task(task_id=f"work_{n}")
        def work(i):
            return i
        for i in range(n):
            work(i)
    return flow()

flows = [make(n) for n in (1, 2, 3)]
""",
    "dags_in_containers": """
def build(name):
    d = DAG(f"boxed_{name}")
    EmptyOperator(task_id="a", dag=d)
    return d
box = {"one": build("one")}
listed = [build("two")]
first = listed[0]
class Holder:
    dag = build("three")
DAGS = tuple(build(n) for n in ("four",))
four, = DAGS
""",
    "xcom_pull_styles": """
from airflow.sdk import XComArg
with DAG("xcom_pull_styles"):
    a = PythonOperator(task_id="a", python_callable=dict)
    BashOperator(task_id="b", bash_command=XComArg(a))
    BashOperator(task_id="c", bash_command=f"echo {a.output}")
    BashOperator(task_id="d", bash_command="echo " + str(a.output["x"]))
    PythonOperator(task_id="e", python_callable=print, templates_dict={"v": a.output})
    @task
    def f(v): ...
    f(XComArg(a, key="other"))
    f(v=[i for i in (a.output, a.output["k"])])
""",
    "bitshift_odd": """
with DAG("bitshift_odd"):
    a, b, c = [EmptyOperator(task_id=n) for n in "abc"]
    a >> b if True else a >> c
    [a >> c for _ in range(2)]
    t = (EmptyOperator(task_id="d"), EmptyOperator(task_id="e"))
    list(t) >> a
    b >> list(t)[:0] if False else None
    (lambda u, v: u >> v)(b, c)
    any(x << a for x in [])
    d = {"up": a, "down": [EmptyOperator(task_id="f"), EmptyOperator(task_id="g")]}
    d["up"] >> d["down"]
""",
    "nested_functions_with_dag": """
def build_all():
    def one(n):
        with DAG(f"nested_fn_{n}") as d:
            setup_tasks(d, n)
        return d
    def setup_tasks(dag, n):
        start = EmptyOperator(task_id="start", dag=dag)
        add = lambda i, up=start: up >> EmptyOperator(task_id=f"l{i}", dag=dag)
        return [add(i) for i in range(n)]
    return {n: one(n) for n in (1, 2)}
for key, value in build_all().items():
    globals()[f"dag_{key}"] = value
""",
    "dag_kwargs_all": """
from airflow.sdk import DAG as D
with D(
    dag_id="dag_kwargs_all", description="x", schedule="@daily", start_date=datetime(2024, 1, 1), end_date=None,
    max_active_tasks=3, max_active_runs=1, dagrun_timeout=timedelta(hours=1), catchup=False, tags=["z", "a", "z"],
    on_failure_callback=lambda ctx: None, render_template_as_native_obj=True, is_paused_upon_creation=True,
    dag_display_name="Shown", fail_fast=True, access_control={}, owner_links={}, user_defined_macros={"m": 1},
):
    EmptyOperator(task_id="a", task_display_name="A", owner="o", pool="p", weight_rule="upstream", priority_weight=3)
""",
    "unusual_ids": """
with DAG("unusual.ids-1_2"):
    EmptyOperator(task_id="with.dot") >> EmptyOperator(task_id="with-dash")
    EmptyOperator(task_id="Ünïcode_" + chr(228))
    EmptyOperator(task_id="x" * 40)
    for i in range(3): EmptyOperator(task_id=str(i))
""",
}
