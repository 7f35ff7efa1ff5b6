"""DAG dialects: bundles of several files, with packages, plugins and configuration; we and real Airflow read each."""

CASES = {
    "uses_package": """
from company_lib import DagFactory, constants as C
from company_lib.steps import *
from company_lib.steps import _hidden as shown
import company_lib.nested.deep as deep
import company_lib.nested

flow = DagFactory(name="uses_package", schedule=C.DAILY).add("a").add("b", after="a").build()
other = DagFactory("uses_package_2").add("only").build()
with DAG("uses_star", tags=C.TAGS):
    extract() >> load_step("x") >> shown() >> company_lib.nested.deep.op("q")
    deep.op("r")
""",
    "inherits_across_files": """
from company_lib.base import BasePipeline, RetryingOperator

class Sales(BasePipeline):
    name = "sales_inherited"
    steps = BasePipeline.steps + ("publish",)

    def extra(self):
        super().extra()
        RetryingOperator(task_id="mine", what="x")

sales = Sales().dag
stock = type("Stock", (BasePipeline,), {"name": "stock_inherited"})().dag
""",
    "sql_folder": """
from pathlib import Path
SQL = Path(__file__).parent / "sql_files"
with DAG("sql_folder", template_searchpath=[str(SQL)]):
    previous = None
    for path in sorted(SQL.glob("*.sql")):
        t = BashOperator(task_id=path.stem, bash_command=path.read_text().strip())
        if previous is not None:
            previous >> t
        previous = t
    for path in sorted(p for p in SQL.iterdir() if p.suffix == ".txt"):
        EmptyOperator(task_id=f"txt_{path.name.replace('.', '_')}")
    for path in sorted(SQL.rglob("**/*.sql")):
        EmptyOperator(task_id="_".join(path.relative_to(SQL).with_suffix("").parts) + "_deep")
""",
    "os_listing": """
import os, glob
HERE = os.path.dirname(os.path.abspath(__file__))
with DAG("os_listing"):
    for name in sorted(os.listdir(os.path.join(HERE, "sql_files"))):
        base, ext = os.path.splitext(name)
        if ext == ".sql":
            EmptyOperator(task_id=base)
    for path in sorted(glob.glob(os.path.join(HERE, "sql_files", "*.txt"))):
        EmptyOperator(task_id=os.path.basename(path).split(".")[0])
    for root, dirs, files in sorted(os.walk(os.path.join(HERE, "sql_files"))):
        for f in sorted(files):
            if f.endswith(".sql") and os.path.basename(root) == "more":
                EmptyOperator(task_id="walk_" + f[:-4])
    if os.path.isdir(os.path.join(HERE, "sql_files")):
        EmptyOperator(task_id="exists")
""",
    "yaml_per_dag": """
import yaml
from pathlib import Path
for path in (Path(__file__).parent / "yaml_dags").glob("*.yaml"):
    with path.open() as stream:
        conf = yaml.safe_load(stream)
    with DAG(conf["id"], schedule=conf.get("schedule"), tags=conf.get("tags", []), default_args=conf.get("defaults") or {}) as d:
        made = {}
        for name, spec in conf["tasks"].items():
            made[name] = BashOperator(task_id=name, bash_command=spec["command"])
        for name, spec in conf["tasks"].items():
            for up in spec.get("after", []):
                made[up] >> made[name]
    globals()[conf["id"]] = d
""",
    "json_and_csv": """
import csv, json, os, configparser, tomllib
BASE = os.path.dirname(__file__)
with open(f"{BASE}/data/jobs.json", encoding="utf-8") as f:
    JOBS = json.load(f)
with open(os.path.join(BASE, "data", "tables.csv"), newline="") as f:
    ROWS = list(csv.DictReader(f))
ini = configparser.ConfigParser()
ini.read(os.path.join(BASE, "data/app.ini"))
with open(BASE + "/data/app.toml", "rb") as f:
    TOML = tomllib.load(f)
with DAG("json_and_csv", schedule=ini["dag"]["schedule"], default_args={"retries": ini.getint("dag", "retries")}):
    for job in JOBS["jobs"]:
        EmptyOperator(task_id=job["name"])
    for row in ROWS:
        EmptyOperator(task_id=f"{row['schema']}_{row['table']}")
    for line in open(BASE + "/data/names.txt"):
        EmptyOperator(task_id=line.strip())
    for line in open(BASE + "/data/names.txt").read().splitlines():
        EmptyOperator(task_id=line + "_2")
    for key in TOML["tool"]["names"]:
        EmptyOperator(task_id=key)
""",
    "relative_config": """
import json
from importlib import resources
from company_lib.settings import load, SETTINGS
with DAG("relative_config", default_args={"retries": SETTINGS["retries"]}):
    for t in load("tables"):
        EmptyOperator(task_id=t)
""",
    "plugin_operator": """
from plug_ops.operators import PrintOperator, make_print
with DAG("plugin_operator"):
    PrintOperator(task_id="p", text="x") >> make_print("q") >> PrintOperator.partial(task_id="m").expand(text=["a", "b"])
""",
}

FILES = {
    "company_lib/__init__.py": "from .factory import DagFactory\nfrom . import constants\n",
    "company_lib/constants.py": 'DAILY = "@daily"\nTAGS = ["lib"]\n',
    "company_lib/factory.py": """
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator
from .constants import TAGS

class DagFactory:
    def __init__(self, name, schedule=None):
        self.dag = DAG(name, schedule=schedule, tags=TAGS)
        self.tasks = {}

    def add(self, name, after=None):
        self.tasks[name] = EmptyOperator(task_id=name, dag=self.dag)
        if after is not None:
            self.tasks[after] >> self.tasks[name]
        return self

    def build(self):
        return self.dag
""",
    "company_lib/steps.py": """
from airflow.sdk import task
from airflow.providers.standard.operators.bash import BashOperator

@task(retries=2)
def extract():
    return 1

def load_step(name):
    return BashOperator(task_id=f"load_{name}", bash_command="true")

@task
def _hidden():
    return 1
""",
    "company_lib/nested/__init__.py": "",
    "company_lib/nested/deep.py": """
from ..constants import TAGS
from airflow.providers.standard.operators.empty import EmptyOperator

def op(name):
    return EmptyOperator(task_id=f"{TAGS[0]}_{name}")
""",
    "company_lib/base.py": """
from airflow.sdk import DAG, BaseOperator, chain
from airflow.providers.standard.operators.empty import EmptyOperator

class RetryingOperator(BaseOperator):
    template_fields = ("what",)
    def __init__(self, what, retries=9, **kw):
        super().__init__(retries=retries, **kw)
        self.what = what

class BasePipeline:
    name = None
    steps = ("extract", "load")

    def __init__(self):
        with DAG(self.name, schedule="@daily") as self.dag:
            chain(*[EmptyOperator(task_id=s) for s in self.steps])
            self.extra()

    def extra(self):
        EmptyOperator(task_id="base_extra")
""",
    "company_lib/settings.py": """
import json
from pathlib import Path

_ROOT = Path(__file__).resolve().parent
SETTINGS = json.loads((_ROOT / "settings.json").read_text())

def load(key):
    with open(_ROOT / "settings.json") as f:
        return json.load(f)[key]
""",
    "company_lib/settings.json": '{"retries": 3, "tables": ["t1", "t2"]}',
    "plug_ops/__init__.py": "",
    "plug_ops/operators.py": """
from airflow.sdk import BaseOperator

class PrintOperator(BaseOperator):
    template_fields = ("text",)
    def __init__(self, *, text: str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.text = text

def make_print(name, **kw):
    return PrintOperator(task_id=name, text=name, retries=kw.pop("retries", 4), **kw)
""",
    "sql_files/a.sql": "select 1\n",
    "sql_files/b.sql": "select 2\n",
    "sql_files/readme.txt": "x",
    "sql_files/more/c.sql": "select 3\n",
    "yaml_dags/first.yaml": "id: yaml_first\nschedule: '@daily'\ntags: [y]\ndefaults: {retries: 2}\ntasks:\n  a: {command: 'true'}\n  b: {command: 'true', after: [a]}\n",
    "yaml_dags/second.yaml": "id: yaml_second\ntasks:\n  only: {command: 'echo'}\n",
    "data/jobs.json": '{"jobs": [{"name": "j1"}, {"name": "j2"}]}',
    "data/tables.csv": "schema,table\npublic,users\nraw,events\n",
    "data/app.ini": "[dag]\nschedule = @weekly\nretries = 4\n",
    "data/app.toml": '[tool]\nnames = ["t_a", "t_b"]\n',
    "data/names.txt": "n1\nn2\n",
}
