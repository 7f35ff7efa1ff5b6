"""What each rule must find, and what it must leave alone, beyond the examples of its docstring."""

from textwrap import dedent

import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from tests.fakes import MemorySource

TASK = "from airflow.sdk import task\n@task\ndef t(x=None, ti=None, **context):\n    "
BASH = (
    "from airflow.providers.standard.operators.bash import BashOperator\n"
    "BashOperator(task_id='a', bash_command="
)
SQL = (
    "from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator\n"
    "SQLExecuteQueryOperator(task_id='a', conn_id='c', sql="
)
LOOP = "from airflow.providers.standard.operators.python import PythonOperator\nfor x in [1, 2]:\n    "

FOUND = [
    ("DGA401", "from airflow.models import Variable as V\nV.get('x')"),
    ("DGA401", "from airflow import models\nmodels.Variable.get('x')"),
    ("DGA401", "import airflow.models\nairflow.models.Variable.get('x')"),
    ("DGA401", "from airflow.models.variable import Variable\nclass C:\n    x = Variable.get('x')"),
    ("DGA401", "from airflow.sdk import Variable, dag\n@dag(schedule=Variable.get('x'))\ndef d(): ..."),
    ("DGA401", "from airflow.sdk import Connection\nConnection.get('x')"),
    ("DGA402", "from requests import get\nget('https://x')"),
    ("DGA402", "import requests\nwith requests.Session() as s:\n    s.get('https://x')"),
    ("DGA402", "import boto3\nboto3.client('s3').list_buckets()"),
    ("DGA402", "from urllib.request import urlopen\nurlopen('https://x')"),
    (
        "DGA403",
        ("from sqlalchemy import create_engine\ne = create_engine('x')\n"
        "with e.connect() as c:\n    pass"),
    ),
    ("DGA403", "import pandas as pd\npd.read_sql('select 1', None)"),
    ("DGA404", "from pathlib import Path\nPath('/etc/feeds.yaml').read_text()"),
    ("DGA404", "BASE = '/mnt/config/'\nopen(BASE + 'a.json')"),
    ("DGA405", "import os\nos.system('ls')"),
    ("DGA406", "from airflow.sdk import task\nfrom sklearn.svm import SVC\n@task\ndef t():\n    SVC()"),
    ("DGA407", "from airflow.models import *"),
    ("DGA411", "import uuid\nfrom airflow.sdk import DAG\nDAG(f'x_{uuid.uuid4()}')"),
    (
        "DGA411",
        ("from datetime import datetime\nfrom airflow.sdk import task\n@task\n"
        "def t(x): ...\nt(datetime.now())"),
    ),
    (
        "DGA411",
        ("import random\nfrom airflow.sdk import DAG\n"
        "DAG('a', default_args={'retries': random.randint(1, 3)})"),
    ),
    (
        "DGA412",
        "from airflow.sdk import DAG\nNAMES = {'a', 'b'}\nfor n in NAMES:\n    globals()[n] = DAG(n)",
    ),
    ("DGA413", TASK + "import pandas as pd\n    return pd.read_csv('x')"),
    ("DGA413", TASK + "return x.fetchall()"),
    ("DGA501", "PASSWORD = 'hunter2!'"),
    ("DGA501", "connect(password='Pa55word!')"),
    ("DGA501", "config = {'api_key': 'a8f5f167f44f4964e6c998dee827110c'}"),
    ("DGA501", "config['client_secret'] = 'a8f5f167f44f4964e6c998dee827110c'"),
    ("DGA501", "def f(token='ghs8dkJ2kkd93kdlsl20dkd'): ..."),
    ("DGA501", "x = 'ghp_" + "a1B2" * 9 + "'"),
    ("DGA501", "url = 'mysql://root:tiger77@db/x'"),
    ("DGA501", "dbPassword = 'hunter2!'"),
    ("DGA501", "dsn = 'host=db user=me password=hunter2! dbname=x'"),
    ("DGA501", "extra = '{\"secret_key\": \"a8f5f167f44f4964\"}'"),
    ("DGA503", TASK + "hook.run('DELETE FROM a WHERE b = %s' % x)"),
    ("DGA503", TASK + "hook.run('DELETE FROM a WHERE b = {}'.format(x))"),
    ("DGA503", TASK + "hook.run('DELETE FROM a WHERE b = ' + x)"),
    ("DGA503", SQL + "\"SELECT * FROM a WHERE b = '{{ dag_run.conf['b'] }}'\")"),
    ("DGA504", TASK + "import subprocess\n    subprocess.Popen('ls ' + x, shell=True)"),
    ("DGA505", TASK + "import yaml\n    yaml.load(x)"),
    ("DGA506", "import requests\nrequests.get('https://x', verify=False)"),
    ("DGA506", BASH + "'wget --no-check-certificate https://x')"),
    ("DGA507", TASK + "import logging\n    logging.info('%s', conn.password)"),
    ("DGA507", TASK + "from airflow.sdk import Variable\n    print(Variable.get('db_password'))"),
    ("DGA508", "KubernetesPodOperator(task_id='a', privileged=True)"),
    ("DGA508", "spec = {'hostNetwork': True}"),
    ("DGA508", "SecurityContext(run_as_user=0)"),
    ("DGA509", BASH + "'pip install requests')"),
    ("DGA312", TASK + "try:\n        work()\n    except (ValueError, Exception):\n        return None"),
    ("DGA313", TASK + "import subprocess\n    r = subprocess.run(['x'])\n    print(r.stdout)"),
    ("DGA313", BASH + "'python a.py; exit 0')"),
    ("DGA314", TASK + "import requests\n    s = requests.Session()\n    s.post('https://x')"),
    ("DGA314", TASK + "import httpx\n    httpx.get('https://x', timeout=None)"),
    ("DGA315", TASK + "import time\n    while True:\n        if x: break\n        time.sleep(5)"),
    ("DGA321", TASK + "quit()"),
    ("DGA128", LOOP + "def f():\n        print(x)\n    PythonOperator(task_id=str(x), python_callable=f)"),
    ("DGA128", LOOP + "y = x + 1\n    PythonOperator(task_id=str(x), python_callable=lambda: print(y))"),
    ("DGA129", "from airflow.sdk import DAG\ndef f(): ...\nDAG('a', on_failure_callback=f())"),
    ("DGA135", "from airflow.sdk import DAG\nDAG('a', on_success_callback=lambda: None)"),
    ("DGA135", "def f(a, b): ...\nARGS = {'on_failure_callback': f}"),
    (
        "DGA136",
        ("from airflow.sdk import task\nN = 0\n@task\ndef a():\n    global N\n    N = 1\n"
        "@task\ndef b():\n    print(N)"),
    ),
    ("DGA316", BASH + "'echo 1 > /tmp/a.txt')\nBashOperator(task_id='b', bash_command='cat /tmp/a.txt')"),
    ("DGA602", TASK + "from airflow.sdk import get_current_context\n    get_current_context()['next_ds']"),
    ("DGA602", TASK + "context.get('execution_date')"),
    (
        "DGA604",
        ("from airflow.sdk import task\n"
        "from airflow.utils.session import provide_session\n@provide_session\n"
        "def h(session=None): ...\n@task\ndef t():\n    h()"),
    ),
    ("DGA607", TASK + "ti.xcom_pull()"),
    ("DGA801", TASK + "from datetime import date\n    open(f'/data/{date.today()}.csv', 'w')"),
    (
        "DGA801",
        TASK + "import pendulum\n    d = pendulum.now().subtract(days=1)\n"
        "    hook.get_records(f'select {d}')",
    ),
    ("DGA802", TASK + "hook.run('INSERT INTO a VALUES (1)')"),
    ("DGA803", TASK + "open('/data/out.csv', 'a')"),
    ("DGA808", SQL + "'TRUNCATE TABLE a')"),
    ("DGA808", BASH + "'rm -rf $DIR/')"),
]  # fmt: skip
LEFT_ALONE = [
    ("DGA401", "from mylib import Variable\nVariable.get('x')"),
    ("DGA401", "from airflow.sdk import Variable\nif __name__ == '__main__':\n    Variable.get('x')"),
    ("DGA401", "from airflow.sdk import Variable\nf = lambda: Variable.get('x')"),
    ("DGA402", "import boto3\nclient = boto3.client('s3')"),
    ("DGA402", "import requests\nsession = requests.Session()"),
    ("DGA402", "import requests\ndef unused():\n    requests.get('https://x')"),
    ("DGA403", "from sqlalchemy import create_engine\nengine = create_engine('x')"),
    ("DGA404", "from pathlib import Path\n(Path(__file__).parent / 'a.yaml').read_text()"),
    ("DGA404", "import os\nHERE = os.path.dirname(__file__)\nopen(os.path.join(HERE, 'a.yaml'))"),
    ("DGA404", "import os\nopen(os.environ['CONFIG'])"),
    ("DGA406", "import pandas as pd\nX = pd.DataFrame()"),
    ("DGA406", "import pandas as pd"),
    (
        "DGA406",
        ("import pandas as pd\nfrom airflow.sdk import task\n@task\n"
        "def t(f: pd.DataFrame):\n    pd.concat([f])"),
    ),
    ("DGA407", "def f():\n    import os"),
    ("DGA411", "import pendulum\nfrom airflow.sdk import DAG\nDAG('a', start_date=pendulum.now())"),
    (
        "DGA411",
        ("import pendulum\nfrom airflow.sdk import DAG\n"
        "DAG('a', default_args={'start_date': pendulum.now()})"),
    ),
    ("DGA411", "from datetime import datetime\nprint(datetime.now())"),
    ("DGA412", "for n in {'a', 'b'}:\n    print(n)"),
    ("DGA412", "from airflow.sdk import DAG\nfor n in {1, 2}:\n    DAG(f'a{n}')"),
    (
        "DGA413",
        ("import pandas as pd\nfrom airflow.sdk import task\ndef helper():\n"
        "    return pd.read_csv('x')\n@task\ndef t():\n    helper()"),
    ),
    ("DGA413", TASK + "return hook.get_records('select count(*) from a')"),
    ("DGA501", "password = '{{ conn.x.password }}'"),
    ("DGA501", "PASSWORD = 'changeme'"),
    ("DGA501", "PASSWORD = '<your password>'"),
    ("DGA501", "PASSWORD_FIELD = 'warehouse_field'"),
    ("DGA501", "token_url = 'https://login.example.com/oauth/token'"),
    ("DGA501", "SECRET_ID = 'prod/db/creds1'"),
    ("DGA501", "api_key = 'my_api_key_variable'"),
    ("DGA501", "postgres_conn_id = 'warehouse_2'"),
    ("DGA501", "if token == 'a8f5f167f44f4964e6c998dee827110c': pass"),
    ("DGA501", "key = 'AKIAIOSFODNN7EXAMPLE'"),
    ("DGA501", "url = 'postgresql://{user}:{password}@host/db'"),
    ("DGA501", "password = ''"),
    ("DGA501", "command = 'psql password=$PASSWORD token=$(get)'"),
    ("DGA501", "text = 'the password: ask your lead; token=%s'"),
    ("DGA501", "query = 'grant_type=client&token={token}'"),
    ("DGA501", "RESOURCE_PASSWORD = 'Passwords'"),
    ("DGA503", "SCHEMA = 'x'\nsql = f'SELECT * FROM {SCHEMA}.a WHERE b = 1'\nhook.run(sql)"),
    ("DGA503", TASK + "hook.run(f'SELECT * FROM {x}')"),
    ("DGA503", TASK + "hook.run(\"DELETE FROM a WHERE day = '%s'\" % 'x', parameters=[1])"),
    ("DGA503", TASK + "hook.run(f\"DELETE FROM a WHERE d = '{context['ds']}'\")"),
    ("DGA503", SQL + "\"SELECT * FROM a WHERE d = '{{ ds }}'\")"),
    ("DGA504", "CMD = 'ls | wc'\nimport subprocess\nsubprocess.run(CMD, shell=True)"),
    ("DGA505", "import yaml\nyaml.safe_load('a')"),
    ("DGA506", "import requests\nrequests.get('https://x', verify='/ca.pem')"),
    ("DGA506", BASH + "'curl -s https://x -o k')"),
    ("DGA507", TASK + "print(conn.host, bool(conn.password))"),
    ("DGA508", "SecurityContext(run_as_user=1000, privileged=False)"),
    ("DGA509", BASH + "'pip install -r requirements.txt')"),
    ("DGA509", BASH + "'pip install requests==2.32.3')"),
    ("DGA509", "print('run pip install requests first')"),
    ("DGA312", TASK + "try:\n        work()\n    except Exception:\n        raise RuntimeError('x')"),
    ("DGA312", TASK + "try:\n        work()\n    except KeyError:\n        pass"),
    ("DGA312", TASK + "try:\n        y = work()\n    except Exception:\n        y = None\n    print(y)"),
    (
        "DGA312",
        ("def f(context):\n    try:\n        work()\n    except Exception:\n        pass\n"
        "X = dict(on_failure_callback=f)"),
    ),
    ("DGA313", TASK + "import subprocess\n    r = subprocess.run(['x'])\n    r.check_returncode()"),
    ("DGA313", TASK + "import subprocess\n    return subprocess.run(['x']).returncode"),
    ("DGA313", BASH + "'rm -f /tmp/x || true')"),
    ("DGA314", TASK + "import requests\n    requests.get('https://x', **OPTIONS)"),
    ("DGA314", TASK + "import httpx\n    httpx.get('https://x')"),
    (
        "DGA314",
        TASK + "import requests\n    s = requests.Session()\n"
        "    s.mount('https://', TimeoutHTTPAdapter())\n    s.get('https://x')",
    ),
    ("DGA315", TASK + "import time\n    for _ in range(3):\n        time.sleep(1)"),
    ("DGA128", LOOP + "PythonOperator(task_id=str(x), python_callable=print, op_args=[x])"),
    ("DGA128", LOOP + "sorted([1], key=lambda y: y + x)"),
    (
        "DGA128",
        ("from airflow.providers.standard.operators.python import PythonOperator\n"
        "def make(x):\n"
        "    return PythonOperator(task_id=x, python_callable=lambda: print(x))\n"
        "for y in 'ab':\n    make(y)"),
    ),
    (
        "DGA129",
        ("from airflow.sdk import DAG\nfrom lib import notify\n"
        "DAG('a', on_failure_callback=notify('x'))"),
    ),
    ("DGA134", "def f(x=[]):\n    return len(x)"),
    ("DGA135", "from airflow.sdk import DAG\nDAG('a', on_success_callback=lambda *args: None)"),
    (
        "DGA135",
        ("from functools import partial\ndef f(a, b): ...\n"
        "ARGS = {'on_failure_callback': partial(f, 1)}"),
    ),
    ("DGA136", "from airflow.sdk import task\nC = {}\n@task\ndef a():\n    C['x'] = 1\n    print(C)"),
    (
        "DGA136",
        ("from airflow.sdk import task\nC = []\n@task\ndef a():\n    C = []\n"
        "    C.append(1)\n@task\ndef b():\n    print(C)"),
    ),
    ("DGA316", BASH + "'echo 1 > /mnt/a.txt')\nBashOperator(task_id='b', bash_command='cat /mnt/a.txt')"),
    ("DGA602", TASK + "print(x['execution_date'])"),
    ("DGA602", "from airflow.sdk import task\n@task\ndef t(execution_date): ...\nt(execution_date='x')"),
    ("DGA607", TASK + "ti.xcom_pull('extract')"),
    ("DGA608", "url = 'https://kubernetes/api/v1/pods'"),
    ("DGA801", TASK + "import time\n    s = time.time()\n    print(time.time() - s)"),
    ("DGA801", TASK + "from datetime import datetime\n    print(datetime.now())"),
    ("DGA801", TASK + "from datetime import datetime\n    open(f'/tmp/{datetime.now()}', 'w')"),
    ("DGA801", TASK + "from datetime import datetime\n    c.execute('insert %s', (datetime.now(),))"),
    ("DGA802", TASK + "hook.run('INSERT INTO audit_log VALUES (1)')"),
    ("DGA802", SQL + "'INSERT OVERWRITE TABLE a SELECT 1')"),
    ("DGA803", TASK + "open('/data/out.csv', 'w')"),
    ("DGA807", TASK + "from airflow.sdk import Variable\n    Variable.set('a', 1)"),
    ("DGA808", SQL + "'DELETE FROM tmp_orders')"),
    ("DGA808", SQL + "'TRUNCATE TABLE a; INSERT INTO a SELECT 1')"),
    ("DGA808", BASH + "'rm -rf /tmp/export/$RUN')"),
]  # fmt: skip


def lines_of(rule, source):
    source = dedent(source) + "\n"
    section = analyze([MemorySource({"a.py": source}, address="memory://a.py")], CodeOptions(select=(rule,)))
    assert section.failures == ()
    assert not any(each.rule == "DGA101" for each in section.findings)
    return [each.line for each in section.findings]


@pytest.mark.parametrize(("rule", "source"), FOUND)
def test_is_found(rule, source):
    compile(source, "a.py", "exec")

    assert lines_of(rule, source)


@pytest.mark.parametrize(("rule", "source"), LEFT_ALONE)
def test_is_left_alone(rule, source):
    compile(source, "a.py", "exec")

    assert lines_of(rule, source) == []
