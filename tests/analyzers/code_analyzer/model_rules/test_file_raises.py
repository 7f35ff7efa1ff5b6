"""DGA137: what certainly cannot be loaded, and what only might not be."""

import pytest

from tests.analyzers.code_analyzer.model_rules.audited import findings

HEAD = """from datetime import datetime
import os
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator
"""
DAG = 'with DAG("report", schedule=None) as dag:\n'


def found(body, **files):
    return [
        (each.path, each.line, each.message.partition("this raises ")[2])
        for each in findings("DGA137", {"a.py": HEAD + body, **files})
    ]


CERTAIN = {
    "missing key": (
        'TABLES = {"a": 1}\n' + DAG + '    EmptyOperator(task_id=TABLES["b"])\n',
        7,
        "KeyError: key 'b' is missing",
    ),
    "date that does not exist": (
        DAG + '    EmptyOperator(task_id="a", start_date=datetime(2026, 2, 30))\n',
        6,
        "ValueError: day is out of range for month",
    ),
    "texts and numbers": (
        DAG + '    EmptyOperator(task_id="a" + 3)\n',
        6,
        'TypeError: can only concatenate str (not "int") to str',
    ),
    "argument that is not given": (
        "def table(name):\n    return name\ntable()\n" + DAG + '    EmptyOperator(task_id="a")\n',
        7,
        "TypeError: table() misses its argument name",
    ),
    "in the function of a DAG": (
        'from airflow.sdk import dag\n@dag\ndef report():\n    EmptyOperator(task_id={}["a"])\nreport()\n',
        8,
        "KeyError: key 'a' is missing",
    ),
    "name that no Airflow has": (
        "from airflow.sdk import tsk\n" + DAG + '    EmptyOperator(task_id="a")\n',
        5,
        "ImportError: airflow.sdk.tsk does not exist in Airflow 3.3",
    ),
}


@pytest.mark.parametrize(("body", "line", "words"), CERTAIN.values(), ids=CERTAIN.keys())
def test_what_certainly_raises_is_told_where_it_does(body, line, words):
    assert found(body) == [("a.py", line, words)]


UNCERTAIN = {
    "environment": 'X = os.environ["TABLE"]\n' + DAG + "    EmptyOperator(task_id=X)\n",
    "handled": "try:\n    X = {}['a']\nexcept KeyError:\n    X = 'a'\n"
    + DAG
    + "    EmptyOperator(task_id=X)\n",
    "in a task": "def work():\n    return {}['a']\n" + DAG + "    EmptyOperator(task_id='a')\n",
    "a guard": "if os.environ.get('X'):\n    raise ValueError('no')\n"
    + DAG
    + "    EmptyOperator(task_id='a')\n",
    "no module of ours": "from shop.tables import NAME\n" + DAG + "    EmptyOperator(task_id=NAME)\n",
}


@pytest.mark.parametrize("body", UNCERTAIN.values(), ids=UNCERTAIN.keys())
def test_what_might_load_is_left_alone(body):
    assert found(body) == []


def test_import_of_airflow_2_is_left_to_the_rule_of_renames():
    old = "from airflow.operators.dummy_operator import DummyOperator\n"

    assert found(old + DAG + '    DummyOperator(task_id="a")\n') == []


def test_module_that_cannot_be_loaded_breaks_every_file_that_imports_it():
    files = {"tables.py": 'NAME = {"a": "b"}["c"]\n'}

    assert found("from tables import NAME\n" + DAG + "    EmptyOperator(task_id=NAME)\n", **files) == [
        ("a.py", 5, "KeyError: key 'c' is missing")
    ]
