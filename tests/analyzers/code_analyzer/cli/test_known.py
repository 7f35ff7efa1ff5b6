"""`--baseline`, `--write-baseline` and `--new-only` as a user runs them."""

import json
import os
import subprocess
import sys

import pytest

OLD = "from airflow.sdk import DAG, Variable\n\nX = Variable.get('x')\nDAG('a', schedule=None)\n"
NEW = OLD.replace("\n\n", "\n\nimport os\n\n") + "Y = Variable.get('y')\n"
_MAIN = "import sys; from dagaudit.cli import main; sys.argv[0] = 'dagaudit'; main()"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "a.py").write_text(OLD)
    return tmp_path


@pytest.fixture
def repository(folder):
    """The folder, committed once."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "dags"], [*identity, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def code(folder, *arguments):
    command = [sys.executable, "-c", _MAIN, "code", "--fail-on", "medium", *arguments]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def found(done):
    return [(each["rule"], each["path"], each["line"]) for each in json.loads(done.stdout)["findings"]]


def test_writing_a_baseline_tells_nothing_more(folder):
    done = code(folder, "dags", "--write-baseline", "known.json")

    assert done.returncode == 0
    assert "known before left out" in done.stdout
    assert "known.json" in done.stderr


def test_only_what_the_baseline_lacks_is_told(folder):
    code(folder, "dags", "--write-baseline", "known.json")
    (folder / "dags" / "a.py").write_text(NEW)

    done = code(folder, "dags", "--baseline", "known.json", "--format", "json")

    assert done.returncode == 1
    assert found(done) == [("DGA401", "a.py", 7)]
    assert json.loads(done.stdout)["known"] > 0


@pytest.mark.parametrize("text", [None, "{"])
def test_bad_baseline_is_an_error(folder, text):
    if text is not None:
        (folder / "known.json").write_text(text)

    done = code(folder, "dags", "--baseline", "known.json")

    assert done.returncode == 2
    assert "--write-baseline" in done.stderr


@pytest.mark.parametrize("path", ["dags", "dags/a.py", "."])
def test_only_what_git_lacks_is_told(repository, path):
    (repository / "dags" / "a.py").write_text(NEW)

    done = code(repository, path, "--new-only", "HEAD", "--format", "json")

    assert done.returncode == 1
    assert [(rule, line) for rule, _, line in found(done)] == [("DGA401", 7)]


def test_unchanged_repository_has_nothing_new(repository):
    assert code(repository, "dags", "--new-only", "HEAD").returncode == 0


def test_file_that_git_does_not_have_is_new(repository):
    (repository / "dags" / "b.py").write_text(OLD.replace("'a'", "'b'"))

    done = code(repository, "dags", "--new-only", "HEAD", "--format", "json")

    assert {path for _, path, _ in found(done)} == {"b.py"}


@pytest.mark.parametrize("ref", ["nowhere", "--output=evil", "HEAD:dags"])
def test_ref_that_is_no_commit_is_an_error(repository, ref):
    done = code(repository, "dags", f"--new-only={ref}")

    assert done.returncode == 2
    assert "is no commit" in done.stderr
    assert not (repository / "evil").exists()


def test_folder_outside_git_is_an_error(folder, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))

    assert code(folder, "dags", "--new-only", "HEAD").returncode == 2


def test_address_cannot_be_compared_with_git(folder):
    done = code(folder, "s3://bucket/dags", "--new-only", "HEAD")

    assert done.returncode == 2
    assert "use --baseline" in done.stderr
