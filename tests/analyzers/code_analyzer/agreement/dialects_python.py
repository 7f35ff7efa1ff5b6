"""DAG dialects: what of Python people use to make DAGs; we and real Airflow read each."""

CASES = {
    "own_context_manager": """
from contextlib import contextmanager

@contextmanager
def pipeline(name, **kw):
    with DAG(f"ctx_{name}", schedule="@daily", **kw) as d:
        begin = EmptyOperator(task_id="begin")
        yield d, begin
        done = EmptyOperator(task_id="done", trigger_rule="all_done")
        begin >> done

with pipeline("one", tags=["x"]) as (d, begin):
    begin >> BashOperator(task_id="middle", bash_command="true")

with pipeline("two") as (_, first):
    first >> [EmptyOperator(task_id="l"), EmptyOperator(task_id="r")]
""",
    "context_manager_group": """
import contextlib

@contextlib.contextmanager
def guarded(name):
    start = EmptyOperator(task_id=f"{name}_start")
    with TaskGroup(name) as g:
        try:
            yield g
        finally:
            EmptyOperator(task_id="closing")
    start >> g

with DAG("context_manager_group"):
    with guarded("load") as g:
        EmptyOperator(task_id="a")
    with guarded("clean"):
        EmptyOperator(task_id="b") >> EmptyOperator(task_id="c")
    g >> EmptyOperator(task_id="last")
""",
    "class_context_manager": """
class Stage:
    def __init__(self, name):
        self.name = name
        self.tasks = []

    def __enter__(self):
        self.group = TaskGroup(self.name)
        self.group.__enter__()
        return self

    def __exit__(self, *exc):
        self.group.__exit__(*exc)
        return False

    def add(self, name):
        t = EmptyOperator(task_id=name)
        self.tasks.append(t)
        return t

with DAG("class_context_manager"):
    with Stage("s1") as one:
        one.add("a") >> one.add("b")
    with Stage("s2") as two:
        two.add("c")
    one.tasks[-1] >> two.tasks[0]
""",
    "exit_stack": """
from contextlib import ExitStack, nullcontext

with ExitStack() as stack:
    d = stack.enter_context(DAG("exit_stack"))
    g = stack.enter_context(TaskGroup("g"))
    EmptyOperator(task_id="a")

with DAG("null_context"):
    with nullcontext():
        EmptyOperator(task_id="a")
    with TaskGroup("g") if len("xy") == 2 else nullcontext():
        EmptyOperator(task_id="b")
""",
    "matching": """
SOURCES = [
    {"kind": "sql", "name": "orders"}, {"kind": "api", "url": "http://x", "name": "rates"},
    ("file", "a.csv"), ("file", "b.csv", 3), "noop", {"kind": "odd"},
]

def build(source):
    match source:
        case {"kind": "sql", "name": name}:
            return BashOperator(task_id=f"sql_{name}", bash_command="true")
        case {"kind": "api", "name": str() as name, **rest} if "url" in rest:
            return EmptyOperator(task_id=f"api_{name}")
        case ("file", path):
            return EmptyOperator(task_id="file_" + path.removesuffix(".csv"))
        case ("file", path, int(retries)):
            return EmptyOperator(task_id="retried_" + path.split(".")[0], retries=retries)
        case "noop" | "nothing":
            return EmptyOperator(task_id="noop")
        case _:
            return EmptyOperator(task_id="other")

with DAG("matching"):
    previous = None
    for source in SOURCES:
        current = build(source)
        if previous is not None:
            previous >> current
        previous = current
""",
    "match_on_class": """
from dataclasses import dataclass

@dataclass
class Load:
    table: str
    full: bool = False

@dataclass
class Check:
    table: str
    __match_args__ = ("table",)

with DAG("match_on_class"):
    for step in (Load("a"), Load("b", full=True), Check("c")):
        match step:
            case Load(table=t, full=True):
                EmptyOperator(task_id=f"full_{t}")
            case Load(table=t):
                EmptyOperator(task_id=f"delta_{t}")
            case Check(t):
                EmptyOperator(task_id=f"check_{t}")
""",
    "walrus": """
NAMES = ["alpha", "be", "gamma"]
with DAG("walrus"):
    long = [EmptyOperator(task_id=up) for n in NAMES if len(up := n.upper()) > 3]
    if (count := len(long)) > 1:
        EmptyOperator(task_id=f"join_{count}") << long
    i = 0
    while (i := i + 1) < 4:
        EmptyOperator(task_id=f"w{i}")
""",
    "named_tuples": """
from collections import namedtuple
from typing import NamedTuple

Job = namedtuple("Job", ["name", "cron", "deps"], defaults=[()])
class Table(NamedTuple):
    name: str
    keys: tuple = ("id",)
    @property
    def task_id(self):
        return f"load__{self.name}__{'_'.join(self.keys)}"

for job in [Job("a", "@daily"), Job("b", None, ("a",)), Job(name="c", cron="0 3 * * *", deps=("a", "b"))]:
    with DAG(f"nt_{job.name}", schedule=job.cron):
        end = EmptyOperator(task_id="end")
        for dep in job.deps:
            EmptyOperator(task_id=f"wait_{dep}") >> end
        for name, keys in [Table("x"), Table("y", ("p", "q"))]:
            EmptyOperator(task_id=Table(name, keys).task_id) >> end
        EmptyOperator(task_id=f"n{len(job)}_{job._fields[0]}_{job._replace(name='z').name}")
""",
    "enums": """
from enum import Enum, IntEnum, StrEnum, auto

class Layer(str, Enum):
    BRONZE = "bronze"
    SILVER = "silver"

class Region(StrEnum):
    EU = auto()
    US_EAST = auto()

class Level(IntEnum):
    LOW = 1
    HIGH = 5

with DAG("enums", tags=[Layer.BRONZE.value, Region.EU]):
    previous = None
    for layer in Layer:
        t = EmptyOperator(task_id=f"{layer.name.lower()}_{layer.value}", retries=Level.HIGH)
        if previous:
            previous >> t
        previous = t
    for region in Region:
        EmptyOperator(task_id=f"r_{region}", retries=Level["LOW"])
    EmptyOperator(task_id=Layer("silver").value + "_by_value")
    EmptyOperator(task_id="members_%d" % len(Layer))
""",
    "dataclass_more": """
from dataclasses import dataclass, field, replace, asdict

@dataclass(frozen=True)
class Base:
    name: str
    retries: int = 1
    tags: list = field(default_factory=list)

@dataclass(frozen=True, kw_only=True)
class Extract(Base):
    tables: tuple[str, ...] = ()

    @classmethod
    def of(cls, name, *tables):
        return cls(name=name, tables=tables)

    @property
    def dag_id(self) -> str:
        return f"extract_{self.name}"

    def build(self):
        with DAG(self.dag_id, tags=self.tags or ["none"], default_args={"retries": self.retries}) as d:
            for t in self.tables:
                EmptyOperator(task_id=t)
        return d

one = Extract.of("one", "a", "b")
two = replace(one, name="two", retries=3, tags=["t"])
d1, d2 = (e.build() for e in (one, two))
with DAG("dataclass_asdict"):
    for key, value in asdict(two).items():
        if isinstance(value, int):
            EmptyOperator(task_id=f"{key}_{value}")
""",
    "partials": """
import functools
from functools import partial

Bash = partial(BashOperator, retries=7, trigger_rule="all_done")
make_dag = partial(DAG, schedule="@weekly", tags=["p"], catchup=False)

def step(name, prefix="", *, up=None):
    t = Bash(task_id=prefix + name, bash_command="true")
    if up:
        up >> t
    return t

early = functools.partial(step, prefix="early_")
with make_dag(dag_id="partials") as d:
    a = early("a")
    early("b", up=a)
    functools.partial(early, "c", up=a)()
with make_dag("partials_positional"):
    Bash(task_id="x", bash_command="true", retries=0)
""",
    "itertools_ways": """
import itertools
from itertools import chain as ichain, count, cycle, islice, product, groupby, zip_longest, starmap, repeat, accumulate, permutations, combinations, tee, pairwise

with DAG("itertools_ways"):
    for env, (i, region) in product(["dev", "prod"], enumerate(["eu", "us"], start=1)):
        EmptyOperator(task_id=f"{env}_{region}_{i}")
    ts = [EmptyOperator(task_id=f"t{n}") for n in islice(count(10, 5), 3)]
    for up, down in pairwise(ts):
        up >> down
    for a, b in itertools.combinations("xyz", 2):
        EmptyOperator(task_id=f"c_{a}{b}")
    for n, colour in zip(range(4), cycle(["red", "blue"])):
        EmptyOperator(task_id=f"{colour}_{n}")
    rows = sorted([("b", 1), ("a", 2), ("b", 3)], key=lambda r: r[0])
    for key, group in groupby(rows, key=lambda r: r[0]):
        EmptyOperator(task_id=f"g_{key}_{'_'.join(str(n) for _, n in group)}")
    for left, right in zip_longest("ab", "c", fillvalue="none"):
        EmptyOperator(task_id=f"z_{left}_{right}")
    for name in ichain.from_iterable([["p", "q"], ["r"]]):
        EmptyOperator(task_id=name)
    for total in accumulate([1, 2, 3]):
        EmptyOperator(task_id=f"sum{total}")
    for made in starmap(lambda x, y: f"s_{x}{y}", [(1, 2), (3, 4)]):
        EmptyOperator(task_id=made)
""",
    "ordering": """
CONF = {"b": {"prio": 2}, "a": {"prio": 1}, "c": {"prio": 3}}
from operator import itemgetter, attrgetter
with DAG("ordering"):
    last = None
    for name, conf in sorted(CONF.items(), key=lambda kv: -kv[1]["prio"]):
        t = EmptyOperator(task_id=name)
        last >> t if last else None
        last = t
    for i, n in enumerate(reversed(list(CONF)), 1):
        EmptyOperator(task_id=f"rev_{i}_{n}")
    top = max(CONF, key=lambda k: CONF[k]["prio"])
    EmptyOperator(task_id=f"top_{top}")
    low = min(CONF.items(), key=lambda kv: kv[1]["prio"])[0]
    EmptyOperator(task_id=f"low_{low}")
    for row in sorted([{"n": "z"}, {"n": "y"}], key=itemgetter("n"), reverse=True):
        EmptyOperator(task_id="by_" + row["n"])
    assert sum(v["prio"] for v in CONF.values()) == 6
""",
    "texts": """
raw = "  Sales Orders-2024  "
slug = raw.strip().lower().replace(" ", "_").translate(str.maketrans("-", "_"))
import re, string, textwrap
with DAG(slug):
    for part in re.split(r"[_]+", slug):
        EmptyOperator(task_id=part)
    EmptyOperator(task_id=re.sub(r"[^a-z]+", "", raw.lower()))
    EmptyOperator(task_id="{}_{:03d}".format("n", 7))
    EmptyOperator(task_id="{name}-{0}".format(1, name="kw"))
    EmptyOperator(task_id="%(a)s_%(b)02d" % {"a": "pc", "b": 5})
    EmptyOperator(task_id="-".join(map(str, (1, 2, 3))))
    EmptyOperator(task_id="abc"[::-1] + "xyz"[1:] + "q" * 3)
    EmptyOperator(task_id=f"{'pad':_>6}{3.14159:.2f}".replace(".", "_"))
    EmptyOperator(task_id="a.b.c".rpartition(".")[2] + "CamelCase".casefold().title())
    EmptyOperator(task_id=string.Template("$x-tpl").substitute(x="st"))
    EmptyOperator(task_id=f"{slug!r}".strip("'").removeprefix("sales_"))
    for word in textwrap.dedent('''
        one
        two
    ''').split():
        EmptyOperator(task_id=word.zfill(5))
    m = re.match(r"(?P<first>[a-z]+)_(\\w+)", slug)
    EmptyOperator(task_id=f"m_{m.group('first')}_{m[2]}")
""",
    "comprehension_shapes": """
TREE = {"raw": ["a", "b"], "mart": ["c"]}
with DAG("comprehension_shapes"):
    tasks = {f"{layer}.{t}": EmptyOperator(task_id=f"{layer}-{t}") for layer, ts in TREE.items() for t in ts if t != "b"}
    nested = [[EmptyOperator(task_id=f"m{i}{j}") for j in range(2)] for i in range(2)]
    [x >> y for row in nested for x, y in [row]]
    tasks["raw.a"] >> tasks["mart.c"]
    first, *rest = (EmptyOperator(task_id=c) for c in "uvw")
    first >> rest
    {k: v for k, v in tasks.items()}["mart.c"] >> list(dict(z=first).values())[0]
    only = {t.task_id for t in rest}
    EmptyOperator(task_id="n_" + "_".join(sorted(only)))
""",
    "generators_and_yield": """
def steps(names):
    previous = None
    for name in names:
        task_ = EmptyOperator(task_id=name)
        if previous:
            previous >> task_
        previous = task_
        yield task_

def dags():
    for n in range(2):
        with DAG(f"yielded_{n}") as d:
            *_, last = steps(["a", "b", "c"])
            last >> EmptyOperator(task_id="end")
        yield d

for d in dags():
    globals()[d.dag_id] = d

def flatten(tree):
    for x in tree:
        if isinstance(x, list):
            yield from flatten(x)
        else:
            yield x

with DAG("flattened"):
    for n in flatten(["a", ["b", ["c"]], "d"]):
        EmptyOperator(task_id=n)
""",
    "decorators_of_own": """
import functools

def retried(times):
    def outer(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            return function(*args, **kwargs)
        inner.times = times
        return inner
    return outer

def logged(function):
    @functools.wraps(function)
    def wrapper(*a, **k):
        print("x")
        return function(*a, **k)
    return wrapper

def in_dag(dag_id, **kw):
    def decorate(function):
        with DAG(dag_id, **kw) as d:
            function()
        return d
    return decorate

def named_task(**options):
    return lambda f: task(f, **options) if not options else task(**options)(f)

@in_dag("decorated_in", schedule="@once")
def anything():
    @task
    @logged
    def first():
        return 1

    @task(retries=2)
    @retried(3)
    def second(x):
        return x

    @named_task(retries=4, task_id="third_task")
    def third(x):
        return x

    third(second(first()))
""",
    "recursion": """
SPEC = ("root", [("left", [("leaf1", []), ("leaf2", [])]), ("right", [])])

def grow(node):
    name, children = node
    t = EmptyOperator(task_id=name)
    for child in children:
        t >> grow(child)
    return t

with DAG("recursion"):
    grow(SPEC)

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

with DAG("fib"):
    for i in range(6):
        EmptyOperator(task_id=f"f{i}_{fib(i)}")
""",
    "closures_and_defaults": """
def builder(dag_id):
    made = {}
    counter = 0
    def add(name, after=(), _cls=EmptyOperator):
        nonlocal counter
        counter += 1
        made[name] = _cls(task_id=f"{counter:02d}_{name}", dag=d)
        for up in after:
            made[up] >> made[name]
        return made[name]
    d = DAG(dag_id)
    return d, add

flow, add = builder("closures_and_defaults")
add("a")
add("b", ["a"])
add("c", after=("a", "b"))
""",
    "class_hierarchy": """
from abc import ABC, abstractmethod

class Flow(ABC):
    schedule = None
    registry = {}

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Flow.registry[cls.__name__.lower()] = cls

    @property
    def dag_id(self):
        return f"flow_{type(self).__name__.lower()}"

    @abstractmethod
    def tasks(self): ...

    def build(self):
        with DAG(self.dag_id, schedule=self.schedule) as d:
            chain(*self.tasks())
        return d

class Sales(Flow):
    schedule = "@daily"
    def tasks(self):
        return [EmptyOperator(task_id=n) for n in ("x", "y")]

class Stock(Sales):
    schedule = "@hourly"
    def tasks(self):
        return [*super().tasks(), EmptyOperator(task_id="z")]

for cls in (Sales, Stock):
    d = cls().build()
    globals()[d.dag_id] = d
""",
    "mixins_and_operators": """
class Notify:
    def __init__(self, *, channel="ops", **kw):
        self.channel = channel
        super().__init__(**kw)

class Load(Notify, BashOperator):
    template_fields = (*BashOperator.template_fields, "channel")
    def __init__(self, table, **kw):
        kw.setdefault("retries", 6)
        super().__init__(task_id=f"load_{table}", bash_command=f"load {table}", **kw)

class Check(BashOperator):
    def __init__(self, *, limit: int, **kwargs):
        super().__init__(bash_command="check", **kwargs)
        self.limit = limit

with DAG("mixins_and_operators", default_args={"retries": 1}):
    a = Load(table="a")
    b = Load(table="b", channel="x", retries=2)
    c = Check(task_id="c", limit=3, trigger_rule="one_done")
    [a, b] >> c
""",
    "locals_of_a_function": """
class Wrapped:
    def __init__(self, name, retries=1):
        self.spec = locals()
        del self.spec["self"]
        self.dag = DAG(name, default_args={"retries": self.spec["retries"]})

wrapped = Wrapped("locals_of_a_function", retries=4)
kept = wrapped.dag
EmptyOperator(task_id="a", dag=kept)
""",
    "method_resolution": """
class Retrying:
    def __init__(self, *args, **kwargs):
        self.retried = True
        super().__init__(*args, **kwargs)

    def label(self):
        return "r_" + super().label()

class Step:
    def __init__(self, name=None):
        self.name = name

    def label(self):
        return "step_" + self.name

class Op(Retrying, Step):
    def __init__(self, name, retries=0):
        super().__init__(name)
        self.retries = retries

    def build(self):
        return EmptyOperator(task_id=self.label(), retries=self.retries)

class Diamond(Op, Step):
    pass

KNOWN = frozenset({"x", "y"})
with DAG("method_resolution"):
    Op("a", retries=2).build() >> Diamond("b").build()
    if "x" in KNOWN:
        EmptyOperator(task_id="known")
""",
    "operator_of_base": """
from airflow.sdk import BaseOperator, BaseSensorOperator
from airflow.sdk.bases.operator import chain as chained

class Mine(BaseOperator):
    template_fields = ["what"]
    ui_color = "#fff"
    def __init__(self, what, **kwargs):
        super().__init__(**kwargs)
        self.what = what
    def execute(self, context):
        return self.what

class Wait(BaseSensorOperator):
    def poke(self, context):
        return True

with DAG("operator_of_base"):
    m = Mine(task_id="m", what="x", retries=2)
    w = Wait(task_id="w", mode="reschedule")
    n = Mine(task_id="n", what=m.output)
    many = Mine.partial(task_id="many").expand(what=[1, 2])
    chained(w, n, many)
""",
    "star_calls": """
COMMON = dict(schedule="@daily", catchup=True, start_date=datetime(2024, 5, 5))
ARGS = [("a", {"retries": 1}), ("b", {})]
def op(task_id, /, *ups, cls=EmptyOperator, **options):
    t = cls(task_id=task_id, **options)
    if ups:
        list(ups) >> t
    return t
with DAG(**{"dag_id": "star_calls", **COMMON, "catchup": False}):
    made = [op(name, **kw) for name, kw in ARGS]
    op("z", *made, cls=BashOperator, **{"bash_command": "true"})
    chain(*made[::-1], *[op(n) for n in "pq"])
""",
    "globals_updates": """
def build(n):
    d = DAG(f"upd_{n}")
    EmptyOperator(task_id="t", dag=d)
    return d
globals().update({f"g{n}": build(n) for n in range(2)})
vars()["direct"] = build("vars")
import sys
setattr(sys.modules[__name__], "by_module", build("module"))
locals()["loc"] = build("locals")
""",
    "conditional_flow": """
ENVIRONMENT = "prod"
FEATURES = {"lint": True, "publish": False}
with DAG("conditional_flow", schedule="@daily" if ENVIRONMENT == "prod" else None):
    a = EmptyOperator(task_id="a")
    for feature, on in FEATURES.items():
        if not on:
            continue
        a >> EmptyOperator(task_id=feature)
    else:
        EmptyOperator(task_id="after_loop")
    for n in range(10):
        if n == 2:
            break
        EmptyOperator(task_id=f"n{n}")
    try:
        value = FEATURES["missing"]
    except KeyError:
        value = "fallback"
    finally:
        EmptyOperator(task_id="finally")
    EmptyOperator(task_id=value)
    b = a and EmptyOperator(task_id="b") or None
    x = {"k": None}.get("k") or "default"
    EmptyOperator(task_id=x)
    del x
    assert "lint" in FEATURES, "no"
    if not any(FEATURES[k] for k in ("publish",)) and all(k.islower() for k in FEATURES):
        EmptyOperator(task_id="quantified")
""",
    "sets_and_slices": """
with DAG("sets_and_slices"):
    ts = [EmptyOperator(task_id=f"t{i}") for i in range(6)]
    ts[0] >> ts[1:3]
    ts[-1] << ts[-3:-1]
    extra = {"a", "b", "c"} - {"b"}
    for n in sorted(extra | {"d"}):
        EmptyOperator(task_id=n)
    stack = list("xyz")
    while stack:
        EmptyOperator(task_id=stack.pop())
    queue = [*range(2)]
    queue.extend([7]); queue.insert(0, 9); queue.remove(1); queue.sort(reverse=True)
    for n in queue:
        EmptyOperator(task_id=f"q{n}")
    from collections import defaultdict, OrderedDict, Counter, deque, ChainMap
    by = defaultdict(list)
    for w in ("ant", "bee", "ape"):
        by[w[0]].append(w)
    for letter, words in by.items():
        with TaskGroup('by_' + letter):
            for w in words:
                EmptyOperator(task_id=w)
    d = deque(["m", "n"]); d.appendleft("l")
    chain(*[EmptyOperator(task_id=f"dq_{v}") for v in d])
    for w, c in Counter("aab").most_common(1):
        EmptyOperator(task_id=f"count_{w}_{c}")
    EmptyOperator(task_id=ChainMap({"k": "front"}, {"k": "back"})["k"])
    EmptyOperator(task_id="_".join(OrderedDict([("o1", 1), ("o2", 2)])))
""",
    "simple_namespace": """
from types import SimpleNamespace, MappingProxyType
cfg = SimpleNamespace(name="ns", retries=2, steps=["a", "b"])
frozen = MappingProxyType({"k": "proxied"})
class Settings:
    DAG_ID = "settings_" + cfg.name
    STEPS = [s.upper() for s in cfg.steps]
    class Inner:
        pool = "p"
with DAG(Settings.DAG_ID, default_args={"retries": cfg.retries, "pool": Settings.Inner.pool}):
    for s in Settings.STEPS:
        EmptyOperator(task_id=s)
    EmptyOperator(task_id=frozen["k"])
    EmptyOperator(task_id=getattr(cfg, "missing", "by_default"))
    if hasattr(cfg, "name"):
        EmptyOperator(task_id=vars(cfg)["name"])
""",
    "json_and_yaml_texts": """
import json, yaml
CONF = json.loads('{"dags": [{"id": "from_json", "retries": 2, "tasks": ["a", "b"]}]}')
MORE = yaml.safe_load('''
- id: from_yaml
  retries: 0
  tasks: &t [c, d]
- id: from_yaml_alias
  tasks: *t
''')
for conf in CONF["dags"] + MORE:
    with DAG(conf["id"], default_args={"retries": conf.get("retries", 5)}) as dag_:
        chain(*(EmptyOperator(task_id=t) for t in conf["tasks"]))
    globals()[conf["id"]] = dag_
EOF = json.dumps({"a": 1})
with DAG("json_roundtrip"):
    for k in json.loads(EOF):
        EmptyOperator(task_id=k)
""",
    "dates_of_all_kinds": """
import datetime as dt
from dateutil.relativedelta import relativedelta
from zoneinfo import ZoneInfo
with DAG("d1", start_date=dt.datetime(2024, 1, 31) + dt.timedelta(days=1), schedule=dt.timedelta(days=1)):
    EmptyOperator(task_id="a")
with DAG("d2", start_date=datetime.fromisoformat("2024-02-03T04:05:06+02:00")):
    EmptyOperator(task_id="a")
with DAG("d3", start_date=datetime.strptime("2023-12-01", "%Y-%m-%d")):
    EmptyOperator(task_id="a")
with DAG("d4", start_date=pendulum.parse("2024-06-07")):
    EmptyOperator(task_id="a")
with DAG("d5", start_date=datetime(2024, 7, 1, tzinfo=ZoneInfo("Europe/Paris"))):
    EmptyOperator(task_id="a")
with DAG("d6", start_date=pendulum.datetime(2024, 1, 1, tz="UTC").add(days=3)):
    EmptyOperator(task_id="a")
with DAG("d7", start_date=datetime(2024, 3, 31) - relativedelta(months=1)):
    EmptyOperator(task_id="a")
with DAG("d8", start_date=datetime(2024, 3, 31, 5).replace(hour=0), schedule=timedelta(hours=1) * 6):
    EmptyOperator(task_id="a")
with DAG("d9", start_date=dt.datetime.combine(dt.date(2024, 1, 2), dt.time(3)), end_date=dt.datetime(2025, 1, 1)):
    EmptyOperator(task_id=dt.date(2024, 1, 2).strftime("%Y%m%d"))
with DAG("d10", default_args={"start_date": dt.datetime(2022, 2, 2, tzinfo=dt.timezone.utc)}):
    EmptyOperator(task_id=f"{dt.date(2024, 1, 2):%b_%d}")
""",
}
