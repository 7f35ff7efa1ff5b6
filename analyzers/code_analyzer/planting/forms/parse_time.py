"""4xx: what happens while a file is parsed."""

from analyzers.code_analyzer.planting.form import at_end, dag_given, in_dag, in_task, module

VARIABLE = "from airflow.sdk import Variable"
BASH = "from airflow.providers.standard.operators.bash import BashOperator"

FORMS = (
    module(
        "DGA401",
        "variable-get",
        'BUCKET_NAME = Variable.get("bucket_name")  # §',
        'BUCKET_NAME = "{{ var.value.bucket_name }}"',
        imports=VARIABLE,
    ),
    module(
        "DGA401",
        "by-a-function-that-is-called",
        """
def bucket_name():
    return Variable.get("bucket_name")  # §

BUCKET_NAME = bucket_name()  # §
""",
        """
def bucket_name():
    return Variable.get("bucket_name")
""",
        imports=VARIABLE,
    ),
    module(
        "DGA401",
        "connection",
        'WAREHOUSE = BaseHook.get_connection("warehouse")  # §',
        """
def warehouse_connection():
    return BaseHook.get_connection("warehouse")
""",
        imports="from airflow.sdk.bases.hook import BaseHook",
    ),
    module(
        "DGA401",
        "in-a-class-body",
        """
class Places:
    bucket = Variable.get("bucket_name", default="raw")  # §
""",
        """
class Places:
    def bucket(self):
        return Variable.get("bucket_name", default="raw")
""",
        imports=VARIABLE,
    ),
    module(
        "DGA402",
        "requests",
        'SITES = requests.get("https://config.example.com/sites.json", timeout=5).json()  # §',
        """
def sites():
    return requests.get("https://config.example.com/sites.json", timeout=5).json()
""",
        imports="import requests",
    ),
    module(
        "DGA402",
        "urlopen",
        """
with urlopen("https://config.example.com/tables.txt", timeout=5) as answer:  # §
    TABLE_NAMES = answer.read().decode().split()  # §
""",
        imports="from urllib.request import urlopen",
    ),
    module(
        "DGA402",
        "s3-through-a-helper",
        """
def partner_keys():
    found = boto3.client("s3").list_objects_v2(Bucket="partners")  # §
    return [each["Key"] for each in found["Contents"]]

PARTNER_KEYS = partner_keys()  # §
""",
        """
def partner_keys():
    found = boto3.client("s3").list_objects_v2(Bucket="partners")
    return [each["Key"] for each in found["Contents"]]
""",
        imports="import boto3",
    ),
    module(
        "DGA403",
        "hook",
        'SHOPS = PostgresHook("warehouse").get_records("SELECT shop FROM shops")  # §',
        """
def shops():
    return PostgresHook("warehouse").get_records("SELECT shop FROM shops")
""",
        imports="from airflow.providers.postgres.hooks.postgres import PostgresHook",
    ),
    module(
        "DGA403",
        "psycopg2",
        """
connection = psycopg2.connect("dbname=warehouse")  # §
cursor = connection.cursor()
cursor.execute("SELECT name FROM tables")  # §
""",
        imports="import psycopg2",
    ),
    module(
        "DGA403",
        "sqlalchemy",
        """
ENGINE = create_engine("postgresql://warehouse/db")
with ENGINE.connect() as session:  # §
    TABLE_ROWS = session.execute("SELECT name FROM tables").fetchall()  # §
""",
        'ENGINE = create_engine("postgresql://warehouse/db")',
        imports="from sqlalchemy import create_engine",
    ),
    module(
        "DGA404",
        "open",
        """
with open("/mnt/share/tables.txt") as listing:  # §
    TABLE_NAMES = listing.read().split()
""",
        """
def table_names():
    with open("/mnt/share/tables.txt") as listing:
        return listing.read().split()
""",
    ),
    module(
        "DGA404",
        "read-csv",
        'TABLE_ROWS = pd.read_csv("/mnt/share/tables.csv").to_dict("records")  # §',
        imports="import pandas as pd",
        also={"DGA406"},
    ),
    module(
        "DGA404",
        "path",
        'TABLE_ROWS = Path("/mnt/share/tables.json").read_text()  # §',
        imports="from pathlib import Path",
    ),
    module(
        "DGA405",
        "run",
        'REVISION = subprocess.run(["git", "rev-parse"], check=True, capture_output=True).stdout  # §',
        """
def revision():
    return subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True).stdout
""",
        imports="import subprocess",
    ),
    module(
        "DGA405",
        "os-system",
        'os.system("mkdir -p /data/staging")  # §',
        imports="import os",
        also={"DGA313"},
    ),
    module("DGA405", "sleep", "time.sleep(2)  # §", imports="import time"),
    in_task(
        "DGA406",
        "tensorflow",
        "print(tf.__version__)",
        "import tensorflow as tf\nprint(tf.__version__)",
        imports="import tensorflow as tf  # §",
    ),
    in_task(
        "DGA406",
        "pandas",
        "print(pd.DataFrame([[1]]).sum())",
        imports="import pandas as pd  # §",
    ),
    module("DGA407", "os-path", "", imports="from os.path import *  # §"),
    module("DGA407", "sdk", "", imports="from airflow.sdk import *  # §", also={"DGA600"}),
    in_dag(
        "DGA409",
        "two-long-lists",
        """
loads = [BashOperator(task_id=f"load_part_{number}", bash_command="load") for number in range(80)]
sums = [BashOperator(task_id=f"sum_part_{number}", bash_command="sum") for number in range(80)]
for load in loads:
    load >> sums  # §
""",
        """
loads = [BashOperator(task_id=f"load_part_{number}", bash_command="load") for number in range(80)]
sums = [BashOperator(task_id=f"sum_part_{number}", bash_command="sum") for number in range(80)]
for load, total in zip(loads, sums):
    load >> total
""",
        imports=BASH,
    ),
    in_dag(
        "DGA408",
        "a-loop",
        """
for number in range(1200):
    BashOperator(task_id=f"load_part_{number}", bash_command="load")  # §
""",
        """
for number in range(12):
    BashOperator(task_id=f"load_part_{number}", bash_command="load")
""",
        imports=BASH,
    ),
    in_dag(
        "DGA410",
        "a-long-range",
        """
BashOperator.partial(task_id="load_part").expand(bash_command=[f"load {part}" for part in range(3000)])  # §
""",
        """
BashOperator.partial(task_id="load_part").expand(bash_command=[f"load {part}" for part in range(30)])
""",
        imports=BASH,
        also={"DGA318"},
    ),
    in_dag(
        "DGA411",
        "now-in-a-command",
        'BashOperator(task_id="load_late", bash_command=f"load {moment.now()}")  # §',
        'BashOperator(task_id="load_late", bash_command="load {{ ts }}")',
        imports="from datetime import datetime as moment\n" + BASH,
        also={"DGA217", "DGA218"},
    ),
    dag_given(
        "DGA411",
        "uuid-in-a-tag",
        {"tags": '[f"build-{uuid4()}"]'},
        {"tags": '["build-7"]'},
        imports="from uuid import uuid4",
        also={"DGA703"},
    ),
    in_dag(
        "DGA412",
        "a-set",
        """
for shop in {"berlin", "paris", "wien"}:  # §
    BashOperator(task_id=f"load_{shop}", bash_command="load")  # §
""",
        """
for shop in sorted({"berlin", "paris", "wien"}):
    BashOperator(task_id=f"load_{shop}", bash_command="load")
""",
        imports=BASH,
    ),
    in_dag(
        "DGA412",
        "listdir",
        """
for shop in os.listdir(os.path.dirname(__file__)):  # §
    BashOperator(task_id=f"load_{shop}", bash_command="load")  # §
""",
        """
for shop in sorted(os.listdir(os.path.dirname(__file__))):
    BashOperator(task_id=f"load_{shop}", bash_command="load")
""",
        imports="import os\n" + BASH,
        also={"DGA404"},
    ),
    in_dag(
        "DGA413",
        "read-sql",
        """
@task(retries=2)
def read_everything():
    import pandas
    return pandas.read_sql("SELECT * FROM orders", "postgresql://warehouse/db")  # §

read_everything()
""",
        """
@task(retries=2)
def read_everything():
    import pandas
    return len(pandas.read_sql("SELECT * FROM orders", "postgresql://warehouse/db"))

read_everything()
""",
        imports="from airflow.sdk import task",
        also={"DGA712"},
    ),
    module(
        "DGA415",
        "exec",
        "exec(\"from airflow.sdk import DAG\\nextra = DAG('extra')\")  # §",
        also={"DGA505"},
    ),
    module(
        "DGA415",
        "globals-update",
        """
MADE = {}
globals().update(MADE)  # §
""",
    ),
    at_end(
        "DGA414",
        "a-long-chain",
        """
with DAG("long_chain", schedule="@daily", start_date=moment(2026, 1, 1, tzinfo=UTC), catchup=False):
    steps = [BashOperator(task_id=f"step_{number}", bash_command="run") for number in range(70)]
    chain(*steps)  # §
""".replace("with DAG(", "with DAG(  # §\n    "),
        imports=(
            "from datetime import UTC, datetime as moment\n"
            "from airflow.sdk import DAG, chain\n"
            "from airflow.providers.standard.operators.bash import BashOperator"
        ),
    ),
)
