"""`dagaudit drift` on a disk and on S3."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzers.drift_checker.analyze import look_again
from analyzers.report_merger.publish import Published
from analyzers.run_all.audit import Outcome
from dagaudit.adapters import open_report_store
from dagaudit.cli.app import app
from dagaudit.cli.audit_summary import summary
from dagaudit.drift import STATE, DriftMemory
from dagaudit.report import Report
from dagaudit.run_summary import RunSummary
from tests.analyzers.drift_checker.fleet import Fleet, nights
from tests.analyzers.report_merger.samples import merged
from tests.analyzers.report_merger.samples import night as whole_night
from tests.fakes import MemoryStore

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def drifting() -> dict[str, bytes]:
    """Fourteen nights, then four in which a sixth of the DAGs is slow."""
    store = MemoryStore()
    nights(store, 0, 13)
    nights(store, 14, 18, Fleet(slow=frozenset(range(0, 30, 5))))
    return store.objects


@pytest.fixture
def reports(tmp_path, drifting) -> Path:
    for key, data in drifting.items():
        path = tmp_path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path


def test_text_names_the_dags_that_moved(reports):
    answer = RUNNER.invoke(app, ["drift", str(reports)])

    assert answer.exit_code == 0
    assert "numbers: drift" in answer.stdout
    assert "dag_05: time per attempt" in answer.stdout
    assert "--pin" in answer.stdout
    assert answer.stdout.index("numbers: drift") < answer.stdout.index("source: steady")


def test_json_is_the_section_of_the_report(reports, drifting):
    answer = RUNNER.invoke(app, ["drift", str(reports), "--format", "json"])

    assert json.loads(answer.stdout) == look_again(MemoryStore(drifting)).model_dump(mode="json")


@pytest.mark.parametrize(("night", "told"), [(18, True), (14, False)])
def test_audit_ends_with_confirmed_drift_and_not_with_suspicion(drifting, night, told):
    store = MemoryStore({key: data for key, data in drifting.items() if key != STATE})
    memory = DriftMemory.model_validate_json(drifting[STATE])
    store.objects[STATE] = (
        memory.model_copy(update={"nights": memory.nights[: night + 1]}).model_dump_json().encode()
    )
    files = merged(replace(whole_night(), drift=look_again(store)))
    report = Report.model_validate_json(files["final_dashboard_data.json"])

    said = summary(Outcome(report, Published("runs/x"), RunSummary(exit_code=0)), "reports").plain

    assert ("Drift of numbers" in said) is told


def test_nothing_there_is_an_error(tmp_path):
    answer = RUNNER.invoke(app, ["drift", str(tmp_path)])

    assert answer.exit_code != 0
    assert answer.stdout == ""


def test_pin_makes_the_newest_nights_the_reference(reports):
    before = DriftMemory.model_validate_json((reports / STATE).read_bytes())
    answer = RUNNER.invoke(app, ["drift", str(reports), "--pin", "--nights", "7"])

    after = DriftMemory.model_validate_json((reports / STATE).read_bytes())
    assert answer.exit_code == 0
    assert "numbers: 7 nights, 2026-09-13 to 2026-09-19, are the reference now" in answer.stdout
    assert after.nights == before.nights
    assert {one.pinned_by for each in after.references.values() for one in each} == {"person"}


def test_the_same_on_s3(bucket, drifting):
    store = open_report_store(f"s3://{bucket}/reports")
    for key, data in drifting.items():
        store.write(key, data)

    told = RUNNER.invoke(app, ["drift", f"s3://{bucket}/reports", "--format", "json"])
    pinned = RUNNER.invoke(app, ["drift", f"s3://{bucket}/reports", "--pin"])

    assert json.loads(told.stdout) == look_again(MemoryStore(drifting)).model_dump(mode="json")
    assert "are the reference now" in pinned.stdout


def test_night_is_kept_on_s3(bucket):
    store = open_report_store(f"s3://{bucket}/kept")

    section = nights(store, 0, 1)

    assert section.failures == ()
    assert list(store.keys("drift/")) == [
        "drift/2026/09/01/20260901T020000Z-00000000.parquet",
        "drift/2026/09/02/20260902T020000Z-00000001.parquet",
        STATE,
    ]
