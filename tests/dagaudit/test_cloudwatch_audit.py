"""The example logs put into streams say the same as they do in files."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzers.log_analyzer.analyze import analyze
from dagaudit.adapters import open_log_source
from dagaudit.report import FINAL, Report
from dagaudit.section import LogsSection

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "logs"
DAGS = ("backup_files", "geo_lookup", "holiday_mailing", "slow_export", "tax_rates", "thumbnails")
AGE_MILLISECONDS = 3_600_000
AIRFLOW_2 = {
    "dag_id=older/run_id=scheduled__2026-11-20T02:00:00+00:00/task_id=load/attempt=1.log": [
        "[2026-11-20T02:00:01.000+0000] {taskinstance.py:1157} INFO - Dependencies all met",
        """[2026-11-20T02:00:02.000+0000] {taskinstance.py:2728} ERROR - Task failed with exception
Traceback (most recent call last):
  File "/opt/airflow/dags/older.py", line 12, in load
    rows = table[day]
KeyError: '2026-11-20'""",
        "[2026-11-20T02:00:02.000+0000] {taskinstance.py:1149} INFO - Marking task as FAILED. dag_id=older",
    ]
}


def examples() -> dict[str, list[str]]:
    """Every record of the example logs, by path."""
    found = {
        str(path.relative_to(EXAMPLES)): path.read_text().splitlines()
        for dag in DAGS
        for path in sorted((EXAMPLES / f"dag_id={dag}").rglob("*.log"))
    }
    return found | AIRFLOW_2


def moment(record: str) -> int:
    text = json.loads(record)["timestamp"] if record.startswith("{") else record[1:29]
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def sent(record: str) -> str:
    """The message of the event: Airflow 3 takes the timestamp out of the object."""
    if not record.startswith("{"):
        return record
    document = json.loads(record)
    del document["timestamp"]
    return json.dumps(document)


def in_milliseconds(record: str) -> str:
    """The record as a file would hold it, had Airflow's clock no finer steps than CloudWatch's."""
    if not record.startswith("{"):
        return record
    document = json.loads(record)
    stamp = datetime.fromtimestamp(moment(record) / 1000, UTC).isoformat(timespec="milliseconds")
    document = {"timestamp": stamp.replace("+00:00", "Z")} | {
        key: value for key, value in document.items() if key != "timestamp"
    }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


@pytest.fixture
def group(groups, faults) -> str:
    name = groups.group()
    logs = examples()
    newest = max(moment(record) for records in logs.values() for record in records)
    now = int(datetime.now(UTC).timestamp() * 1000)
    faults.shift_milliseconds = now - AGE_MILLISECONDS - newest
    for path, records in logs.items():
        stream = path.replace(":", "_")
        groups.client.create_log_stream(logGroupName=name, logStreamName=stream)
        events = [
            {"timestamp": moment(record) + faults.shift_milliseconds, "message": sent(record)}
            for record in records
        ]
        groups.client.put_log_events(
            logGroupName=name,
            logStreamName=stream,
            logEvents=sorted(events, key=lambda event: event["timestamp"]),
        )
    return name


@pytest.fixture
def from_files(tmp_path) -> LogsSection:
    for path, records in examples().items():
        file = tmp_path / "logs" / path
        file.parent.mkdir(parents=True) if not file.parent.exists() else None
        file.write_text("".join(f"{in_milliseconds(record)}\n" for record in records))
    return analyze(open_log_source(str(tmp_path / "logs")))


def test_streams_say_what_files_say(group, from_files):
    section = analyze(open_log_source(f"cloudwatch://eu-west-1/{group}"))

    assert section.attempts == from_files.attempts
    assert section.causes == from_files.causes
    assert section.coverage == from_files.coverage
    assert len(section.causes) > 4


def test_mishaps_on_the_way_change_nothing(group, from_files, faults):
    faults.page_size = 7
    calls = ["", "empty", "empty", "", "ThrottlingException", "", "500", "empty"]
    faults.befall("GetLogEvents", *calls)

    section = analyze(open_log_source(f"cloudwatch://eu-west-1/{group}"))

    assert section.attempts == from_files.attempts
    assert section.causes == from_files.causes


def test_stream_that_cannot_be_read_costs_its_own_attempt(group, from_files, faults):
    faults.befall("GetLogEvents", "AccessDeniedException")

    section = analyze(open_log_source(f"cloudwatch://eu-west-1/{group}"))

    (failure,) = section.failures
    assert failure.path == from_files.attempts[0].path
    assert "allow logs:GetLogEvents to" in failure.message
    assert section.attempts == from_files.attempts[1:]
    assert section.status == "partial"


@pytest.mark.parametrize("prefix", ["", "[2026-11-20, 02:00:01 UTC] {{taskinstance.py:2728}} ERROR - "])
def test_log_format_of_the_site_changes_no_cause(groups, from_files, prefix):
    group = groups.group()
    (path, records), *_ = AIRFLOW_2.items()
    bare = [record.partition(" - ")[2] for record in records]
    groups.put(group, path.replace(":", "_"), *(prefix + each for each in bare))
    (expected,) = (attempt for attempt in from_files.attempts if attempt.path == path)

    (attempt,) = analyze(open_log_source(f"cloudwatch://eu-west-1/{group}")).attempts

    told = ("outcome", "category", "root_exception", "fingerprint", "cause_id", "confidence")
    assert [getattr(attempt, name) for name in told] == [getattr(expected, name) for name in told]
    assert attempt.ended_at is not None


def run(arguments: list[str], folder: Path, **names: object) -> subprocess.CompletedProcess[str]:
    names = {"PYTHONPATH": ROOT, "DAGAUDIT_TERMINATION_LOG": folder / "message", **names}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        check=False,
        cwd=folder,
        env=os.environ | {name: str(value) for name, value in names.items()},
        capture_output=True,
        text=True,
    )


def test_command_reads_cloudwatch(group, from_files, tmp_path):
    done = run(["dagaudit", "logs", f"cloudwatch://eu-west-1/{group}", "--format", "json"], tmp_path)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [cause["cause_id"] for cause in told["causes"]] == [cause.cause_id for cause in from_files.causes]


@pytest.mark.parametrize(
    ("options", "since", "told"),
    [
        ("", "36h", "last 37 hours"),
        ("?lookbackHours=5", "36h", "last 5 hours"),
        ("", "2099-01-01", "last 1 hours"),
    ],
)
def test_window_is_as_long_as_since_asks(groups, tmp_path, options, since, told):
    address = f"cloudwatch://eu-west-1/{groups.group()}{options}"

    done = run(["dagaudit", "logs", address, "--since", since], tmp_path)

    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())


def test_audit_reads_the_address_that_was_typed(group, from_files, tmp_path):
    logs = f"cloudwatch://eu-west-1/{group}?lookbackHours=48"
    done = run(["dagaudit", "audit", "--logs", logs, "--reports", str(tmp_path / "out")], tmp_path)

    assert done.returncode == 0, done.stderr
    (final,) = (tmp_path / "out").rglob(FINAL)
    assert len(Report.model_validate_json(final.read_bytes()).causes) == len(from_files.causes)


def test_audit_reads_the_groups_that_the_environment_names(group, from_files, tmp_path):
    done = run(
        ["analyzers"],
        tmp_path,
        LOG_GROUP_PREFIX=group[:-2],
        AWS_REGION="eu-west-1",
        DASHBOARD_DATA_PATH=tmp_path / "out" / FINAL,
    )

    assert done.returncode == 0, done.stderr
    report = Report.model_validate_json((tmp_path / "out" / FINAL).read_bytes())
    assert report.sections["logs"].status == "ok"
    assert len(report.causes) == len(from_files.causes)


def test_audit_reads_the_groups_that_the_spec_names(group, from_files, tmp_path):
    spec = {
        "schedule": "0 2 * * *",
        "airflow": {
            "logs": {
                "cloudWatch": {"region": "eu-west-1", "logGroups": [{"name": group}], "lookbackHours": 48}
            }
        },
        "report": {"destination": {"persistentVolumeClaim": {"name": "reports"}}},
    }
    done = run(
        ["analyzers"],
        tmp_path,
        DAGAUDIT_SPEC=json.dumps(spec),
        DASHBOARD_DATA_PATH=tmp_path / "out" / FINAL,
    )

    assert done.returncode == 0, done.stderr
    report = Report.model_validate_json((tmp_path / "out" / FINAL).read_bytes())
    assert len(report.causes) == len(from_files.causes)
