"""`dagaudit migrate` from the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

OLD = "from airflow import DAG\nd = DAG('old', schedule_interval='@daily')\n"
NEW = "from airflow.sdk import DAG\nd = DAG('new', schedule='@daily', catchup=False)\n"


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dagaudit", "migrate", "-q", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    (tmp_path / "old.py").write_text(OLD)
    (tmp_path / "new.py").write_text(NEW)
    return tmp_path


def test_json_is_one_document(dags):
    done = _run(str(dags), "--format", "json")
    document = json.loads(done.stdout)

    assert done.returncode == 1
    assert (document["totals"]["blocked"], document["totals"]["ready"]) == (1, 1)
    assert document["status"] == "ok"


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_read_the_verdicts(dags, form):
    done = _run(str(dags), "--format", form)

    assert done.returncode == 1
    assert "blocked" in done.stdout
    assert "schedule_interval" in done.stdout


def test_folder_that_is_ready_ends_with_0(tmp_path):
    (tmp_path / "new.py").write_text(NEW)

    assert _run(str(tmp_path)).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "yaml"], "--format yaml is unknown"),
        (["--to", "2.11"], "is not an Airflow 3"),
        (["--from", "1.10"], "is not an Airflow 2"),
    ],
)
def test_wrong_options_are_named(dags, arguments, said):
    done = _run(str(dags), *arguments)

    assert done.returncode == 2
    assert said in done.stderr


def test_folder_that_is_missing_is_named(tmp_path):
    done = _run(str(tmp_path / "gone"))

    assert done.returncode == 2
    assert "does not exist" in done.stderr


def test_no_python_file_is_no_ready_fleet(tmp_path):
    (tmp_path / "notes.txt").write_text("dag")

    assert _run(str(tmp_path)).returncode == 2
