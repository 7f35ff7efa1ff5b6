"""`dagaudit stats`."""

import json

import pytest
from typer.testing import CliRunner

from dagaudit.cli.app import app
from dagaudit.section import StatsSection

ETL = """
from datetime import datetime
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator

with DAG("etl", schedule="@daily", start_date=datetime(2026, 1, 1), default_args={"owner": "anna"}):
    EmptyOperator(task_id="a") >> [EmptyOperator(task_id="b"), EmptyOperator(task_id="c")]
"""
FAILED = {
    "timestamp": "2026-11-20T02:00:05Z",
    "level": "error",
    "event": "Task failed with exception",
    "logger": "task",
    "error_detail": [{"exc_type": "ValueError", "exc_value": "no", "exc_notes": [], "frames": []}],
}


@pytest.fixture
def dags(tmp_path):
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "etl.py").write_text(ETL)
    return folder


@pytest.fixture
def logs(tmp_path):
    path = tmp_path / "logs" / "dag_id=etl" / "run_id=r1" / "task_id=a" / "attempt=1.log"
    path.parent.mkdir(parents=True)
    started = {
        "timestamp": "2026-11-20T02:00:00Z",
        "level": "info",
        "event": "::group::Pre Execute",
        "logger": "task",
    }
    path.write_text("".join(json.dumps(record) + "\n" for record in (started, FAILED)))
    return tmp_path / "logs"


def stats(*arguments):
    return CliRunner().invoke(app, ["stats", *map(str, arguments)])


def test_text_shows_the_structure_of_a_dag(dags):
    answer = stats(dags)

    assert [line.split() for line in answer.stdout.splitlines()[:2]] == [
        ["dag", "owner", "schedule", "tasks", "depth", "width"],
        ["etl", "anna", "@daily", "3", "2", "2"],
    ]


def test_text_shows_runs_where_logs_are_given(dags, logs):
    answer = stats(dags, "--logs", logs)

    assert answer.stdout.splitlines()[1].split()[6:] == ["1", "1", "-", "-", "5.0", "s", "never"]


def test_json_is_one_stats_section(dags, logs):
    answer = stats(dags, "--logs", logs, "--format", "json")

    section = StatsSection.model_validate_json(answer.stdout)
    assert (section.dags[0].runs.failed_runs, section.dags[0].structure.tasks) == (1, 3)


def test_broken_file_is_named_and_costs_only_itself(dags):
    (dags / "broken.py").write_text("from airflow import DAG\nwith DAG(\n")

    answer = stats(dags)

    assert answer.exit_code == 0
    assert "not in these numbers (1):\n  broken.py: '(' was never closed at line 2\n" in answer.stdout


def test_broken_files_alone_exit_2(tmp_path):
    (tmp_path / "broken.py").write_text("from airflow import DAG\nwith DAG(\n")

    assert stats(tmp_path).exit_code == 2


def test_folder_without_dag_files_exits_2(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")

    assert stats(tmp_path).exit_code == 2


def test_control_characters_of_an_id_do_not_reach_the_terminal(dags):
    (dags / "etl.py").write_text(ETL.replace('"etl"', '"et\\x1b[31ml"'))

    assert "\x1b" not in stats(dags).stdout


def test_address_that_is_not_there_is_told_once(tmp_path):
    answer = stats(tmp_path / "nope")

    assert answer.exit_code == 2
    assert answer.output.count("does not exist") == 1


@pytest.mark.parametrize("folder", ["nope", ""], ids=["missing", "empty"])
def test_json_of_nothing_is_a_failed_section_with_the_reason(tmp_path, folder):
    answer = stats(tmp_path / folder, "--format", "json")

    section = StatsSection.model_validate_json(answer.stdout)
    assert (answer.exit_code, section.status) == (2, "failed")
    assert str(tmp_path) in section.reason
