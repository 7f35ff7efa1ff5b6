"""DGA139 and DGA140: arguments that a DAG does not have, and the one that every operator needs."""

import pytest

from tests.analyzers.code_analyzer.model_rules.audited import findings

HEAD = """from functools import partial
from airflow.sdk import DAG, dag
from airflow.providers.standard.operators.bash import BashOperator as Bash
from airflow.providers.standard.operators import empty
"""


def found(rule, body):
    return [(each.line, each.message, each.suggestion) for each in findings(rule, {"a.py": HEAD + body})]


@pytest.mark.parametrize(
    "make", ["with DAG('d', strat_date=None): ...", "@dag(strat_date=None)\ndef d(): ..."]
)
def test_misspelt_argument_of_a_dag_says_what_was_meant(make):
    assert found("DGA139", make + "\n") == [
        (5, "a DAG has no argument `strat_date`", "did you mean `start_date`?")
    ]


def test_argument_of_a_task_is_likely_no_argument_of_a_dag():
    (one,) = findings("DGA139", {"a.py": HEAD + "DAG('d', retries=2)\n"})

    assert (one.message, one.confidence.value) == ("a DAG has no argument `retries`", "likely")


@pytest.mark.parametrize(
    "body",
    [
        "DAG('d', schedule=None, fail_fast=True, tags=['a'])\n",
        "DAG('d', **{'x': 1})\n",
        "DAG('d', schedule_interval='@daily', concurrency=3)\n",
    ],
)
def test_what_some_version_takes_is_left_alone(body):
    assert found("DGA139", body) == []


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("Bash(bash_command='x')", "BashOperator"),
        ("Bash.partial(retries=1).expand(bash_command=['x'])", "BashOperator"),
        ("empty.EmptyOperator(retries=1)", "EmptyOperator"),
    ],
)
def test_operator_without_a_task_id(call, name):
    assert [each[:2] for each in found("DGA140", call + "\n")] == [(5, f"`{name}` is made without a task_id")]


@pytest.mark.parametrize(
    "body",
    [
        "Bash(task_id='a', bash_command='x')\n",
        "Bash(**{'task_id': 'a'})\n",
        "make = partial(Bash, task_id='a')\nmake(bash_command='x')\n",
        "class Own(Bash):\n    def __init__(self): super().__init__(task_id='a', bash_command='x')\nOwn()\n",
    ],
)
def test_task_id_that_comes_by_another_way(body):
    assert found("DGA140", body) == []
