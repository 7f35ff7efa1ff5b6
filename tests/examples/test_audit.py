"""What the demo says about the examples: the planted flaws at their lines, and no others worth a look."""

import json
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagaudit.cli.app import app
from dagaudit.finding import Severity

EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED = tomllib.loads(Path(__file__).with_name("expected.toml").read_text())


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The folder of the demo's report."""
    root = tmp_path_factory.mktemp("reports")
    arguments = ["audit", EXAMPLES / "dags", "--logs", EXAMPLES / "logs", "--reports", root]
    answer = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert answer.exit_code == 0, answer.output
    return root / json.loads((root / "latest.json").read_text())["path"]


def document(report, name):
    return json.loads((report / name).read_text())


def places(report):
    return {
        (finding["path"], finding["line"], finding["rule"]): finding
        for finding in document(report, "dag_ai_audit.json")["findings"]
    }


@pytest.mark.parametrize(
    "flaw", EXPECTED["flaws"], ids=lambda flaw: f"{flaw['rule']} {flaw['path']}:{flaw['line']}"
)
def test_planted_flaw_is_found_at_its_line(report, flaw):
    assert (flaw["path"], flaw["line"], flaw["rule"]) in places(report)


def test_nothing_else_is_called_high_or_critical(report):
    planted = {(flaw["path"], flaw["line"], flaw["rule"]) for flaw in EXPECTED["flaws"]}

    others = {
        place
        for place, finding in places(report).items()
        if Severity(finding["severity"]).at_least(Severity.HIGH) and place not in planted
    }

    assert not others


def test_ignored_folder_is_not_audited(report):
    assert not any(path.startswith("archive/") for path, _, _ in places(report))


@pytest.mark.parametrize("cause", EXPECTED["causes"], ids=lambda cause: cause["says"])
def test_cause_joins_the_dags_that_it_breaks(report, cause):
    matching = [
        found["dags"]
        for found in document(report, "log_analysis.json")["causes"]
        if found["category"] == cause["category"] and sorted(found["dags"]) == cause["dags"]
    ]

    assert matching


def test_no_success_is_called_a_failure(report):
    failed = {
        attempt["path"]
        for attempt in document(report, "log_analysis.json")["attempts"]
        if attempt["outcome"] == "failed" and attempt["dag_id"] in EXPECTED["healthy"]["dags"]
    }

    assert not failed


def test_statistics_know_source_and_runs_of_the_pipeline(report):
    (pipeline,) = (
        dag for dag in document(report, "dag_stats.json")["dags"] if dag["dag_id"] == "ml_pipeline"
    )

    assert pipeline["structure"]["tasks"] == 8
    assert pipeline["structure"]["interval_seconds"] == 86_400
    assert pipeline["structure"]["critical_path"] == [
        "download",
        "validate",
        "preprocess",
        "features",
        "train",
        "evaluate",
        "deploy",
        "notify",
    ]
    assert (pipeline["runs"]["runs"], pipeline["runs"]["failed_runs"]) == (5, 1)
    assert (pipeline["runs"]["failed_attempts"], pipeline["runs"]["retries"]) == (3, 2)


def test_slow_scan_is_visible_in_the_attempts(report):
    seconds = {}
    for attempt in document(report, "log_analysis.json")["attempts"]:
        if (attempt["dag_id"], attempt["task_id"]) == ("web_logs_rollup", "scan"):
            start, end = (datetime.fromisoformat(attempt[key]) for key in ("started_at", "ended_at"))
            seconds[attempt["run_id"].partition("__")[2][:10]] = (end - start).total_seconds()

    before, after = (
        [value for day, value in seconds.items() if (day >= "2026-11-18") is late] for late in (False, True)
    )
    assert min(after) > max(before)
