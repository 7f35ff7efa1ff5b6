"""DAGs as teams really build them: factories, registries, classes, helpers around tasks."""

CASES = {
    "several_with_items": """
with DAG("several_with_items") as dag_one, TaskGroup("g") as g:
    EmptyOperator(task_id="a")
    with TaskGroup("h"), TaskGroup("i"):
        EmptyOperator(task_id="b")
""",
    "reduce_and_friends": """
from functools import reduce
from collections import defaultdict, namedtuple, Counter
import re
Row = namedtuple("Row", ["name", "after"])
ROWS = [Row("a", []), Row("b", ["a"]), Row(name="c", after=("a", "b"))]
with DAG("reduce_and_friends"):
    steps = [EmptyOperator(task_id=f"s{i}") for i in range(4)]
    reduce(lambda left, right: left >> right, steps)
    made = {}
    after = defaultdict(list)
    for row in ROWS:
        made[row.name] = EmptyOperator(task_id=row.name)
        for one in row.after:
            after[one].append(row.name)
    for up, downs in after.items():
        made[up] >> [made[d] for d in downs]
    by_level = {}
    for name, level in [("x", 1), ("y", 2), ("z", 1)]:
        by_level.setdefault(level, []).append(EmptyOperator(task_id=name))
    levels = sorted(by_level)
    for low, high in zip(levels, levels[1:]):
        for t in by_level[low]:
            t >> by_level[high]
    EmptyOperator(task_id=re.sub(r"[^a-z0-9_]+", "_", "some name!".lower()))
    total = sum([1, 2, 3])
    EmptyOperator(task_id=f"total_{total}")
    flat = sum([["p"], ["q"]], [])
    for f in flat:
        EmptyOperator(task_id=f)
    order = sorted({"k2": 1, "k1": 2}.items(), key=lambda kv: kv[1])
    chain(*[EmptyOperator(task_id=k) for k, _ in order])
    pairs = dict(zip(("one", "two"), (1, 2)))
    for k, v in pairs.items():
        EmptyOperator(task_id=f"{k}_{v:03d}")
""",
    "dataclass_config": """
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

class Kind(str, Enum):
    FULL = "full"
    DELTA = "delta"

class Level(Enum):
    LOW = 1
    HIGH = 2

class Step(NamedTuple):
    name: str
    retries: int = 1

@dataclass
class Pipeline:
    name: str
    kind: Kind = Kind.FULL
    steps: list = field(default_factory=list)
    level: Level = Level.LOW

    def __post_init__(self):
        self.dag_id = f"{self.name}_{self.kind.value}"

    @property
    def last_name(self):
        return self.steps[-1].name

    def to_dag(self):
        with DAG(self.dag_id, schedule="@daily" if self.kind is Kind.FULL else "@hourly", tags=[self.kind.value]) as d:
            previous = None
            for step in self.steps:
                t = EmptyOperator(task_id=step.name, retries=step.retries)
                if previous is not None:
                    previous >> t
                previous = t
            EmptyOperator(task_id=f"level_{self.level.name.lower()}_{self.level.value}")
        return d

for p in [Pipeline("p1", steps=[Step("a"), Step("b", 4)]), Pipeline("p2", Kind.DELTA, [Step("c")], Level.HIGH)]:
    globals()[p.dag_id] = p.to_dag()
""",
    "decorator_helpers": """
import functools

def my_task(**defaults):
    return task(retries=3, **defaults)

def logged(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs)
    return wrapper

@my_task(trigger_rule="all_done")
def first(): return 1

@task
@logged
def second(x): return x

def plain(x=None): return x

with DAG("decorator_helpers"):
    second(first())
    task(plain)()
    task(task_id="named", retries=1)(plain)(first())
    task.bash(task_id="sh")(lambda: "true")() if False else None
    t = task(plain).override(task_id="over")
    t(1) >> t(2)

    @task.skip_if(lambda context: False)
    @task.bash
    def skipped(): return "x"

    @task.run_if(lambda context: True)
    @task(retries=8)
    def ran(): return "x"

    skipped() >> ran()
""",
    "class_factory": """
class Base:
    registry = {}
    retries = 1

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)

    def __init__(self, team):
        self.team = team

    def steps(self):
        raise NotImplementedError

    def __call__(self):
        with DAG(f"{type(self).__name__.lower()}_{self.team}", default_args={"retries": self.retries}) as d:
            self.steps()
        return d

    @classmethod
    def create(cls, team):
        return cls(team)()

class Load(Base):
    retries = 2

    def steps(self):
        EmptyOperator(task_id="load") >> self.end()

    def end(self):
        return EmptyOperator(task_id="end")

class Deep(Load):
    def steps(self):
        super().steps()
        EmptyOperator(task_id="deep")

a = Load.create("x")
b = Deep("y")()
""",
    "nested_task_groups": """
@task
def leaf(n): return n

@task_group
def inner(n):
    a = leaf(n)
    b = leaf(a)
    return b

@task_group
def outer(n):
    first = inner(n)
    second = inner(first)
    return {"one": first, "two": second}

@dag(schedule=None)
def nested_task_groups():
    r = outer(1)
    leaf(r["one"])
    leaf(r["two"])
    with TaskGroup("loop") as loop:
        for i in range(3):
            with TaskGroup(f"g{i}") as g:
                leaf(i) >> EmptyOperator(task_id="done")
    loop >> EmptyOperator(task_id="end")

nested_task_groups()
""",
    "multiple_outputs": """
@task(multiple_outputs=True)
def extract(): return {"a": 1, "b": 2}

@task
def use(a, b=None): return a

with DAG("multiple_outputs"):
    e = extract()
    u = use(e["a"], b=e["b"])
    use(**{"a": u})
    use(*[u])
    p = PythonOperator(task_id="p", python_callable=print, op_kwargs={"x": e["a"], "y": [u]})
    p.output >> use.override(task_id="after")(1)
    [e, u] >> EmptyOperator(task_id="last")
""",
    "teardown_shapes": """
@setup
def make_cluster(n=1): return n

@teardown
def drop_cluster(n=1): return n

@task
def job(x=None): return x

with DAG("teardown_shapes"):
    with TaskGroup("g") as g:
        c = make_cluster()
        j = job(c)
        d = drop_cluster(c)
        j >> d
        c >> d
    g >> job.override(task_id="outside")()
    s1 = make_cluster.override(task_id="s1")()
    s2 = make_cluster.override(task_id="s2")()
    t = EmptyOperator(task_id="t")
    [s1, s2] >> t
    with t.as_teardown(setups=[s1, s2]):
        job.override(task_id="j1")() >> job.override(task_id="j2")()
    k = EmptyOperator(task_id="k")
    k.is_setup = True
    with k >> EmptyOperator(task_id="l").as_teardown():
        EmptyOperator(task_id="m")
        EmptyOperator(task_id="n")
""",
    "old_imports": """
from airflow.models import DAG as OldDag
from airflow.models.dag import DAG as Older
from airflow.decorators import task as old_task, dag as old_dag, task_group as old_group
from airflow.utils.task_group import TaskGroup as OldGroup
from airflow.models.baseoperator import chain as old_chain
from airflow.utils.trigger_rule import TriggerRule as OldRule
from airflow.models.param import Param as OldParam
from airflow.utils.edgemodifier import Label as OldLabel
with OldDag("old_imports", params={"x": OldParam(1)}):
    @old_task
    def t(): pass
    with OldGroup("g"):
        a = t()
    old_chain(a, OldLabel("l"), EmptyOperator(task_id="b", trigger_rule=OldRule.ONE_DONE))
with Older("older"): pass
""",
    "dynamic_ids": """
import os
from pathlib import Path
NAME = os.path.basename(__file__).replace(".py", "")
HERE = Path(__file__)
with DAG(dag_id=f"{NAME}_v{1 + 1}", description=__doc__):
    EmptyOperator(task_id=HERE.name.split(".")[0])
    for path in ["a/b.sql", "c/d_e.sql"]:
        stem = Path(path).stem
        parent = Path(path).parent.name
        EmptyOperator(task_id=f"{parent}__{stem}")
    for day in (datetime(2024, 1, 1) + timedelta(days=i) for i in range(2)):
        EmptyOperator(task_id=f"day_{day:%Y%m%d}_{day.strftime('%a').lower()}")
    for n in range(10, 0, -4):
        EmptyOperator(task_id=str(n).zfill(3))
    EmptyOperator(task_id="x".join(["a", "b"]) if len(NAME) > 3 else "short")
    text = "one,two;three"
    for part in [p for chunk in text.split(";") for p in chunk.split(",")]:
        EmptyOperator(task_id=part.title())
    if (size := len(text)) > 5:
        EmptyOperator(task_id=f"size_{size}")
    *_, final = ("u", "v", "w")
    EmptyOperator(task_id=final * 2)
""",
    "globals_and_lists": """
DAGS = {}
for env in ("dev", "prod"):
    d = DAG(f"gl_{env}", schedule=None if env == "dev" else "@daily", catchup=env == "prod", start_date=datetime(2024, 1, 1))
    EmptyOperator(task_id="a", dag=d)
    DAGS[env] = d
    globals().update({f"dag_{env}": d})
lost = [DAG("gl_lost")]
def f():
    global made
    made = DAG("gl_global")
f()
class Holder:
    d = DAG("gl_held")
""",
    "functions_of_tasks": """
def retry(t, n):
    t.retries = n
    return t

def pipeline(source: str, *, prefix="", **kwargs):
    with TaskGroup(f"{prefix}{source}") as g:
        ex = EmptyOperator(task_id="extract", **kwargs)
        ld = EmptyOperator(task_id="load", **{"trigger_rule": "all_done", **kwargs})
        ex >> ld
    return g, ex, ld

with DAG("functions_of_tasks", default_args={"retries": 1}) as dag_here:
    end = EmptyOperator(task_id="end")
    groups = []
    for s in ("a", "b"):
        g, ex, ld = pipeline(s, prefix="src_", depends_on_past=True)
        groups.append(g)
        ld >> end
    groups[0] >> groups[1]
    retry(end, 6)
    end.trigger_rule = "none_failed"
    ex.set_upstream(dag_here.get_task("src_a.load"))
    t = groups[1].children["src_b.load"]
    t >> EmptyOperator(task_id="after_b")
    for r in dag_here.tasks[:2]:
        r.set_downstream(EmptyOperator(task_id=f"x_{r.task_id.split('.')[-1]}_{len(r.task_id)}"))
""",
    "mapped_shapes": """
@task
def nums(): return [1]
@task
def f(a, b=1, c=2): return a
with DAG("mapped_shapes", default_args={"retries": 2}):
    n = nums()
    with TaskGroup("g"):
        m = f.partial(b=n).expand(a=[1, 2, 3])
        f.expand(a=m, b=n)
    f.partial().expand(**{"a": n})
    f.expand(a=nums.override(task_id="inline")())
    BashOperator.partial(task_id="b1", env={"k": n}, default_args={"retries": 7}).expand(bash_command=[n, "x"])
    kws = BashOperator.partial(task_id="b2").expand_kwargs([{"bash_command": "1"}, {"bash_command": n}])
    PythonOperator.partial(task_id="p1", python_callable=print).expand(op_args=[[1], [2]])
    [f.override(task_id=f"m{i}").expand(a=[i]) for i in range(2)] >> kws
    @task_group
    def grp(x, y):
        f(x, y)
    grp.expand_kwargs([{"x": 1, "y": 2}])
    grp.expand(x=[1], y=n) >> kws
""",
    "conditional_returns": """
def pick(kind):
    if kind == "bash":
        return BashOperator(task_id="bash_one", bash_command="x")
    elif kind == "empty":
        return EmptyOperator(task_id="empty_one")
    raise ValueError(kind)

def maybe(flag=False):
    if not flag:
        return None
    return EmptyOperator(task_id="maybe")

with DAG("conditional_returns"):
    a, b = pick("bash"), pick("empty")
    try:
        pick("other")
    except ValueError:
        a >> b
    for m in (maybe(), maybe(True)):
        if m:
            b >> m
    EmptyOperator(task_id="c") if not maybe() else EmptyOperator(task_id="d")
    tasks = list(filter(None, [maybe(), a]))
    EmptyOperator(task_id=f"n{len(tasks)}")
    x = None or a
    x >> EmptyOperator(task_id="e")
""",
    "taskflow_plain_mix": """
@task
def get(): return {"k": 1}

def send(**context): pass

with DAG("taskflow_plain_mix", user_defined_macros={"x": 1}, template_searchpath="/tmp"):
    g = get()
    s = PythonOperator(task_id="send", python_callable=send, op_kwargs={"v": g}, templates_dict={"t": g["k"]})
    b = BashOperator(task_id="b", bash_command="echo {{ ti.xcom_pull('get') }}", env={"V": "{{ ds }}"}, append_env=True)
    s >> b
    BashOperator(task_id="c", bash_command="x", trigger_rule="always", do_xcom_push=False) << [s, g]
    @task.branch(task_id="choose")
    def choose(v): return ["b"]
    choose(g) >> [EmptyOperator(task_id="l"), EmptyOperator(task_id="r")] >> EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")
""",
}
