"""The linter as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CLEAN = "from airflow.sdk import DAG\n\nwith DAG('clean', schedule=None):\n    pass\n"
MEDIUM = "from airflow.sdk import DAG, Variable\n\nX = Variable.get('x')\nDAG('medium', schedule=None)\n"
HIGH = (
    "import requests\nfrom airflow.sdk import DAG\n\n"
    "requests.get('https://x.example', timeout=3)\nDAG('high', schedule=None)\n"
)


@pytest.fixture
def dagaudit(tmp_path):
    """Runs a command in an empty folder."""

    def run(*arguments, **files):
        for name, text in files.items():
            (tmp_path / "dags").mkdir(exist_ok=True)
            (tmp_path / "dags" / f"{name}.py").write_text(text)
        command = [sys.executable, "-c", _MAIN]
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        return subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )

    return run


_MAIN = "import sys; from dagaudit.cli import main; sys.argv[0] = 'dagaudit'; main()"
NO_EMPTY = ("--ignore", "DGA109")


def test_clean_dags_exit_0(dagaudit):
    done = dagaudit("code", "dags", *NO_EMPTY, clean=CLEAN)

    assert done.returncode == 0
    assert done.stdout == "No findings in 1 file.\n"


def test_findings_below_the_floor_exit_0(dagaudit):
    done = dagaudit("code", "dags", medium=MEDIUM)

    assert done.returncode == 0
    assert "dags/medium.py:3:5: medium DGA401" in done.stdout


@pytest.mark.parametrize(("floor", "code"), [("low", 1), ("medium", 1), ("high", 0), ("critical", 0)])
def test_floor_decides_the_exit_code(dagaudit, floor, code):
    assert dagaudit("code", "dags", "--fail-on", floor, medium=MEDIUM).returncode == code


def test_high_finding_exits_1(dagaudit):
    assert dagaudit("code", "dags", high=HIGH).returncode == 1


def test_broken_file_exits_1_and_is_told(dagaudit):
    done = dagaudit("code", "dags/broken.py", broken="def f(:\n")

    assert done.returncode == 1
    assert "dags/broken.py:1" in done.stdout
    assert "DGA101" in done.stdout


def test_json_is_one_document_on_stdout(dagaudit):
    done = dagaudit("code", "dags", "--format", "json", medium=MEDIUM, clean=CLEAN)
    document = json.loads(done.stdout)

    assert done.stderr == ""
    assert document["coverage"] == {"files_seen": 2, "files_analyzed": 2, "files_skipped": 0}
    assert {each["path"] for each in document["findings"]} >= {"medium.py"}


def test_several_paths_are_several_bundles(dagaudit):
    done = dagaudit("code", "dags/a.py", "dags/b.py", "--format", "json", a=MEDIUM, b=MEDIUM)

    found = {(each["bundle"], each["path"]) for each in json.loads(done.stdout)["findings"]}
    assert found >= {(0, "a.py"), (1, "b.py")}


@pytest.mark.parametrize("name", ["github", "sarif"])
def test_other_formats_give_paths_from_here(dagaudit, name):
    assert "dags/medium.py" in dagaudit("code", "dags", "--format", name, medium=MEDIUM).stdout


def test_select_and_ignore(dagaudit):
    done = dagaudit("code", "dags", "--select", "DGA4", "--ignore", "DGA401", medium=MEDIUM, high=HIGH)

    assert "DGA402" in done.stdout
    assert "DGA401" not in done.stdout


def test_strict_profile_finds_more(dagaudit):
    default = dagaudit("code", "dags", "--quiet", clean=CLEAN).stdout
    strict = dagaudit("code", "dags", "--quiet", "--profile", "strict").stdout

    assert len(strict.splitlines()) > len(default.splitlines())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("code", "nowhere"), "nowhere does not exist"),
        (("code", "empty"), "empty is empty"),
        (("code", "dags", "--format", "xml"), "--format xml"),
        (("code", "dags", "--select", "DGA999"), "DGA999"),
        (("code", "dags", "--profile", "loose"), "loose"),
        (("code", "dags", "--target", "three"), "three"),
        (("code", "dags", "--fail-on", "fatal"), "fatal"),
        (("explain", "no-retrys"), "no-retries"),
        (("rules", "--format", "xml"), "--format xml"),
    ],
)
def test_wrong_use_exits_2_with_one_sentence(dagaudit, tmp_path, arguments, words):
    (tmp_path / "empty").mkdir()
    done = dagaudit(*arguments, clean=CLEAN)

    assert done.returncode == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_full_disk_under_the_output_exits_2_with_one_sentence(tmp_path):
    (tmp_path / "a.py").write_text(HIGH)
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-c", _MAIN, "code", str(tmp_path)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr == "error: the output cannot be read or written: No space left on device\n"


def test_unreadable_everything_exits_2(dagaudit, tmp_path):
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "gone.py").symlink_to(tmp_path / "nowhere.py")

    done = dagaudit("code", "dags")

    assert done.returncode == 2
    assert "gone.py" in done.stdout


@pytest.mark.parametrize(("text", "code"), [(CLEAN, 0), (HIGH, 1)])
def test_file_that_cannot_be_read_leaves_the_verdict_to_the_others(dagaudit, tmp_path, text, code):
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "broken.zip").write_text("no zip")

    done = dagaudit("code", "dags", *NO_EMPTY, one=text)

    assert done.returncode == code
    assert "broken.zip" in done.stdout


def test_configuration_is_found_above_the_path(dagaudit, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.dagaudit]\nignore = ["DGA4"]\nfail-on = "low"\n')

    done = dagaudit("code", "dags", medium=MEDIUM.replace("None", "'0 0 30 2 *'"))

    assert "DGA401" not in done.stdout
    assert done.returncode == 1


def test_option_is_stronger_than_the_configuration(dagaudit, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.dagaudit]\nselect = ["DGA402"]\n')

    assert "DGA401" in dagaudit("code", "dags", "--select", "DGA401", medium=MEDIUM).stdout


def test_unknown_key_of_the_configuration_is_named_with_its_file(dagaudit, tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.dagaudit]\nselct = []\n")

    done = dagaudit("code", "dags", clean=CLEAN)

    assert done.returncode == 2
    assert "pyproject.toml" in done.stderr
    assert "did you mean select?" in done.stderr


def test_rules_lists_every_rule(dagaudit):
    rules = json.loads(dagaudit("rules", "--format", "json").stdout)["rules"]

    assert len(rules) > 100
    assert {"id", "name", "severity", "profile", "summary"} <= set(rules[0])
    assert len(dagaudit("rules").stdout.splitlines()) == len(rules)


@pytest.mark.parametrize("wanted", ["DGA401", "metadata-call-at-parse"])
def test_explain_shows_why_and_what_instead(dagaudit, wanted):
    text = dagaudit("explain", wanted).stdout

    assert text.startswith("# DGA401: metadata-call-at-parse")
    assert "Bad:" in text
    assert "Good:" in text
    assert "<- here" not in text


def test_second_run_over_unchanged_files_says_the_same(dagaudit, tmp_path):
    first = dagaudit("code", "dags", "--format", "json", high=HIGH)

    entries = list((tmp_path / "cache/dagaudit/code").iterdir())
    assert [entry.stat().st_mode & 0o777 for entry in entries] == [0o600]
    assert dagaudit("code", "dags", "--format", "json").stdout == first.stdout


def test_changed_file_is_read_again(dagaudit):
    dagaudit("code", "dags", high=HIGH)

    assert dagaudit("code", "dags", *NO_EMPTY, high=CLEAN).returncode == 0


def test_no_cache_keeps_nothing(dagaudit, tmp_path):
    assert dagaudit("code", "dags", "--no-cache", high=HIGH).returncode == 1
    assert not (tmp_path / "cache").exists()


def test_cache_that_cannot_be_written_costs_nothing_else(dagaudit, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder would be")

    assert dagaudit("code", "dags", high=HIGH).returncode == 1
