"""`dagaudit code --fix`, `--unsafe-fixes`, `--diff` and `--show-suppressed` as a user runs them."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from dagaudit.adapters.file_edit import refusal, replace_file
from dagaudit.errors import SourceChanged

OLD = "from airflow.sdk import DAG\n\nwith DAG('a'):\n    ...\n"
NEW = OLD.replace("DAG('a')", "DAG('a', schedule=None)")
SLA = OLD.replace("DAG('a')", "DAG('a', schedule=None, default_args={'sla': 1})")
ONLY = ("--select", "DGA201")
_MAIN = "import sys; from dagaudit.cli import main; sys.argv[0] = 'dagaudit'; main()"


@pytest.fixture
def run(tmp_path):
    def run(*arguments):
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [sys.executable, "-c", _MAIN, "code", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment
        )

    (tmp_path / "dags").mkdir()
    return run


def test_fix_writes_the_files_and_tells_what_is_left(run, tmp_path):
    (tmp_path / "dags" / "a.py").write_text(OLD)
    (tmp_path / "dags" / "b.py").write_text(SLA.replace("'a'", "'b'"))
    (tmp_path / "dags" / "a.py").chmod(0o750)

    done = run("dags", "--fix")

    assert (tmp_path / "dags" / "a.py").read_text() == NEW
    assert (tmp_path / "dags" / "a.py").stat().st_mode & 0o777 == 0o750
    assert sorted(path.name for path in (tmp_path / "dags").iterdir()) == ["a.py", "b.py"]
    assert "1 finding fixed in 1 file." in done.stdout
    assert "1 can be fixed with --fix --unsafe-fixes" in done.stdout
    assert done.returncode == 1


def test_json_tells_what_was_fixed_and_offers_the_rest(run, tmp_path):
    (tmp_path / "dags" / "a.py").write_text(OLD)
    (tmp_path / "dags" / "b.py").write_text(SLA.replace("'a'", "'b'"))

    done = run("dags", "--fix", "--format", "json")
    document = json.loads(done.stdout)
    sla = next(each for each in document["findings"] if each["rule"] == "DGA606")

    assert document["fixes"]["files"] == [{"bundle": 0, "path": "a.py"}]
    assert [(each["path"], each["line"], each["rule"]) for each in document["fixes"]["made"]] == [
        ("a.py", 3, "DGA201")
    ]
    assert document["fixes"]["dropped"] == []
    assert sla["fix"]["applicability"] == "unsafe"
    assert [each["text"] for each in sla["fix"]["edits"]] == [""]


def test_diff_writes_nothing_and_can_be_applied(run, tmp_path):
    file = tmp_path / "dags" / "a.py"
    file.write_bytes(b"\xef\xbb\xbf" + OLD.replace("\n", "\r\n").encode() + b"# \xc3\xa9")
    before = file.read_bytes()

    done = run("dags", "--diff")
    untouched = file.read_bytes()
    diff = subprocess.run(
        [sys.executable, "-c", _MAIN, "code", "dags", "--diff"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    subprocess.run(["patch", "-p0", "--binary", "-s"], input=diff.stdout, cwd=tmp_path, check=True)

    assert done.returncode == 1
    assert untouched == before
    assert "1 finding would be fixed in 1 file." in done.stderr
    assert file.read_bytes() == b"\xef\xbb\xbf" + NEW.replace("\n", "\r\n").encode() + b"# \xc3\xa9"
    assert run("dags", "--diff").returncode == 0


def test_unsafe_fixes_are_made_when_asked_for(run, tmp_path):
    (tmp_path / "dags" / "a.py").write_text(SLA)

    done = run("dags", "--fix", "--unsafe-fixes")

    assert done.returncode == 0
    assert "sla" not in (tmp_path / "dags" / "a.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--unsafe-fixes",), "give --fix or --diff with it"),
        (("--diff", "--format", "json"), "leave out --format json"),
    ],
)
def test_options_that_make_no_sense_are_refused(run, arguments, message):
    done = run("dags", *arguments)

    assert done.returncode == 2
    assert message in done.stderr


def test_files_that_cannot_be_written_are_named_and_the_others_fixed(run, tmp_path):
    dags = tmp_path / "dags"
    (tmp_path / "elsewhere.py").write_text(OLD.replace("'a'", "'link'"))
    (dags / "link.py").symlink_to(tmp_path / "elsewhere.py")
    (dags / "still.py").write_text(OLD.replace("'a'", "'still'"))
    (dags / "still.py").chmod(0o444)
    (dags / "good.py").write_text(OLD)
    with zipfile.ZipFile(dags / "packed.zip", "w") as packed:
        packed.writestr("in_zip.py", OLD.replace("'a'", "'zipped'"))

    done = run("dags", "--fix", "--format", "json")
    failures = {each["path"]: each["message"] for each in json.loads(done.stdout)["failures"]}

    assert (dags / "good.py").read_text() == NEW
    assert "link" in failures["link.py"]
    assert "read-only" in failures["still.py"]
    assert "archive" in failures["packed.zip/in_zip.py"]
    assert done.returncode == 2
    assert "schedule" not in (tmp_path / "elsewhere.py").read_text()


def test_what_a_baseline_or_a_comment_leaves_out_is_not_fixed(run, tmp_path):
    (tmp_path / "dags" / "a.py").write_text(OLD)
    (tmp_path / "dags" / "b.py").write_text(OLD.replace("'a'):", "'b'):  # noqa: DGA201"))
    before = [path.read_text() for path in sorted((tmp_path / "dags").iterdir())]
    run("dags", "--write-baseline", "known.json")

    done = run("dags", "--baseline", "known.json", "--fix", "--show-suppressed")

    assert [path.read_text() for path in sorted((tmp_path / "dags").iterdir())] == before
    assert "0 findings fixed in 0 files." in done.stdout
    assert "suppressed DGA201" in done.stdout


def test_suppressed_findings_are_shown_only_when_asked_for(run, tmp_path):
    (tmp_path / "dags" / "b.py").write_text(OLD.replace("'a'):", "'b'):  # noqa: DGA201"))

    plain = json.loads(run("dags", "--format", "json", *ONLY).stdout)
    asked = json.loads(run("dags", "--format", "json", "--show-suppressed", *ONLY).stdout)
    sarif = json.loads(run("dags", "--format", "sarif", "--show-suppressed", *ONLY).stdout)

    assert "suppressed" not in plain
    assert asked["findings"] == plain["findings"] == []
    assert [each["rule"] for each in asked["suppressed"]] == ["DGA201"]
    assert [each["suppressions"][0]["kind"] for each in sarif["runs"][0]["results"]] == ["inSource"]


def test_findings_of_the_baseline_that_are_gone_are_counted(run, tmp_path):
    (tmp_path / "dags" / "a.py").write_text(OLD)
    run("dags", "--write-baseline", "known.json", *ONLY)
    (tmp_path / "dags" / "a.py").write_text(NEW)

    text = run("dags", "--baseline", "known.json", *ONLY)
    document = json.loads(run("dags", "--baseline", "known.json", "--format", "json", *ONLY).stdout)

    assert "1 of the baseline is no more; renew it with --write-baseline." in text.stdout
    assert document["gone"] == 1


def test_reader_that_leaves_early_is_no_error(tmp_path):
    command = f'{sys.executable} -c "{_MAIN}" rules | head -1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, cwd=tmp_path)

    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_file_that_changed_meanwhile_is_left(tmp_path):
    (tmp_path / "a.py").write_text("x = 2\n")

    with pytest.raises(SourceChanged):
        replace_file(tmp_path, "a.py", b"x = 1\n", b"x = 3\n")
    assert (tmp_path / "a.py").read_text() == "x = 2\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_link_anywhere_below_the_given_folder_is_refused(tmp_path):
    (tmp_path / "true" / "dags").mkdir(parents=True)
    (tmp_path / "true" / "dags" / "a.py").write_text("")
    (tmp_path / "root").symlink_to(tmp_path / "true")
    (tmp_path / "true" / "other").symlink_to(tmp_path / "true" / "dags")

    assert refusal(tmp_path / "root", "dags/a.py") is None
    assert "other" in (refusal(tmp_path / "root", "other/a.py") or "")
    assert "No such file" in (refusal(tmp_path, "none.py") or "")
