"""`dagaudit code`, `graph` and `audit` on a repository behind https, as a user gives it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dagaudit.git_host import TOKEN, GitHost, certificate, git

DAG = (
    "from airflow.sdk import DAG, Variable\n\nX = Variable.get('x')\nwith DAG('a', schedule=None):\n    ...\n"
)
_MAIN = "import sys; from dagaudit.cli import main; sys.argv[0] = 'dagaudit'; main()"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    root = tmp_path_factory.mktemp("host")
    work = tmp_path_factory.mktemp("work")
    git(work, "init", "-q", "-b", "main")
    (work / "dags").mkdir()
    (work / "dags" / "a.py").write_text(DAG)
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "first")
    git(root, "clone", "-q", "--bare", str(work), "private/dags.git")
    host = GitHost(root, certificate(root / "own.pem"))
    host.commit = git(work, "rev-parse", "main")
    yield host
    host.close()


@pytest.fixture
def run(served, tmp_path):
    def run(*arguments, **more):
        environment = {
            **os.environ,
            "GIT_SSL_CAINFO": str(served.root / "own.pem"),
            "GIT_TOKEN": TOKEN,
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "XDG_DATA_HOME": str(tmp_path / "data"),
            **more,
        }
        address = f"git+{served.url}/private/dags.git@main#dags"
        command = [sys.executable, "-c", _MAIN, *(address if each == "REPO" else each for each in arguments)]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment, timeout=120
        )

    return run


def test_code_tells_findings_and_the_commit(run, served):
    done = run("code", "REPO", "--format", "json")

    assert [each["path"] for each in json.loads(done.stdout)["findings"] if each["rule"] == "DGA401"] == [
        "a.py"
    ]
    assert f"is at commit {served.commit}" in done.stderr


def test_graph_reads_the_repository(run, served):
    done = run("graph", "REPO", "--format", "json")

    assert [dag["dag_id"] for dag in json.loads(done.stdout)["dags"]] == ["a"]
    assert served.commit in done.stderr


def test_audit_makes_a_report_of_the_repository(run, served, tmp_path):
    done = run("audit", "REPO", "--reports", str(tmp_path / "reports"), "-q")
    manifest = json.loads(Path(done.stdout.strip().splitlines()[-1]).read_text())

    assert done.returncode == 0, done.stderr
    assert manifest["totals"]["dags"] == 1
    assert served.commit in done.stderr


def test_diff_shows_what_would_change_there(run):
    done = run("code", "REPO", "--profile", "strict", "--diff")

    assert done.returncode == 0
    assert "0 findings would be fixed in 0 files." in done.stderr


def test_fix_is_refused_there(run):
    done = run("code", "REPO", "--fix")

    assert done.returncode == 2
    assert "--fix cannot write to git+https://" in done.stderr


def test_wrong_token_ends_with_one_sentence(run):
    done = run("code", "REPO", GIT_TOKEN="wrong")

    assert done.returncode == 2
    assert "refuses access; give a token that may read it in GIT_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr


def test_certificate_of_nobody_known_is_refused(run):
    done = run("code", "REPO", GIT_SSL_CAINFO="")

    assert done.returncode == 2
    assert "cannot be fetched" in done.stderr
    assert "CA cert" in done.stderr
