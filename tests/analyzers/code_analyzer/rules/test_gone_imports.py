"""Imports that fail in Airflow 3: the table that DGA600 holds them against."""

import json
from pathlib import Path

import pytest

from analyzers.code_analyzer.gone_names import is_gone, is_known, new_place
from tests.analyzers.code_analyzer.model_rules.audited import findings
from tests.real_airflow import run_airflow_python

pytestmark = pytest.mark.xdist_group("airflow")

GONE = [
    ("airflow.operators.dummy", "DummyOperator"),
    ("airflow.operators.subdag", None),
    ("airflow.contrib.hooks.bigquery_hook", "BigQueryHook"),
    ("airflow.utils.dates", "days_ago"),
    ("airflow.datasets", "Dataset"),
    ("airflow.models", "SlaMiss"),
    ("airflow.www.auth", None),
]
THERE = [
    ("airflow", "DAG"),
    ("airflow.operators.bash", "BashOperator"),
    ("airflow.models", "Variable"),
    ("airflow.utils.task_group", "TaskGroup"),
    ("airflow.decorators", "task"),
    ("airflow.decorators", "task_group"),
]
TRY_ALL = """
import importlib, json, sys
failed = []
for module, name in json.loads(sys.argv[1]):
    try:
        loaded = importlib.import_module(module)
        if name is not None and not hasattr(loaded, name):
            importlib.import_module(f"{module}.{name}")
    except ImportError:
        failed.append([module, name])
print(json.dumps(failed))
"""


def test_real_airflow_agrees(tmp_path: Path):
    failed = run_airflow_python(TRY_ALL, tmp_path, json.dumps([*GONE, *THERE]))

    assert [tuple(each) for each in failed] == GONE


@pytest.mark.parametrize(("module", "name"), GONE)
def test_gone_name_is_known(module, name):
    assert is_gone(module, name)


@pytest.mark.parametrize(("module", "name"), THERE)
def test_name_that_is_there_is_not_gone(module, name):
    assert is_known(module)
    assert not is_gone(module, name)


def test_new_place_is_followed_to_its_end():
    assert (
        new_place("airflow.operators.bash_operator.BashOperator")
        == "airflow.providers.standard.operators.bash.BashOperator"
    )
    assert new_place("airflow.utils.dates.days_ago") is None


def test_name_that_the_tables_call_removed_but_still_works_is_low():
    code = "# dag\nfrom airflow.operators.python import get_current_context\nprint(get_current_context())\n"
    found = findings("DGA600", {"dag.py": code})

    assert [(each.line, each.severity.value) for each in found] == [(2, "low")]
    assert "still works" in found[0].message


def _lines(code: str) -> list[int]:
    return [each.line for each in findings("DGA600", {"dag.py": f"# airflow dag\n{code}"})]


def test_unused_import_is_found():
    assert _lines("from airflow.operators.dummy import DummyOperator\n") == [2]
    assert _lines("import airflow.operators.dummy\n") == [2]


def test_import_is_told_once():
    code = "from airflow.utils.dates import days_ago\nfrom airflow import DAG\nDAG('a', start_date=days_ago(1))\n"

    assert _lines(code).count(2) == 1


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    from airflow.operators.dummy import DummyOperator\nexcept ImportError:\n    pass\n",
        "try:\n    import airflow.sdk\nexcept ImportError:\n    from airflow.operators.dummy import DummyOperator\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from airflow.www.auth import has_access\n",
        "from airflow import __version__\nif __version__ < '3':\n    from airflow.datasets import Dataset\n",
        "import airflow.sdk\n",
        "from airflow_extra.operators.dummy import DummyOperator\n",
    ],
)
def test_import_that_is_guarded_or_not_airflows_is_left_alone(code):
    assert not _lines(code)
