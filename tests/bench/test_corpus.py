"""The corpus that speed is measured on."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
TEXT = '''"""A DAG called load_all."""
import datetime

@task
def extract(limit=500):
    return limit

with DAG("load_all", start_date=datetime.datetime(2021, 1, 1)):
    extract() >> BashOperator(task_id="done", bash_command="echo done extract")
    pulled = ti.xcom_pull(task_ids="done")
'''


@pytest.fixture
def corpus(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    yield import_module("corpus")
    del sys.modules["corpus"]


def test_ids_functions_and_numbers_are_those_of_the_copy(corpus):
    renamed = corpus.rename(TEXT, corpus._ids(TEXT), 7)

    assert (
        renamed
        == '''"""A DAG called load_all."""
import datetime

@task
def extract_7(limit=507):
    return limit

with DAG("load_all_7", start_date=datetime.datetime(2021, 1, 1)):
    extract_7() >> BashOperator(task_id="done_7", bash_command="echo done extract")
    pulled = ti.xcom_pull(task_ids="done_7")
'''
    )


def test_copies_of_one_file_differ(corpus):
    ids = corpus._ids(TEXT)

    assert len({corpus.rename(TEXT, ids, copy) for copy in range(5)}) == 5
