"""The same audit from and to S3 as from and to a disk."""

import hashlib
import json
from pathlib import Path

import pytest

from analyzers.__main__ import open_ports, plan_of
from analyzers.run_all.audit import Outcome, audit
from analyzers.run_all.plan import Given, plan
from analyzers.run_all.run import Surroundings
from dagaudit.adapters import open_report_store
from dagaudit.report import FINAL, LATEST, SECTION_FILES, Latest, Report
from dagaudit.section import CodeSection, LogsSection
from tests.analyzers.run_all.test_run import NIGHT

EXAMPLES = Path(__file__).parents[3] / "examples"
LOGS = ("dag_id=crm_export", "dag_id=orders_etl", "dag_id=churn_scores", "dag_id=ml_pipeline")


@pytest.fixture
def places(s3, bucket) -> dict[str, str]:
    """The example DAGs and some of their logs, in a bucket."""
    files = [("dags", path) for path in (EXAMPLES / "dags").rglob("*") if path.is_file()]
    files += [
        ("logs", path) for name in LOGS for path in (EXAMPLES / "logs" / name).rglob("*") if path.is_file()
    ]
    for prefix, path in files:
        key = f"{prefix}/{path.relative_to(EXAMPLES / prefix).as_posix()}"
        s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
    return {name: f"s3://{bucket}/{name}" for name in ("dags", "logs", "reports")}


def run(dags: str, logs: str, reports: str, hour: int = 2) -> Outcome:
    made = plan(None, Given(dags=(dags,), logs=logs, reports=reports))
    return audit(made, open_ports(made), Surroundings(clock=lambda: NIGHT.replace(hour=hour)))


def sections(outcome: Outcome, reports: str) -> tuple[CodeSection, LogsSection]:
    store = open_report_store(reports)
    code = store.read(f"{outcome.published.folder}/{SECTION_FILES['code']}").data
    logs = store.read(f"{outcome.published.folder}/{SECTION_FILES['logs']}").data
    return CodeSection.model_validate_json(code), LogsSection.model_validate_json(logs)


@pytest.fixture
def on_disk(tmp_path) -> tuple[Outcome, str]:
    logs = tmp_path / "logs"
    logs.mkdir()
    for name in LOGS:
        (logs / name).symlink_to(EXAMPLES / "logs" / name)
    reports = str(tmp_path / "reports")
    return run(str(EXAMPLES / "dags"), str(logs), reports), reports


def test_audit_in_s3_says_the_same_as_on_a_disk(places, on_disk):
    code, logs = sections(run(**places), places["reports"])
    disk_code, disk_logs = sections(*on_disk)

    assert code.findings == disk_code.findings
    assert code.dags == disk_code.dags
    assert logs.causes == disk_logs.causes
    assert logs.attempts == disk_logs.attempts
    assert len(code.findings) > 3
    assert len(logs.causes) > 1


def test_report_in_s3_is_whole_and_latest_names_it(places):
    outcome = run(**places)

    store = open_report_store(places["reports"])
    latest = Latest.model_validate_json(store.read(LATEST).data)
    report = Report.model_validate_json(store.read(f"{latest.path}/{FINAL}").data)
    assert report == outcome.report
    assert report.audit.reports_address == places["reports"]
    for table in report.tables:
        assert hashlib.sha256(store.read(f"{latest.path}/{table.path}").data).hexdigest() == table.sha256
    for row in report.dags:
        assert store.read(f"{latest.path}/{row.detail}").data
    for name in ("report.html", "report.sarif", *SECTION_FILES.values()):
        assert store.read(f"{latest.path}/{name}").data


def test_second_run_in_s3_says_nothing_new(places):
    first = run(**places)

    since = run(**places, hour=3).report.since_last

    assert since.previous == first.report.report_id
    for changes in (since.findings, since.causes):
        assert (changes.new, changes.fixed, changes.regressed) == (0, 0, 0)


def test_bucket_that_is_not_there_is_named_and_costs_its_part(places):
    outcome = run(dags="s3://no-such-bucket/dags", logs=places["logs"], reports=places["reports"])

    assert outcome.report.sections["code"].status.value == "failed"
    assert "no-such-bucket" in outcome.report.sections["code"].reason
    assert outcome.report.sections["logs"].status.value == "ok"
    assert outcome.summary.exit_code == 1


def test_everything_of_the_report_is_encrypted_with_the_key_of_the_spec(s3, bucket):
    place = {"uri": f"s3://{bucket}/kept", "kmsKeyId": "alias/reports"}
    text = json.dumps(
        {"source": {"s3": {"uri": f"s3://{bucket}/dags"}}, "report": {"destination": {"s3": place}}}
    )
    s3.put_object(Bucket=bucket, Key="dags/etl.py", Body=(EXAMPLES / "dags" / "orders_etl.py").read_bytes())
    made = plan_of({"DAGAUDIT_SPEC": text})

    audit(made, open_ports(made), Surroundings(clock=lambda: NIGHT))

    kept = s3.list_objects_v2(Bucket=bucket, Prefix="kept/")["Contents"]
    keys = {s3.head_object(Bucket=bucket, Key=one["Key"]).get("SSEKMSKeyId", one["Key"]) for one in kept}
    assert keys == {"alias/reports"}
