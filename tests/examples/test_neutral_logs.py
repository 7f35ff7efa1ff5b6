"""How logs lose their machine and get the times that they were due."""

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "neutral_logs.py"


@pytest.fixture(scope="module")
def neutral_logs():
    spec = spec_from_file_location("neutral_logs", SCRIPT)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def venv(tmp_path):
    """Looks like a virtualenv whose interpreter came with the machine."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    return folder


def write(path, *records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records))


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_times_of_a_run_move_together_to_when_it_was_due(neutral_logs, venv, tmp_path):
    run = tmp_path / "home" / "logs" / "dag_id=d" / "run_id=scheduled__2026-11-16T02:00:00+00:00"
    write(
        run / "task_id=a" / "attempt=1.log",
        {"timestamp": "2026-11-21T08:00:00.250000Z", "event": "one"},
        {"timestamp": "2026-11-21T08:00:07.250000Z", "event": "two"},
    )

    counts = neutral_logs.keep(tmp_path / "home" / "logs", tmp_path / "out", tmp_path / "home", venv)

    kept = tmp_path / "out" / "dag_id=d" / run.name / "task_id=a" / "attempt=1.log"
    assert [record["timestamp"] for record in read(kept)] == [
        "2026-11-16T02:00:02.250000Z",
        "2026-11-16T02:00:09.250000Z",
    ]
    assert counts == (1, kept.stat().st_size)


def test_paths_of_the_machine_become_those_of_the_image(neutral_logs, venv, tmp_path):
    home = tmp_path / "home"
    run = home / "logs" / "dag_id=d" / "run_id=manual__2026-11-16T02:00:00+00:00"
    write(
        run / "task_id=a" / "attempt=1.log",
        {"timestamp": "2026-11-21T08:00:00Z", "event": f"{home}/dags/d.py"},
        {"timestamp": "2026-11-21T08:00:00Z", "event": f"{venv}/lib/python3.11/site-packages/x.py"},
        {"timestamp": "2026-11-21T08:00:00Z", "event": f"{sys.base_prefix}/lib/python3.11/json/decoder.py"},
    )

    neutral_logs.keep(home / "logs", tmp_path / "out", home, venv)

    kept = tmp_path / "out" / "dag_id=d" / run.name / "task_id=a" / "attempt=1.log"
    assert [record["event"] for record in read(kept)] == [
        "/opt/airflow/dags/d.py",
        "/usr/local/lib/python3.11/site-packages/x.py",
        "/usr/local/lib/python3.11/json/decoder.py",
    ]


def test_run_started_by_an_asset_follows_the_run_that_updated_it(neutral_logs, venv, tmp_path):
    logs = tmp_path / "home" / "logs"
    due = "run_id=scheduled__2026-11-16T00:00:00+00:00"
    write(
        logs / "dag_id=clicks_collect" / due / "task_id=a" / "attempt=1.log",
        {"timestamp": "2026-11-21T08:00:00Z", "event": "made"},
    )
    started = "asset_triggered__2026-11-21T08:00:05+00:00_AbCdEfGh"
    write(
        logs / "dag_id=clicks_sessions" / f"run_id={started}" / "task_id=b" / "attempt=1.log",
        {"timestamp": "2026-11-21T08:00:06Z", "event": "used", "run_id": started},
    )

    neutral_logs.keep(logs, tmp_path / "out", tmp_path / "home", venv)

    (kept,) = (tmp_path / "out" / "dag_id=clicks_sessions").rglob("attempt=1.log")
    assert kept.parts[-3] == "run_id=asset_triggered__2026-11-16T00:00:07+00:00_AbCdEfGh"
    assert read(kept)[0] == {
        "timestamp": "2026-11-16T00:00:08.000000Z",
        "event": "used",
        "run_id": "asset_triggered__2026-11-16T00:00:07+00:00_AbCdEfGh",
    }
