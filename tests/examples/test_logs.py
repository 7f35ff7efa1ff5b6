"""The example logs: real, small, and of no particular machine."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

LOGS = Path(__file__).parents[2] / "examples" / "logs"
FILES = sorted(path for path in LOGS.rglob("*") if path.is_file())
LAYOUT = re.compile(
    r"dag_id=[\w.-]+/run_id=[a-z_]+__[^/]+/task_id=[\w.-]+/(map_index=\d+/)?attempt=\d+\.log(\.trigger\.\d+\.log)?"
)
ABSOLUTE_PATH = re.compile(r"""(?<![\w.:/)}\]'*-])/(?:[\w.@-]+/)+[\w.@-]*""")
NEUTRAL = (
    "/opt/airflow/",
    "/usr/local/lib/python3.11/",
    "/usr/bin/bash",
    "/srv/no-such-share",
    "/tmp/backup",
    "/var/lock/clicks",
)


def records(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_logs_are_few_and_small():
    assert 150 <= len(FILES) <= 300
    assert sum(path.stat().st_size for path in FILES) < 1_500_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(LOGS).as_posix())
def test_log_lies_where_airflow_puts_it_and_tells_nothing_of_its_maker(path):
    found = {place for place in ABSOLUTE_PATH.findall(path.read_text()) if not place.startswith(NEUTRAL)}

    assert LAYOUT.fullmatch(path.relative_to(LOGS).as_posix())
    assert not found


def test_every_line_is_a_record_with_a_time():
    assert all("timestamp" in record for path in FILES for record in records(path))


def test_runs_start_when_they_were_due():
    late = []
    for folder in LOGS.glob("dag_id=*/run_id=scheduled__*"):
        due = datetime.fromisoformat(folder.name.removeprefix("run_id=scheduled__"))
        times = [
            datetime.fromisoformat(record["timestamp"])
            for path in folder.rglob("attempt=*")
            for record in records(path)
        ]
        if not timedelta(0) <= min(times) - due < timedelta(minutes=1):
            late.append(folder.name)

    assert not late


def test_logs_cover_several_days():
    days = {path.parts[-3][:40].split("__")[-1][:10] for path in FILES if "scheduled__" in str(path)}

    assert len(days) >= 5
