"""The whole command with a real model: the same report as without one, but for what a verdict may change."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DAG = """
from datetime import datetime

from airflow.models import Variable
from airflow.sdk import dag, task

BUCKET = Variable.get("bucket")


@dag(schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False)
def orders():
    @task
    def load():
        return BUCKET

    load()


orders()
"""


@pytest.fixture
def dags(tmp_path):
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags/orders.py").write_text(DAG)
    return tmp_path / "dags"


def audit(dags: Path, reports: Path, *options: str) -> dict:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "dagaudit",
            "audit",
            str(dags),
            "--reports",
            str(reports),
            "--quiet",
            *options,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    latest = json.loads((reports / "latest.json").read_text())
    return json.loads((reports / latest["path"] / "dag_ai_audit.json").read_text())


def plain(section: dict) -> list[dict]:
    return [
        {key: value for key, value in finding.items() if key not in ("origin", "confidence")}
        for finding in section["findings"]
    ]


def test_nonsense_of_a_real_model_leaves_the_report_whole(dags, tmp_path, address):
    without = audit(dags, tmp_path / "without")

    judged = audit(dags, tmp_path / "judged", "--llm", address)

    assert plain(judged) == plain(without)
    assert judged["status"] == without["status"] == "ok"
    assert judged["llm"]["model"] == "tiny:latest"
    assert judged["llm"]["calls"] > 0


def test_server_that_is_not_there_is_told_and_costs_nothing_else(dags, tmp_path):
    section = audit(dags, tmp_path / "reports", "--llm", "ollama://127.0.0.1:9/tiny")

    assert len(section["findings"]) > 0
    assert section["status"] == "partial"
    assert "the server cannot be reached" in section["failures"][0]["message"]
