"""What the source does not tell makes a DAG partial or opaque, with a reason; nothing is guessed."""

import pytest

from analyzers.code_analyzer.interpreter import Budget, interpret
from analyzers.code_analyzer.parsed_file import parse_file
from analyzers.code_analyzer.wire_model import wire_dag
from dagaudit.dag import Tier

HEAD = """
import os, random
from datetime import datetime
from airflow.sdk import DAG, Asset, BaseOperator, TaskGroup, Variable, chain, dag, task, task_group
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.bash import BashOperator
import outside
"""
SOURCES = {
    "dag id from the environment": "with DAG(os.environ['ID']): pass",
    "dag id with a hole": "with DAG(f\"etl_{os.getenv('ENV', 'dev')}\"): pass",
    "schedule from a variable": "with DAG('d', schedule=Variable.get('s')): pass",
    "start date from the clock": "with DAG('d', start_date=datetime.now()): pass",
    "start date in default_args from the clock": "with DAG('d', default_args={'start_date': datetime.now()}): pass",
    "catchup from outside": "with DAG('d', catchup=outside.FLAG): pass",
    "tag from outside": "with DAG('d', tags=['a', outside.TAG]): pass",
    "arguments unpacked from outside": "with DAG('d', **outside.ARGS): pass",
    "default_args from outside": "with DAG('d', default_args=outside.ARGS): EmptyOperator(task_id='a')",
    "default_args half from outside": "with DAG('d', default_args={**outside.ARGS, 'x': 1}): EmptyOperator(task_id='a')",
    "task arguments unpacked from outside": "with DAG('d'): EmptyOperator(task_id='a', **outside.ARGS)",
    "task id from outside": "with DAG('d'): EmptyOperator(task_id=outside.NAME)",
    "task id from chance": "with DAG('d'): EmptyOperator(task_id=f'a{random.random()}')",
    "retries from the environment": "with DAG('d'): EmptyOperator(task_id='a', retries=int(os.environ.get('R', 1)))",
    "trigger rule from outside": "with DAG('d'): EmptyOperator(task_id='a', trigger_rule=outside.RULE)",
    "task under a condition": "with DAG('d'):\n if os.environ.get('X'):\n  EmptyOperator(task_id='a')",
    "edge under a condition": "with DAG('d'):\n a = EmptyOperator(task_id='a'); b = EmptyOperator(task_id='b')\n if outside.X:\n  a >> b",
    "edge by a choice": "with DAG('d'):\n a, b, c = (EmptyOperator(task_id=i) for i in 'abc')\n a >> (b if outside.X else c)",
    "edge by an or": "with DAG('d'):\n a = EmptyOperator(task_id='a')\n a >> (outside.task or a)",
    "dag under a condition": "if outside.X:\n with DAG('d'): pass",
    "loop over something unknown": "with DAG('d'):\n for x in os.listdir('/x'):\n  EmptyOperator(task_id=x)",
    "comprehension over something unknown": "with DAG('d'):\n [EmptyOperator(task_id=x) for x in outside.X]",
    "comprehension with an unknown condition": "with DAG('d'):\n [EmptyOperator(task_id=x) for x in 'ab' if outside.f(x)]",
    "unknown break": "with DAG('d'):\n for x in 'ab':\n  if outside.X: break\n  EmptyOperator(task_id=x)",
    "unknown continue": "with DAG('d'):\n for x in 'ab':\n  if outside.f(x): continue\n  EmptyOperator(task_id=x)",
    "unknown return": "def f():\n if outside.X: return\n EmptyOperator(task_id='a')\nwith DAG('d'): f()",
    "unknown return inside another condition": (
        "def f():\n if outside.X:\n  if outside.Y: return\n  print(1)\n EmptyOperator(task_id='a')\nwith DAG('d'): f()"
    ),
    "list changed under a condition": "x = ['a']\nif outside.X: x.append('b')\nwith DAG('d'):\n for i in x: EmptyOperator(task_id=i)",
    "dict changed under a condition": "x = {'retries': 1}\nif outside.X: x['retries'] = 2\nwith DAG('d', default_args=x): EmptyOperator(task_id='a')",
    "name set under a condition": "n = 1\nif outside.X: n = 2\nwith DAG('d'): EmptyOperator(task_id='a', retries=n)",
    "name set in a try": "try:\n import pandas\n n = 1\nexcept ImportError:\n n = 2\nwith DAG('d'): EmptyOperator(task_id='a', retries=n)",
    "unknown while": "with DAG('d'):\n while outside.more():\n  EmptyOperator(task_id='a')",
    "match on something unknown": "with DAG('d'):\n match outside.X:\n  case 1: EmptyOperator(task_id='a')\n  case _: EmptyOperator(task_id='b')",
    "helper from outside inside a dag": "with DAG('d'): outside.make_tasks()",
    "helper from outside given the dag": "d = DAG('d')\noutside.add_tasks(d)",
    "helper from outside given a task": "with DAG('d'): a = EmptyOperator(task_id='a')\noutside.wire(a)",
    "edge to something from outside": "with DAG('d'): EmptyOperator(task_id='a') >> outside.task",
    "edge from a list with an unknown": "with DAG('d'): [EmptyOperator(task_id='a'), outside.t] >> EmptyOperator(task_id='b')",
    "chain of an unknown list": "with DAG('d'): chain(EmptyOperator(task_id='a'), *outside.TASKS)",
    "operator class from outside": "from company import LoadOperator\nwith DAG('d'): LoadOperator(task_id='a')",
    "subclass of a class from outside": "from company import Base\nclass My(Base): pass\nwith DAG('d'): My(task_id='a')",
    "subclass of an operator from outside": "from company import BaseLoadOperator as B\nclass My(B): pass\nwith DAG('d'): My(task_id='a')",
    "context manager entered by hand": "from contextlib import contextmanager\n@contextmanager\ndef section():\n with TaskGroup('g') as g: yield g\nwith DAG('d'):\n section().__enter__()\n EmptyOperator(task_id='a')",
    "order of a set": "with DAG('d'): chain(*[EmptyOperator(task_id=x) for x in {'a', 'b'}])",
    "exec": "with DAG('d'): pass\nexec('x = 1')",
    "star import from outside": "from outside import *\nwith DAG('d'): pass",
    "group id from outside": "with DAG('d'):\n with TaskGroup(outside.G): EmptyOperator(task_id='a')",
    "group prefix from outside": "with DAG('d'):\n with TaskGroup('g', prefix_group_id=outside.P): EmptyOperator(task_id='a')",
    "asset from outside": "with DAG('d', schedule=[Asset('a'), outside.asset]): pass",
    "asset name from outside": "with DAG('d', schedule=Asset(outside.NAME)): pass",
    "decorated by something from outside": "@outside.decorate\ndef f(): EmptyOperator(task_id='a')\nwith DAG('d'): f()",
    "dag decorator with unknown arguments": "@dag(**outside.ARGS)\ndef d(): pass\nd()",
    "task decorator with unknown arguments": "@task(**outside.ARGS)\ndef t(): pass\nwith DAG('d'): t()",
    "parameter of a dag function as id": "@dag\ndef d(n='x'): EmptyOperator(task_id=n)\nd()",
    "deep recursion": "def f(n):\n EmptyOperator(task_id=f'a{n}')\n return f(n + 1)\nwith DAG('d'): f(0)",
    "attribute set afterwards": "with DAG('d') as d: EmptyOperator(task_id='a')\nd.schedule_interval = outside.X",
    "path of the machine as id": "import os\nwith DAG(os.path.dirname(os.path.abspath(__file__)).split('/')[-1]): pass",
    "output passed to something from outside": "with DAG('d'):\n @task\n def t(): pass\n BashOperator(task_id='b', bash_command=outside.wrap(t()))",
    "the file raises": "with DAG('d'): EmptyOperator(task_id='a')\nraise ValueError(1)",
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_unknown_makes_a_dag_partial_and_says_where(name):
    model = interpret(parse_file("a.py", (HEAD + SOURCES[name] + "\n").encode()))

    assert model.dags, "the DAG itself must be seen"
    assert [dag.tier for dag in model.dags] != [Tier.EXACT]
    assert all(reason.text and reason.line > 1 for dag in model.dags for reason in dag.reasons)
    assert all(dag.reasons for dag in model.dags)


@pytest.mark.parametrize("name", SOURCES)
def test_unknown_crosses_the_border(name):
    model = interpret(parse_file("a.py", (HEAD + SOURCES[name] + "\n").encode()))

    assert all(wire_dag(dag, "a.py").tier is not Tier.EXACT for dag in model.dags)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("while True:\n x = 1\nwith DAG('d'): pass", "budget"),
        ("for i in range(10 ** 9):\n with DAG(f'd{i}'): pass", "numbers"),
        ("x = 'a' * 10 ** 9\nwith DAG(f'd{x}'): pass", "huge"),
        ("def f(): return f() + f()\nwith DAG('d'): EmptyOperator(task_id=f())", "deep"),
        ("x = [1]\nfor i in range(10000): x = x + x\nwith DAG('d'): EmptyOperator(task_id=len(x))", ""),
        ("with DAG('d'):\n for i in range(20000): EmptyOperator(task_id=f't{i}')", "budget"),
    ],
)
def test_file_that_asks_for_too_much_ends_soon(source, reason):
    model = interpret(
        parse_file("a.py", (HEAD + source + "\n").encode()), budget=Budget(steps=20_000, tasks=500)
    )

    texts = [each.text for dag in model.dags for each in dag.reasons]
    assert any(reason in text for text in texts) or not model.dags


def test_reason_names_the_line_that_hides_the_value():
    source = "from airflow.sdk import DAG\nimport os\n\nNAME = os.environ['X']\nwith DAG(NAME):\n    pass\n"

    (found,) = interpret(parse_file("a.py", source.encode())).dags

    assert (found.dag_id, found.reasons[0].line) == (None, 5)
    assert "line 4" in str(found.reasons[0])
