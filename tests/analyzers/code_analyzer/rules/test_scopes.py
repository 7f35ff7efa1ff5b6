"""Which code runs while a file is parsed, and which in a task."""

import ast
from textwrap import dedent

import pytest

from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.scopes import Scopes


def scope_of(source):
    """Where the call of `probe()` runs: parse, task, both or neither."""
    parsed = ParsedFile("example.py", dedent(source))
    scopes = Scopes(parsed)
    found = [call for call in parsed.nodes[ast.Call] if ast.unparse(call) == "probe()"]
    assert len(found) == 1
    at_parse, in_task = scopes.at_parse(found[0]), scopes.in_task(found[0])
    return {(True, False): "parse", (False, True): "task", (True, True): "both", (False, False): "neither"}[
        at_parse, in_task
    ]


PARSE = {
    "module": "probe()",
    "class body": "class A:\n    x = probe()",
    "with DAG": "from airflow.sdk import DAG\nwith DAG('a'):\n    probe()",
    "decorator of a task": "from airflow.sdk import task\n@task(retries=probe())\ndef t(): ...",
    "default of a task's parameter": "from airflow.sdk import task\n@task\ndef t(x=probe()): ...",
    "default of a lambda": "from airflow.sdk import task\nf = lambda x=probe(): x",
    "body of @dag": "from airflow.sdk import dag\n@dag\ndef d():\n    probe()\nd()",
    "body of @task_group": "from airflow.sdk import task_group\n@task_group\ndef g():\n    probe()\ng()",
    "helper called at parse": "def helper():\n    probe()\nhelper()",
    "helper of a helper": "def a():\n    probe()\ndef b():\n    a()\nb()",
    "helper called in @dag": (
        "from airflow.sdk import dag\ndef h():\n    probe()\n@dag\ndef d():\n    h()\nd()"
    ),
    "constructor": "class A:\n    def __init__(self):\n        probe()\nA()",
    "method that the constructor calls": (
        "class A:\n    def __init__(self):\n        self.m()\n    def m(self):\n        probe()\nA()"
    ),
    "property of an instance": "class A:\n    @property\n    def m(self):\n        probe()\nA().m",
    "method of a fresh instance": "class A:\n    def m(self):\n        probe()\nA().m()",
    "method of a named instance": "class A:\n    def m(self):\n        probe()\na = A()\na.m()",
    "function given to map": "def f(x):\n    probe()\nlist(map(f, [1]))",
    "sort key": "sorted([1], key=lambda x: probe())",
    "comprehension": "[probe() for _ in range(3)]",
    "else of the main guard": "if __name__ == '__main__':\n    pass\nelse:\n    probe()",
    "argument of a task's call": "from airflow.sdk import task\n@task\ndef t(x): ...\nt(probe())",
}
TASK = {
    "@task": "from airflow.sdk import task\n@task\ndef t():\n    probe()",
    "@task.branch with arguments": (
        "from airflow.sdk import task\n@task.branch(task_id='x')\ndef t():\n    probe()"
    ),
    "@task of airflow.decorators": "from airflow.decorators import task\n@task()\ndef t():\n    probe()",
    "@task called at parse": "from airflow.sdk import task\n@task\ndef t():\n    probe()\nt()",
    "@setup": "from airflow.sdk import setup\n@setup\ndef t():\n    probe()",
    "@asset": "from airflow.sdk import asset\n@asset(schedule=None)\ndef t():\n    probe()",
    "execute of an operator": (
        "from airflow.sdk import BaseOperator\n"
        "class O(BaseOperator):\n    def execute(self, context):\n        probe()"
    ),
    "method that execute calls": (
        "from airflow.sdk import BaseOperator\nclass O(BaseOperator):\n"
        "    def execute(self, context):\n        self.m()\n    def m(self):\n        probe()"
    ),
    "python_callable": (
        "from airflow.providers.standard.operators.python import PythonOperator\n"
        "def f():\n    probe()\nPythonOperator(task_id='a', python_callable=f)"
    ),
    "python_callable through partial": (
        "from functools import partial\n"
        "from airflow.providers.standard.operators.python import PythonOperator\n"
        "def f():\n    probe()\nPythonOperator(task_id='a', python_callable=partial(f, 1))"
    ),
    "lambda as python_callable": (
        "from airflow.providers.standard.operators.python import PythonOperator\n"
        "PythonOperator(task_id='a', python_callable=lambda: probe())"
    ),
    "callback": "from airflow.sdk import DAG\ndef f(context):\n    probe()\nDAG('a', on_failure_callback=f)",
    "callback in a list": (
        "from airflow.sdk import DAG\ndef f(c):\n    probe()\nDAG('a', on_failure_callback=[f])"
    ),
    "callback in default_args": "def f(c):\n    probe()\ndefault_args = {'on_failure_callback': f}",
    "helper called only by tasks": (
        "from airflow.sdk import task\ndef h():\n    probe()\n@task\ndef t():\n    h()\nt()"
    ),
    "task(f)": "from airflow.sdk import task\ndef f():\n    probe()\ntask(f)()",
    "method handed over": (
        "from airflow.providers.standard.operators.python import PythonOperator\n"
        "class A:\n    def m(self):\n        probe()\nPythonOperator(task_id='a', python_callable=A().m)"
    ),
    "dispatch table": "def f():\n    probe()\nSTEPS = {'a': f}",
}
NEITHER = {
    "uncalled function": "def f():\n    probe()",
    "main guard": "if __name__ == '__main__':\n    probe()",
    "called only in the main guard": "def f():\n    probe()\nif __name__ == '__main__':\n    f()",
    "type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    probe()",
    "method of an unused class": "class A:\n    def m(self):\n        probe()",
}
CASES = [
    pytest.param(source, scope, id=f"{scope}: {name}")
    for scope, table in {"parse": PARSE, "task": TASK, "neither": NEITHER}.items()
    for name, source in table.items()
]


@pytest.mark.parametrize(("source", "scope"), CASES)
def test_scope(source, scope):
    assert scope_of(source) == scope


def test_helper_called_by_both_runs_in_both():
    source = "from airflow.sdk import task\ndef h():\n    probe()\nh()\n@task\ndef t():\n    h()"

    assert scope_of(source) == "both"


def test_callable_that_parsing_calls_too_runs_in_both():
    source = "def f():\n    probe()\nx = dict(python_callable=f)\nf()"

    assert scope_of(source) == "both"


def test_inner_function_hides_the_outer_one_of_that_name():
    source = """
        from airflow.sdk import task
        def h():
            probe()
        @task
        def t():
            def h():
                pass
            h()
    """

    assert scope_of(source) == "neither"


def test_recursion_ends():
    assert scope_of("def f(n):\n    probe()\n    f(n - 1)\nf(3)") == "parse"


def test_entries_name_the_tasks_that_lead_to_a_helper():
    source = """
        from airflow.sdk import task
        def h(): ...
        @task
        def a(): h()
        @task
        def b(): h()
    """
    parsed = ParsedFile("example.py", dedent(source))
    scopes = Scopes(parsed)
    helper = next(function for function in parsed.nodes[ast.FunctionDef] if function.name == "h")

    assert {entry.name for entry in scopes.entries_reaching(helper)} == {"a", "b"}


def test_only_callbacks_lead_to_a_callback():
    parsed = ParsedFile(
        "a.py", "def f(c): ...\ndef g(): ...\nx = dict(on_failure_callback=f, python_callable=g)"
    )
    scopes = Scopes(parsed)

    assert {entry.name: scopes.is_callback(entry) for entry in scopes.entry_functions} == {
        "f": True,
        "g": False,
    }
