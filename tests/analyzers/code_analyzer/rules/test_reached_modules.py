"""Work that another file of the bundle does because this one calls it: at parse time, or in a task."""

import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from tests.fakes import MemorySource

HELPER = """\
from airflow.models import Variable
import requests

def bucket():
    return Variable.get("bucket")

def through():
    return bucket()

def fetch(url):
    return requests.get(url).json()

class Config:
    def __init__(self):
        self.bucket = Variable.get("bucket")

read = lambda: Variable.get("lazy")
"""
DAG = 'from airflow.sdk import DAG, task\nwith DAG("a", schedule=None):\n    pass\n'


def _found(rule: str, code: str, **more: str) -> list[tuple[str, int]]:
    files = {"common/__init__.py": "", "common/settings.py": HELPER, "a.py": DAG + code, **more}
    section = analyze([MemorySource(files)], CodeOptions(select=(rule,)))
    assert section.failures == ()
    return [(each.path, each.line) for each in section.findings]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("from common.settings import bucket\nBUCKET = bucket()\n", 5),
        ("from common.settings import through\nBUCKET = through()\n", 5),
        ("from common import settings as s\nBUCKET = s.bucket()\n", 5),
        ("import common.settings\nBUCKET = common.settings.bucket()\n", 5),
        ("from common.settings import Config\nCONFIG = Config()\n", 15),
        ("from common.settings import read\nLAZY = read()\n", 17),
        ("from common.settings import bucket\ndef local():\n    return bucket()\nBUCKET = local()\n", 5),
        (
            "from functools import partial\nfrom common.settings import bucket\nBUCKET = partial(bucket)()\n",
            5,
        ),
    ],
)
def test_helper_that_is_called_at_parse_time_is_told_where_it_reads(code, line):
    assert _found("DGA401", code) == [("common/settings.py", line)]


@pytest.mark.parametrize(
    "code",
    [
        "from common.settings import bucket\n@task\ndef work():\n    return bucket()\n",
        "from common.settings import bucket\nif __name__ == '__main__':\n    bucket()\n",
        "from common.settings import bucket\ndef never():\n    return bucket()\n",
        "from elsewhere.settings import bucket\nBUCKET = bucket()\n",
    ],
)
def test_helper_that_only_tasks_call_is_left_alone(code):
    assert _found("DGA401", code) == []


def test_helper_that_a_task_calls_is_task_code():
    code = "from common.settings import fetch\n@task\ndef work():\n    return fetch('https://a')\n"

    assert _found("DGA314", code) == [("common/settings.py", 11)]


def test_helper_that_an_operator_is_handed_is_task_code():
    code = (
        "from airflow.providers.standard.operators.python import PythonOperator\n"
        "from common.settings import fetch\nPythonOperator(task_id='a', python_callable=fetch)\n"
    )

    assert _found("DGA314", code) == [("common/settings.py", 11)]


def test_what_a_helper_returns_to_a_task_is_no_xcom():
    helper = "import pandas as pd\ndef frame():\n    return pd.read_csv('a')\n"
    code = "from common.frames import frame\n@task\ndef work():\n    return len(frame())\n"

    assert _found("DGA413", code, **{"common/frames.py": helper}) == []
    handed = (
        "from airflow.providers.standard.operators.python import PythonOperator\n"
        "from common.frames import frame\nPythonOperator(task_id='a', python_callable=frame)\n"
    )
    assert _found("DGA413", handed, **{"common/frames.py": helper}) == [("common/frames.py", 3)]


def test_helper_is_reached_through_another_module():
    more = {"common/first.py": "from common.settings import bucket\ndef first():\n    return bucket()\n"}

    assert _found("DGA401", "from common.first import first\nA = first()\n", **more) == [
        ("common/settings.py", 5)
    ]


def test_two_callers_are_one_finding():
    code = "from common.settings import bucket\nBUCKET = bucket()\n"

    assert _found("DGA401", code, **{"b.py": DAG.replace('"a"', '"b"') + code}) == [("common/settings.py", 5)]


def test_suppression_in_the_helper_counts():
    code = "from common.settings import quiet\nQ = quiet()\n"
    helper = HELPER + "def quiet():\n    return Variable.get('q')  # noqa: DGA401\n"

    assert _found("DGA401", code, **{"common/settings.py": helper}) == []


def test_modules_that_import_each_other_end():
    more = {
        "one.py": "import two\ndef f():\n    return two.g()\n",
        "two.py": "import one\nfrom airflow.models import Variable\ndef g():\n    one.f()\n    return Variable.get('a')\n",
    }

    assert _found("DGA401", "import one\none.f()\n", **more) == [("two.py", 5)]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("read = lambda name: Variable.get(name)\nB = read('x')\n", [2]),
        ("read = Variable.get\nB = read('x')\n", [3]),
        ("from functools import partial\nread = partial(Variable.get, 'x')\nB = read()\n", [4]),
        (
            "from functools import partial\ndef load(n):\n    return Variable.get(n)\nread = partial(load, 'x')\nB = read()\n",
            [4],
        ),
        ("B = list(map(Variable.get, ['a']))\n", [2]),
        ("def traced(f):\n    Variable.get('x')\n    return f\n@traced\ndef work(): ...\n", [3]),
        (
            "def traced(f):\n    def inner():\n        return Variable.get('x')\n    return inner\n@traced\ndef work(): ...\nwork()\n",
            [4],
        ),
        (
            "def traced(f):\n    def inner():\n        return Variable.get('x')\n    return inner\n@task\n@traced\ndef work(): ...\n",
            [],
        ),
        ("read = lambda name: Variable.get(name)\n@task\ndef work():\n    return read('x')\n", []),
    ],
)
def test_other_names_of_callables_are_followed(code, lines):
    files = {"a.py": "from airflow.sdk import DAG, Variable, task\n" + code}
    section = analyze([MemorySource(files)], CodeOptions(select=("DGA401",)))

    assert [each.line for each in section.findings] == lines
