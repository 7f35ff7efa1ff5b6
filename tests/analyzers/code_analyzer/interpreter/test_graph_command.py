"""`dagaudit graph`: what it prints and how it ends."""

import json

import pytest
from typer.testing import CliRunner

from dagaudit.cli.app import app

SOURCE = """
from datetime import datetime, timedelta
from airflow.sdk import DAG, Param, TaskGroup
from airflow.providers.standard.operators.bash import BashOperator
import os

with DAG("first", schedule=timedelta(hours=2), start_date=datetime(2024, 1, 1), tags=["b", "a"],
         params={"n": Param(3)}, default_args={"retries": 2, "owner": "team"}, max_active_runs=1):
    with TaskGroup("g"):
        a = BashOperator(task_id="a", bash_command="x", execution_timeout=timedelta(minutes=5))
    a >> BashOperator(task_id="b", bash_command="x", retries=int(os.environ["R"]))
"""


def _run(*arguments):
    return CliRunner().invoke(app, ["graph", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    return tmp_path


def test_json_holds_every_key_of_the_model(folder):
    result = _run(folder, "--format", "json")

    document = json.loads(result.stdout)
    (dag,) = document["dags"]
    assert result.exit_code == 0
    assert (document["schema_version"], document["failures"]) == ("1.0.0", [])
    assert (dag["dag_id"], dag["path"], dag["line"], dag["tier"]) == ("first", "a.py", 7, "partial")
    assert dag["schedule"] == {"timedelta_seconds": 7200.0}
    assert (dag["start_date"], dag["catchup"], dag["tags"]) == (
        "2024-01-01T00:00:00+00:00",
        False,
        ["a", "b"],
    )
    assert (dag["params"], dag["max_active_runs"], dag["owners"]) == ({"n": 3}, 1, ["team"])
    assert dag["edges"] == [["g.a", "b"]]


def test_json_says_what_is_not_known(folder):
    (dag,) = json.loads(_run(folder, "--format", "json").stdout)["dags"]
    b, a = dag["tasks"]

    assert (a["retries"], a["group"], a["execution_timeout_seconds"]) == (2, "g", 300.0)
    assert "line 11" in b["retries"]["unknown"]
    assert dag["reasons"] == [
        "line 11: retries of b is not known: int() at line 11 is known only when it runs"
    ]


def test_text_is_an_outline(folder):
    result = _run(folder)

    assert "first  a.py:7" in result.stdout
    assert "  g.a (BashOperator) -> b\n" in result.stdout


def test_mermaid_draws_groups_and_edges(folder):
    lines = _run(folder, "--format", "mermaid").stdout.splitlines()

    assert "flowchart LR" in lines
    assert '  subgraph g1["g"]' in lines
    assert "  t1 --> t0" in lines


def test_mermaid_text_cannot_break_out(tmp_path):
    (tmp_path / "a.py").write_text(
        '# airflow dag\nfrom airflow.sdk import DAG\nwith DAG("x\\"]<b>\\n"): pass\n'
    )

    assert 'title: "x#34;]#60;b#62;#10;"' in _run(tmp_path, "--format", "mermaid").stdout


def test_one_dag_is_picked_by_its_id(folder):
    (folder / "b.py").write_text('from airflow.sdk import DAG\nwith DAG("second"): pass\n')

    dags = json.loads(_run(folder, "--dag", "second", "--format", "json").stdout)["dags"]

    assert [dag["dag_id"] for dag in dags] == ["second"]


def test_missing_dag_ends_with_2_and_is_told(folder):
    result = _run(folder, "--dag", "third", "--format", "json")

    assert result.exit_code == 2
    assert "third" in json.loads(result.stdout)["failures"][0]["message"]


def test_broken_file_is_a_failure_and_costs_only_itself(folder):
    (folder / "b.py").write_text("# airflow dag\nx = = 1\n")

    result = _run(folder, "--format", "json")

    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [(failure["path"], failure["part"]) for failure in document["failures"]] == [("b.py", "parsing")]
    assert len(document["dags"]) == 1


def test_nothing_to_read_ends_with_2(tmp_path):
    assert _run(tmp_path / "nowhere", "--format", "json").exit_code == 2


def test_file_that_the_target_cannot_load_is_told(folder):
    (folder / "b.py").write_text(
        "from airflow import DAG\nfrom airflow.operators.dummy import DummyOperator\n"
        'with DAG("old"): DummyOperator(task_id="a")\n'
    )

    new = json.loads(_run(folder, "--format", "json").stdout)
    old = json.loads(_run(folder, "--format", "json", "--target", "2.10").stdout)

    assert [failure["path"] for failure in new["failures"]] == ["b.py"]
    assert [(dag["dag_id"], dag["catchup"]) for dag in old["dags"]] == [("old", True)]
    assert old["dags"][0]["schedule"] == {"timedelta_seconds": 86400.0}


def test_each_path_is_a_bundle(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "a.py").write_text('from airflow.sdk import DAG\nwith DAG("second"): pass\n')

    dags = json.loads(_run(folder, other, "--format", "json").stdout)["dags"]

    assert [(dag["bundle"], dag["dag_id"]) for dag in dags] == [(0, "first"), (1, "second")]


@pytest.mark.parametrize("wanted", ["text", "mermaid"])
def test_dag_id_cannot_command_the_terminal(tmp_path, wanted):
    (tmp_path / "a.py").write_text(
        'from airflow.sdk import DAG\nd = DAG("\\x1b[31mred\\x07", schedule=None)\n'
    )

    result = _run(tmp_path, "--format", wanted)

    assert "?[31mred?" in result.stdout


def test_nothing_to_read_is_said(tmp_path):
    result = _run(tmp_path, "--format", "json")

    assert result.exit_code == 2
    assert f"nothing could be read in {tmp_path}" in result.stderr
