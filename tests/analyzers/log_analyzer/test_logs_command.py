"""`dagaudit logs` as a user calls it."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from dagaudit.cli.app import app
from dagaudit.cli.logs import since_moment
from dagaudit.errors import SpecInvalid
from tests.analyzers.log_analyzer.task_logs import PATH, failed, failure, raised, succeeded

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ATTEMPT_KEYS = {
    "path",
    "also",
    "dag_id",
    "run_id",
    "task_id",
    "map_index",
    "try_number",
    "outcome",
    "category",
    "confidence",
    "root_exception",
    "fingerprint",
    "cause_id",
    "retryable",
    "evidence",
}
CAUSE_KEYS = {
    "cause_id",
    "category",
    "title",
    "owner",
    "retryable",
    "advice",
    "attempts",
    "dags",
    "first_seen",
    "last_seen",
    "explanation",
}


@pytest.fixture
def logs(tmp_path):
    for path, text in {
        PATH: failed(failure(raised("KeyError", "'bucket'"))),
        PATH.replace("attempt=1", "attempt=2"): succeeded(),
    }.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["logs", *map(str, arguments)])


def test_json_has_every_key(logs):
    result = run(logs, "--format", "json")
    document = json.loads(result.stdout)

    assert result.exit_code == 0
    assert {"schema_version", "attempts", "causes", "failures", "coverage"} <= set(document)
    assert set(document["attempts"][0]) >= ATTEMPT_KEYS
    assert set(document["causes"][0]) >= CAUSE_KEYS


def test_json_is_the_same_every_time(logs):
    assert run(logs, "--format", "json").stdout == run(logs, "--format", "json").stdout


def test_unknown_keys_are_null(logs):
    second = json.loads(run(logs, "--format", "json").stdout)["attempts"][1]

    assert (second["category"], second["cause_id"], second["map_index"]) == (None, None, None)


def test_text_names_cause_evidence_and_counts(logs):
    result = run(logs)

    assert "The code reads the key bucket, which is not there" in result.stdout
    assert f"{PATH}:4" in result.stdout
    assert "2 attempts: 1 failed, 1 success, 0 unknown; 1 cause\n" in result.stdout


def test_failures_are_shown(logs):
    (logs / "odd.log").write_text("x")

    result = run(logs)

    assert result.exit_code == 0
    assert "not looked at: odd.log" in result.stdout


@pytest.mark.parametrize("format_", ["text", "json"])
def test_nothing_to_read_is_2_and_says_so(tmp_path, format_):
    result = run(tmp_path, "--format", format_)

    assert result.exit_code == 2
    assert f"nothing could be read at {tmp_path}" in result.stderr


def test_json_of_nothing_is_no_success(tmp_path):
    result = CliRunner().invoke(app, ["logs", str(tmp_path), "--format", "json"])

    assert (result.exit_code, json.loads(result.stdout)["status"]) == (2, "failed")


def test_log_cannot_command_the_terminal(logs):
    path = logs / PATH
    path.write_text(path.read_text().replace("bucket", "\\u001b[31mred\\u001b]0;owned\\u0007"))

    result = run(logs)

    assert "[31mred" in result.stdout
    assert "\x1b" not in result.stdout


def test_everything_before_since_is_no_failure(logs):
    assert run(logs, "--since", "2099-01-01").exit_code == 0


SPANS = {
    "24h": "2026-11-20T12:00:00+00:00",
    "7d": "2026-11-14T12:00:00+00:00",
    "2026-11-20": "2026-11-20T00:00:00+00:00",
    "2026-11-20T08:00Z": "2026-11-20T08:00:00+00:00",
    "2026-11-20T08:00+02:00": "2026-11-20T08:00:00+02:00",
}


@pytest.mark.parametrize(("text", "iso"), SPANS.items(), ids=SPANS)
def test_since_is_a_moment(text, iso):
    assert since_moment(text, NOW).isoformat() == iso


def test_odd_since_names_the_remedy():
    with pytest.raises(SpecInvalid, match="24h"):
        since_moment("yesterday", NOW)
