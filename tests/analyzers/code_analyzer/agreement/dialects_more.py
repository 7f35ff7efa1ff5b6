"""More DAG dialects: assets, schedules, Python's own ways, shared modules, configuration files."""

CASES = {
    "schedules": """
from airflow.timetables.trigger import CronTriggerTimetable
from airflow.timetables.interval import CronDataIntervalTimetable
from airflow.sdk import AssetOrTimeSchedule
a1, a2 = Asset("a1"), Asset(name="a2", uri="s3://bucket/a2")
DAG("sch_none")
with DAG("sch_cron", schedule="*/5 * * * *"): pass
with DAG("sch_delta", schedule=timedelta(minutes=90)): pass
with DAG("sch_asset", schedule=a1): pass
with DAG("sch_list", schedule=[a1, a2]): pass
with DAG("sch_expr", schedule=a1 & (a2 | Asset("a3"))): pass
with DAG("sch_any", schedule=AssetAny(a1, AssetAll(a2, Asset("a4")))): pass
with DAG("sch_alias", schedule=AssetAlias("al")): pass
with DAG("sch_alias_list", schedule=[AssetAlias("al"), a1]): pass
with DAG("sch_ref", schedule=Asset.ref(name="a1")): pass
with DAG("sch_table", schedule=CronTriggerTimetable("0 1 * * *", timezone="UTC")): pass
weekly = CronTriggerTimetable("0 1 * * 3", timezone="UTC")
with DAG("sch_or", schedule=AssetOrTimeSchedule(timetable=weekly, assets=[a1])): pass
with DAG("sch_once", schedule="@once"): pass
with DAG("sch_cont", schedule="@continuous", max_active_runs=1): pass
""",
    "asset_decorator": """
@asset(schedule="@daily", tags=["t"])
def made_asset():
    pass

@asset(name="named_asset", uri="s3://x/y", schedule=made_asset)
def fn(context, made_asset):
    pass

@asset.multi(schedule=None, outlets=[Asset("m1"), Asset("m2")])
def many():
    pass

@asset(schedule=None, dag_id="its_own_id")
@task(retries=3)
def with_task():
    pass

with DAG("consumer", schedule=[made_asset, fn]):
    EmptyOperator(task_id="x", outlets=[Asset("m1")])
""",
    "start_dates": """
from datetime import timezone
with DAG("sd_default_args", default_args={"start_date": datetime(2023, 5, 1)}): pass
with DAG("sd_aware", start_date=datetime(2023, 5, 1, 12, tzinfo=timezone.utc)): pass
with DAG("sd_pendulum", start_date=pendulum.datetime(2023, 5, 1, tz="Asia/Tokyo"), catchup=False): pass
with DAG("sd_local", start_date=datetime(2023, 5, 1, tzinfo=pendulum.timezone("America/New_York"))): pass
with DAG("sd_string", default_args={"start_date": "2023-05-01"}): pass
with DAG("sd_task"):
    EmptyOperator(task_id="a", start_date=datetime(2024, 1, 1))
""",
    "conditions": """
FLAG = True
MODES = ("full", "delta")
with DAG("conditions"):
    if FLAG and "full" in MODES:
        EmptyOperator(task_id="yes")
    else:
        EmptyOperator(task_id="no")
    if len(MODES) > 3:
        EmptyOperator(task_id="many")
    elif not FLAG:
        EmptyOperator(task_id="never")
    for i, mode in enumerate(MODES, start=1):
        if mode == "delta":
            continue
        EmptyOperator(task_id=f"{i:02d}_{mode.upper()}")
    else:
        EmptyOperator(task_id="after_loop")
    n = 0
    while n < 3:
        n += 1
        if n == 2:
            break
    EmptyOperator(task_id="n_%d" % n)
    EmptyOperator(task_id="{}_{name}".format("x", name="y"))
    EmptyOperator(task_id="-".join(sorted(MODES, reverse=True)))
    match MODES[0]:
        case "full" | "all":
            EmptyOperator(task_id="matched")
        case _:
            EmptyOperator(task_id="unmatched")
    [EmptyOperator(task_id=f"{a}{b}") for a in "xy" for b in range(3) if b != 1]
""",
    "python_ways": """
import itertools, functools, os, json, copy
from pathlib import Path
from dataclasses import dataclass
from collections import OrderedDict

@dataclass
class Source:
    name: str
    tables: list
    retries: int = 2

class Builder:
    default = "none_failed"

    def __init__(self, name):
        self.name = name
        self.made = []

    def build(self, source, **more):
        more["retries"] = source.retries
        t = BashOperator(task_id=f"{self.name}_{source.name}", bash_command="x", **more)
        self.made.append(t)
        return t

    @staticmethod
    def label(x):
        return f"lab_{x}"

    @property
    def last(self):
        return self.made[-1]

class Special(Builder):
    def build(self, source, **more):
        return super().build(source, trigger_rule=self.default)

base = {"retries": 1, "nested": {"a": 1}}
args = {**base, "retries": 6}
more = copy.deepcopy(args)
more["retries"] = 8
more.update(owner="x")
make = functools.partial(EmptyOperator, retries=3)

with DAG(Path(__file__).stem + "_ways", default_args=more) as d:
    builder = Builder("b")
    x = builder.build(Source("s", []), depends_on_past=True)
    y = Special("sp").build(Source("t", [1], 4))
    x >> y
    make(task_id=Builder.label(1))
    last, *rest = [EmptyOperator(task_id=i) for i in ("p", "q", "r")]
    for up, down in zip(rest, rest[1:]):
        up >> down
    for a, b in itertools.product("mn", (1, 2)):
        EmptyOperator(task_id=a + str(b))
    builder.last >> last
    ids = {t.task_id for t in rest}
    EmptyOperator(task_id="has_q" if "q" in ids else "no_q")
    (lambda name: EmptyOperator(task_id=name))("from_lambda")
    EmptyOperator(task_id=os.path.basename("/a/b/c.txt").split(".")[0])
    cfg = json.loads('{"k": ["v1", "v2"]}')
    for v in cfg["k"]:
        EmptyOperator(task_id=v)
    def generate():
        for g in range(2):
            yield EmptyOperator(task_id=f"gen{g}")
    chain(*generate())
    def outer(prefix):
        counter = 0
        def inner(s):
            nonlocal counter
            counter += 1
            return EmptyOperator(task_id=f"{prefix}_{s}_{counter}")
        return inner
    mk = outer("clo")
    mk("a") >> mk("b")
    od = OrderedDict(z=1, y=2)
    EmptyOperator(task_id="od_" + "_".join(od))
""",
    "own_operator": """
from airflow.sdk import BaseOperator
class Mine(BaseOperator):
    template_fields = ("path",)
    def __init__(self, path, level=1, **kwargs):
        super().__init__(**kwargs)
        self.path = path
    def execute(self, context):
        return self.path

class Loud(Mine):
    def __init__(self, **kwargs):
        kwargs.setdefault("retries", 9)
        super().__init__(path="fixed", **kwargs)

with DAG("own_operator", default_args={"retries": 2}):
    a = Mine(task_id="a", path="x")
    b = Mine(task_id="b", path=a.output)
    c = Loud(task_id="c")
    Mine.partial(task_id="m").expand(path=["1", "2"])
    b >> c
""",
    "own_dag_class": """
class TeamDag(DAG):
    pass

with TeamDag("own_dag_class", schedule="@weekly", tags=["team"]):
    EmptyOperator(task_id="a")
""",
    "default_args_merges": """
args = {"retries": 1, "trigger_rule": "one_success", "owner": "x", "unknown_thing": 3}
with DAG("default_args_merges", default_args=args):
    EmptyOperator(task_id="a")
    EmptyOperator(task_id="b", retries=0)
    EmptyOperator(task_id="c", default_args={"retries": 12})
    with TaskGroup("g", default_args={"retries": 5}):
        EmptyOperator(task_id="d")
        EmptyOperator(task_id="e", default_args={"trigger_rule": "all_done"})
    args["retries"] = 50
    EmptyOperator(task_id="f")
    @task
    def g2(): pass
    g2()
    @task(retries=None)
    def h(): pass
    h()
    BashOperator(task_id="i", bash_command="x", retries="3")
""",
    "stars": """
common = dict(schedule="@monthly", catchup=True, start_date=datetime(2024, 2, 2))
ops = {"retries": 3, "trigger_rule": TriggerRule.ONE_FAILED}
with DAG("stars", **common, tags=["s"]):
    EmptyOperator(task_id="a", **ops)
    BashOperator(**{"task_id": "b", "bash_command": "true"})
""",
    "params": """
given = {"a": Param(1, type="integer"), "b": "x", "c": Param("q", enum=["q", "r"])}
with DAG("params", params=given, default_args={"params": {"d": 2}}):
    EmptyOperator(task_id="t")
""",
    "branches": """
def choose(**kw):
    return "left"
with DAG("branches"):
    b = BranchPythonOperator(task_id="b", python_callable=choose)
    left, right = EmptyOperator(task_id="left"), EmptyOperator(task_id="right")
    join = EmptyOperator(task_id="join", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
    b >> Label("l") >> left >> join
    b >> right >> join
""",
    "try_import": """
try:
    from airflow.sdk import DAG as D
except ImportError:
    from airflow import DAG as D
try:
    import json
    HAVE = True
except ImportError:
    HAVE = False
with D("try_import"):
    EmptyOperator(task_id="have" if HAVE else "have_not")
    try:
        {}["missing"]
    except KeyError:
        EmptyOperator(task_id="handled")
    finally:
        EmptyOperator(task_id="final")
""",
    "shared_module": """
from shared_lib.builders import make_dag, NAMES, add_steps
from shared_lib import constants
import shared_lib.constants as c2
for n in NAMES:
    make_dag(n)
with DAG(f"{constants.PREFIX}_mine", default_args=c2.ARGS):
    add_steps(3)
""",
    "config_file": """
import yaml, json, os
from pathlib import Path
here = Path(__file__).parent
conf = yaml.safe_load((here / "conf" / "pipelines.yaml").read_text())
with open(os.path.join(os.path.dirname(__file__), "conf", "more.json")) as f:
    more = json.load(f)
for p in conf["pipelines"]:
    with DAG(p["id"], schedule=p.get("schedule"), tags=p.get("tags", [])):
        made = {}
        for s in p["steps"]:
            made[s["name"]] = EmptyOperator(task_id=s["name"])
            for up in s.get("after", []):
                made[up] >> made[s["name"]]
with DAG(more["id"]):
    EmptyOperator(task_id="a")
""",
    "edges_in_functions": """
def fan(middle, *ends):
    for e in ends:
        middle >> e
    return ends[-1]
with DAG("edges_in_functions") as dag_object:
    a, b, c = map(lambda n: EmptyOperator(task_id=n), ["a", "b", "c"])
    last = fan(a, b, c)
    last >> EmptyOperator(task_id="d")
    dag_object.get_task("b") >> dag_object.get_task("d")
    dag_object.set_dependency("a", "d")
    tasks = []
    for i in range(3):
        tasks.append(EmptyOperator(task_id=f"s{i}"))
        if len(tasks) > 1:
            tasks[-2] >> tasks[-1]
    tasks[0] << [a, b]
    @dag_object.task
    def via_dag(): pass
    via_dag() >> tasks[0]
""",
    "xcom_without_template": """
with DAG("xcom_without_template"):
    @task
    def src(): return 1
    s = src()
    EmptyOperator(task_id="x", doc_md=str(s))
    @task
    def sink(a, *rest, **more): return a
    sink(s, 1, key={"z": s})
    sink.override(task_id="plain")(1)
    first, second = src.override(task_id="m1")(), src.override(task_id="m2")()
    sink.override(task_id="both")([first, second])
""",
    "sensor_and_branching_groups": """
with DAG("sensor_groups", default_args={"retries": 2}):
    w = FileSensor(task_id="w", filepath="/x", mode="reschedule")
    with TaskGroup("g1") as g1:
        with TaskGroup("g2") as g2:
            a = EmptyOperator(task_id="a")
        with TaskGroup("g3") as g3:
            b = EmptyOperator(task_id="b")
        g2 >> g3
    [w, EmptyOperator(task_id="z")] >> g1
    g1 >> [EmptyOperator(task_id="e1"), EmptyOperator(task_id="e2")]
    chain(w, [g2, g3], EmptyOperator(task_id="last"))
""",
    "not_registered": """
with DAG("hidden", auto_register=False):
    EmptyOperator(task_id="a")
with DAG("rebound") as d:
    EmptyOperator(task_id="a")
d = None
""",
}

FILES = {
    "shared_lib/__init__.py": "",
    "shared_lib/constants.py": 'PREFIX = "team"\nARGS = {"retries": 5}\n',
    "shared_lib/builders.py": """
from airflow.sdk import DAG, chain
from airflow.providers.standard.operators.empty import EmptyOperator
from .constants import PREFIX, ARGS

NAMES = ["alpha", "beta"]


def make_dag(name):
    with DAG(f"{PREFIX}_{name}", default_args=ARGS, schedule="@daily") as d:
        add_steps(2)
    return d


def add_steps(n):
    chain(*[EmptyOperator(task_id=f"step{i}") for i in range(n)])
""",
    "conf/pipelines.yaml": """
pipelines:
  - id: yaml_one
    schedule: "0 3 * * *"
    tags: [y]
    steps:
      - name: a
      - name: b
        after: [a]
      - {name: c, after: [a, b]}
  - id: yaml_two
    steps: [{name: only}]
""",
    "conf/more.json": '{"id": "json_dag"}',
}
