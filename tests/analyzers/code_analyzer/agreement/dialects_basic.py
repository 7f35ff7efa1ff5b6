"""DAG dialects: how people open DAGs, name tasks and set dependencies; we and real Airflow read each."""

HEAD = """
from __future__ import annotations
from datetime import datetime, timedelta
import pendulum
from airflow.sdk import DAG, Asset, AssetAlias, AssetAll, AssetAny, Label, Param, TaskGroup, XComArg
from airflow.sdk import asset, chain
from airflow.sdk import chain_linear, cross_downstream, dag, setup, task, task_group, teardown, TriggerRule
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator, BranchPythonOperator
from airflow.providers.standard.sensors.filesystem import FileSensor
"""

CASES = {
    "with_statement": """
with DAG("with_statement", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=True, tags=["b", "a"]):
    EmptyOperator(task_id="a") >> EmptyOperator(task_id="b")
""",
    "dag_argument": """
d = DAG("dag_argument", schedule=None)
a = EmptyOperator(task_id="a", dag=d)
b = EmptyOperator(task_id="b", dag=d)
a.set_downstream(b)
""",
    "dag_in_default_args": """
d = DAG("dag_in_default_args")
args = {"dag": d, "retries": 4}
a = BashOperator(task_id="a", bash_command="true", default_args=args, dag=d)
""",
    "reopened": """
d = DAG("reopened", schedule=timedelta(hours=6), start_date=pendulum.datetime(2024, 3, 1, tz="Europe/Berlin"))
with d:
    a = EmptyOperator(task_id="a")
other = 1
with d:
    b = EmptyOperator(task_id="b")
    a >> b
""",
    "nested_with": """
with DAG("nested_outer"):
    a = EmptyOperator(task_id="a")
    with DAG("nested_inner"):
        b = EmptyOperator(task_id="b")
    c = EmptyOperator(task_id="c")
    a >> c
""",
    "joins_by_edge": """
with DAG("joins_by_edge"):
    a = EmptyOperator(task_id="a")
b = EmptyOperator(task_id="b")
a >> b
c = EmptyOperator(task_id="c")
c >> b
""",
    "add_task": """
d = DAG("add_task")
a = EmptyOperator(task_id="a")
d.add_task(a)
""",
    "factory_function": """
def make(name, n):
    with DAG(f"factory_{name}", schedule=None, default_args={"retries": n}) as d:
        previous = None
        for i in range(n):
            t = BashOperator(task_id=f"step_{i}", bash_command="true")
            if previous:
                previous >> t
            previous = t
    return d

one = make("one", 2)
for name in ("two", "three"):
    globals()[f"dag_{name}"] = make(name, 3)
""",
    "plain_dag_in_function": """
def make(name):
    d = DAG(f"plain_{name}")
    EmptyOperator(task_id="a", dag=d)
    return d

kept = make("kept")
make("lost")
""",
    "dict_driven": """
CONFIG = {
    "sales": {"schedule": "0 5 * * *", "tables": ["orders", "lines"], "retries": 3},
    "stock": {"schedule": None, "tables": ["items"], "retries": 0},
}
for key, conf in CONFIG.items():
    more = {"default_args": dict(retries=conf["retries"]), "tags": [key]}
    with DAG(dag_id=f"load_{key}", schedule=conf["schedule"], **more):
        start = EmptyOperator(task_id="start")
        loads = [BashOperator(task_id=f"load_{t}", bash_command=f"load {t}") for t in conf["tables"]]
        start >> loads >> EmptyOperator(task_id="end", trigger_rule="none_failed")
""",
    "decorated_dag": """
@dag(schedule="@hourly", tags=["x"], start_date=datetime(2024, 1, 1), params={"p": 1})
def decorated_dag(limit: int = 5):
    @task
    def extract():
        return [1]

    @task(retries=2, task_id="transforming")
    def transform(x):
        return x

    @task(trigger_rule="all_done")
    def load(x, y=None):
        pass

    load(transform(extract()), y=[{"deep": (transform(extract()),)}])

decorated_dag()
""",
    "decorated_dag_with_id": """
@dag("given_id")
def f():
    EmptyOperator(task_id="a")

f()

@dag(dag_id="keyword_id")
def g():
    EmptyOperator(task_id="a")

g()

@dag
def never_called():
    EmptyOperator(task_id="a")
""",
    "decorated_dag_called_twice": """
def build(i):
    @dag(dag_id=f"built_{i}", schedule=None)
    def inner():
        @task
        def work():
            pass
        work()
    return inner()

dags = [build(i) for i in range(3)]
""",
    "repeated_names": """
@task
def work(x=None):
    return x

with DAG("repeated_names"):
    first = work()
    for i in range(11):
        work(first)
    work.override(task_id="other")()
    work.override(task_id="other")()
""",
    "repeated_in_groups": """
@task
def work(x=None):
    return x

with DAG("repeated_in_groups"):
    work()
    with TaskGroup("g"):
        work()
        work()
        with TaskGroup("inner", prefix_group_id=False):
            work()
            work()
    with TaskGroup("h", prefix_group_id=False):
        work()
        with TaskGroup("deep"):
            work()
""",
    "flavours": """
with DAG("flavours"):
    @task.branch
    def pick():
        return "a"

    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def go():
        return True

    @task.sensor(poke_interval=10, mode="reschedule")
    def wait():
        return True

    @task.virtualenv(requirements=["x"])
    def venv():
        pass

    @task.external_python(python="/usr/bin/python3")
    def ext():
        pass

    @task.bash(env={"A": "1"})
    def sh():
        return "true"

    @task.branch_virtualenv(requirements=["x"])
    def bv():
        pass

    pick() >> [go(), wait()] >> venv() >> ext() >> sh() >> bv()
""",
    "shifts": """
with DAG("shifts"):
    a, b, c, d, e, f = (EmptyOperator(task_id=x) for x in "abcdef")
    a >> [b, c] >> d
    e << d
    [e, f] << a
    [a, b] >> f
""",
    "shifts_chain_values": """
with DAG("shifts_chain_values"):
    t = {x: EmptyOperator(task_id=x) for x in "abcdefg"}
    t["a"] >> t["b"] << t["c"] >> t["d"]
    t["e"].set_upstream([t["a"], t["b"]])
    t["f"].set_downstream(t["g"])
    t["a"].set_downstream([t["f"]])
""",
    "chains": """
with DAG("chains"):
    t = [EmptyOperator(task_id=f"t{i}") for i in range(14)]
    chain(t[0], [t[1], t[2]], [t[3], t[4]], t[5])
    chain(*t[6:9])
    chain_linear(t[9], [t[10], t[11]], [t[12], t[13]])
    cross_downstream([t[0], t[1]], [t[9], t[12]])
""",
    "labels": """
with DAG("labels"):
    a, b, c, d = [EmptyOperator(task_id=x) for x in "abcd"]
    a >> Label("yes") >> b
    a >> Label("no") >> [c, d]
    d << Label("back") << b
    chain(c, [Label("x")], [d])
    a.set_downstream(c, edge_modifier=Label("z"))
""",
    "groups": """
with DAG("groups", default_args={"retries": 1, "owner": "me"}):
    start = EmptyOperator(task_id="start")
    with TaskGroup("one", default_args={"retries": 2}) as one:
        a = EmptyOperator(task_id="a")
        b = EmptyOperator(task_id="b", retries=5)
        with TaskGroup("two", default_args={"trigger_rule": "all_done"}) as two:
            c = EmptyOperator(task_id="c") >> EmptyOperator(task_id="d")
        a >> two
    with TaskGroup(group_id="three", prefix_group_id=False) as three:
        EmptyOperator(task_id="free")
    end = EmptyOperator(task_id="end")
    start >> one >> three >> end
    one >> end
""",
    "group_empty": """
with DAG("group_empty"):
    a = EmptyOperator(task_id="a")
    b = EmptyOperator(task_id="b")
    with TaskGroup("g") as g:
        pass
    a >> g >> b
""",
    "group_late": """
with DAG("group_late"):
    a = EmptyOperator(task_id="a")
    with TaskGroup("g") as g:
        x = EmptyOperator(task_id="x")
    a >> g
    y = EmptyOperator(task_id="y", task_group=g)
    with g:
        z = EmptyOperator(task_id="z")
    g >> EmptyOperator(task_id="end")
""",
    "group_dag_argument": """
d = DAG("group_dag_argument")
g = TaskGroup("g", dag=d)
a = EmptyOperator(task_id="a", task_group=g, dag=d)
with TaskGroup("h", dag=d) as h:
    b = EmptyOperator(task_id="b", dag=d)
a >> b
""",
    "decorated_groups": """
@task
def one(x=None): return x

@task_group
def pair(x):
    return one(one(x))

@task_group(group_id="named", prefix_group_id=False, default_args={"retries": 7})
def nothing_returned():
    one()

with DAG("decorated_groups"):
    first = one()
    p = pair(first)
    q = pair(p)
    n = nothing_returned()
    q >> n >> EmptyOperator(task_id="end")
    pair.override(group_id="again")(3)
""",
    "mapped": """
@task
def numbers(): return [1, 2]

@task
def add(x, y=0): return x + y

@task
def total(xs): return sum(xs)

with DAG("mapped"):
    n = numbers()
    added = add.partial(y=3).expand(x=n)
    total(added)
    total.override(task_id="mapped_over_map")(n.map(lambda v: v))
    add.expand_kwargs([{"x": 1}, {"x": 2, "y": 3}])
    add.expand_kwargs(n.zip(added))
    BashOperator.partial(task_id="bash", retries=3).expand(bash_command=["a", "b"])
    BashOperator.partial(task_id="bash_kw", trigger_rule=TriggerRule.ALL_DONE).expand_kwargs(n)
    add.override(task_id="late", retries=9).expand(x=[1, 2], y=added.concat(n))
""",
    "mapped_group": """
@task
def numbers(): return [1, 2]

@task
def show(x, y=None): return x

@task_group
def each(v, w=1):
    show(show(v), w)

with DAG("mapped_group"):
    n = numbers()
    g = each.expand(v=n)
    g >> EmptyOperator(task_id="end")
    each.partial(w=2).expand(v=[1, 2])
""",
    "outputs": """
def call(x): pass

with DAG("outputs"):
    a = PythonOperator(task_id="a", python_callable=call, op_args=[1])
    b = PythonOperator(task_id="b", python_callable=call, op_kwargs={"x": a.output})
    c = PythonOperator(task_id="c", python_callable=call, op_args=[[{"k": (b.output["key"], XComArg(a))}]])
    d = BashOperator(task_id="d", bash_command=c.output, env={"X": a.output})
    e = BashOperator(task_id="e", bash_command=f"echo {a.output}")
    f = EmptyOperator(task_id="f")
    f.bash_command = e.output
    d.bash_command = e.output
""",
    "setup_teardown": """
with DAG("setup_teardown"):
    s = EmptyOperator(task_id="s").as_setup()
    w = EmptyOperator(task_id="w")
    x = EmptyOperator(task_id="x")
    t = EmptyOperator(task_id="t").as_teardown(setups=s)
    s >> w >> x >> t
    with TaskGroup("g") as g:
        s1 = EmptyOperator(task_id="s1").as_setup()
        w1 = EmptyOperator(task_id="w1")
        t1 = EmptyOperator(task_id="t1").as_teardown(setups=[s1])
        s1 >> w1 >> t1
    x >> g >> EmptyOperator(task_id="end")
""",
    "setup_context": """
@setup
def up(): pass

@teardown(on_failure_fail_dagrun=True)
def down(): pass

@task
def work(x=None): return x

@setup
@task(task_id="second_up")
def other(): pass

with DAG("setup_context"):
    with up() >> down():
        work(work())
        work()
    s2 = other()
    t2 = EmptyOperator(task_id="t2").as_teardown(setups=s2)
    with t2:
        EmptyOperator(task_id="m")
    s3 = EmptyOperator(task_id="s3").as_setup()
    t3 = EmptyOperator(task_id="t3").as_teardown(setups=s3)
    s4 = EmptyOperator(task_id="s4").as_setup()
    t4 = EmptyOperator(task_id="t4").as_teardown(setups=s4)
    with s3:
        EmptyOperator(task_id="n1")
        with t4 as inner:
            EmptyOperator(task_id="n2")
            extra = EmptyOperator(task_id="n3")
""",
}
