"""`python -m analyzers` as a pod runs it: environment in, termination message and exit code out."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dagaudit.adapters import open_report_store
from dagaudit.report import FINAL, LATEST, Report
from dagaudit.run_summary import MAX_BYTES, RunSummary
from tests.analyzers.run_all.test_run import DAG, LOG

ROOT = Path(__file__).parents[3]


@pytest.fixture
def dags(tmp_path) -> Path:
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "etl.py").write_text(DAG)
    return folder


def environment(tmp_path: Path, **names: object) -> dict[str, str]:
    """A clean one: what the developer has set must not matter."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TZ") if name in os.environ}
    message = {"DAGAUDIT_TERMINATION_LOG": str(tmp_path / "message")}
    return {**kept, "PYTHONPATH": str(ROOT), **message, **{name: str(value) for name, value in names.items()}}


def run(module: str, tmp_path: Path, *arguments: str, **names: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=False,
        cwd=tmp_path,
        env=environment(tmp_path, **names),
        capture_output=True,
        text=True,
    )


def summary(tmp_path: Path) -> RunSummary:
    data = (tmp_path / "message").read_bytes()
    assert len(data) <= MAX_BYTES
    return RunSummary.model_validate_json(data)


@pytest.mark.parametrize("module", ["analyzers", "analyzers.run_all"])
def test_all_of_it_runs_from_the_environment(tmp_path, dags, module):
    done = run(module, tmp_path, S3_DAGS_DIR=dags, DASHBOARD_DATA_PATH=tmp_path / "out" / FINAL)

    assert done.returncode == 0, done.stderr
    report = Report.model_validate_json((tmp_path / "out" / FINAL).read_bytes())
    assert report.totals.dags == 1
    assert summary(tmp_path).report_id == report.report_id
    latest = json.loads((tmp_path / "out" / LATEST).read_bytes())
    assert (tmp_path / "out" / latest["path"] / "report.html").is_file()


def test_analyzers_one_by_one_write_their_files_and_the_merger_the_report(tmp_path, dags):
    logs = tmp_path / "logs"
    for name, text in LOG.items():
        (logs / name).parent.mkdir(parents=True)
        (logs / name).write_text(text)
    out = tmp_path / "out"
    for module in ("code_analyzer", "stat_reporter", "report_merger"):
        done = run(f"analyzers.{module}", tmp_path, S3_DAGS_DIR=dags, DASHBOARD_DATA_PATH=out / FINAL)
        assert done.returncode == 0, done.stderr

    assert {"dag_ai_audit.json", "dag_stats.json", FINAL} <= {path.name for path in out.iterdir()}
    assert Report.model_validate_json((out / FINAL).read_bytes()).totals.dags == 1


def test_spec_travels_whole_in_the_environment(tmp_path, dags):
    spec = {
        "source": {"persistentVolumeClaim": {"name": "dags"}},
        "report": {"destination": {"persistentVolumeClaim": {"name": "reports"}}},
        "thresholds": {"critical": 0, "high": 0},
    }

    done = run(
        "analyzers",
        tmp_path,
        DAGAUDIT_SPEC=json.dumps(spec),
        DAGAUDIT_NAME="nightly",
        DAGAUDIT_NAMESPACE="data",
        S3_DAGS_DIR=dags,
        DASHBOARD_DATA_PATH=tmp_path / "out",
    )

    assert done.returncode == 0, done.stderr
    told = summary(tmp_path)
    assert told.gate.value == "failed"
    assert told.findings["high"] == 1


WRONG = {
    "nothing is set": ({}, "DASHBOARD_DATA_PATH"),
    "spec is no spec": ({"DAGAUDIT_SPEC": '{"sauce": 1}'}, "did you mean source?"),
    "log group without region": (
        {"LOG_GROUP_NAME": "airflow-task", "DASHBOARD_DATA_PATH": "out"},
        "AWS_REGION",
    ),
    "unknown scheme": ({"S3_DAGS_DIR": "ftp://x/y", "DASHBOARD_DATA_PATH": "out"}, "ftp"),
}


@pytest.mark.parametrize(("names", "words"), WRONG.values(), ids=WRONG.keys())
def test_wrong_configuration_is_exit_78_and_named(tmp_path, names, words):
    done = run("analyzers", tmp_path, **names)

    assert done.returncode == 78
    assert words in summary(tmp_path).error
    assert "Traceback" not in done.stderr


def test_store_that_cannot_be_written_is_exit_1(tmp_path, dags):
    (tmp_path / "file").write_text("in the way")

    done = run("analyzers", tmp_path, S3_DAGS_DIR=dags, DASHBOARD_DATA_PATH=tmp_path / "file" / "reports")

    assert done.returncode == 1
    assert "cannot be written" in summary(tmp_path).error


def test_long_error_is_cut_to_the_size_of_a_message():
    told = RunSummary(exit_code=78, error="ä\x01" * 9000)

    assert len(told.message()) <= MAX_BYTES
    assert RunSummary.model_validate_json(told.message()).error.endswith("…")


def test_sigterm_leaves_a_partial_report_with_what_was_found(tmp_path, dags):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "analyzers"],
            cwd=tmp_path,
            env=environment(
                tmp_path,
                S3_DAGS_DIR=dags,
                OLLAMA_HOST=f"127.0.0.1:{port}",
                DASHBOARD_DATA_PATH=tmp_path / "out" / FINAL,
            ),
            stderr=subprocess.PIPE,
        )
        # The model was asked and will never answer: the run is in the midst of its work.
        silent.settimeout(60)
        connection, _ = silent.accept()
        with connection:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)

    assert process.returncode == 1, errors
    report = Report.model_validate_json((tmp_path / "out" / FINAL).read_bytes())
    assert report.status.value == "partial"
    assert report.totals.findings > 0
    assert "told to end" in report.sections["code"].failures[-1].message
    assert summary(tmp_path).stopped
    assert open_report_store(str(tmp_path / "out")).read(LATEST)


def test_with_arguments_a_module_is_its_command(tmp_path, dags):
    done = run("analyzers.code_analyzer", tmp_path, str(dags), "--format", "json")

    assert done.returncode == 1
    assert [one["rule"] for one in json.loads(done.stdout)["findings"]]


@pytest.mark.parametrize(
    ("formats", "files"),
    [(["JSON"], set()), (["SARIF"], {"report.sarif"}), (["JSON", "HTML"], {"report.html"})],
)
def test_report_has_the_formats_of_the_spec(tmp_path, dags, formats, files):
    report = {"destination": {"persistentVolumeClaim": {"name": "reports"}}, "formats": formats}
    spec = json.dumps({"source": {"configMap": {"name": "dags"}}, "report": report})

    done = run(
        "analyzers", tmp_path, DAGAUDIT_SPEC=spec, S3_DAGS_DIR=dags, DASHBOARD_DATA_PATH=tmp_path / "out"
    )

    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "out" / "runs").glob("*/*")
    assert {path.name for path in folder.glob("report.*")} == files
    assert (folder / FINAL).exists()


@pytest.mark.parametrize(("detection", "kept"), [("Fingerprint", True), ("None", False)])
def test_change_detection_is_the_spec_s_to_choose(tmp_path, dags, detection, kept):
    source = {"configMap": {"name": "dags"}, "changeDetection": detection}
    spec = json.dumps({"source": source, "report": {"destination": {"persistentVolumeClaim": {"name": "r"}}}})

    done = run(
        "analyzers", tmp_path, DAGAUDIT_SPEC=spec, S3_DAGS_DIR=dags, DASHBOARD_DATA_PATH=tmp_path / "out"
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "cache" / "code").exists() is kept
