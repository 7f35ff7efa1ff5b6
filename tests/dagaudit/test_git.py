"""Repositories as DAG sources, fetched from a real git host over HTTP."""

import os
import stat
import subprocess

import pytest

from analyzers.code_analyzer.analyze import analyze
from dagaudit.adapters import git_fetch, open_dag_source
from dagaudit.adapters.git import GitRepository
from dagaudit.adapters.git_fetch import Repository
from dagaudit.address import Use, parse
from dagaudit.errors import AccessRefused, AddressInvalid, SourceMissing, SourceUnreadable, SpecInvalid
from tests.dagaudit.git_host import TOKEN, GitHost, git

DAG = "from airflow.sdk import DAG, Variable\n\nX = Variable.get('x')\nwith DAG('{name}', schedule=None):\n    ...\n"


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    root = tmp_path_factory.mktemp("host")
    work = tmp_path_factory.mktemp("work")
    git(work, "init", "-q", "-b", "main")
    (work / "dags" / "sub").mkdir(parents=True)
    (work / "dags" / "a.py").write_text(DAG.format(name="old"))
    (work / "dags" / "ünï.py").write_text("x = 1\n")
    (work / "dags" / "link.py").symlink_to("sub/b.py")
    (work / "dags" / "out.py").symlink_to("../../../etc/passwd")
    (work / "dags" / "sub" / "b.py").write_text(DAG.format(name="b"))
    (work / "dags" / "module").mkdir()
    (work / ".gitattributes").write_text("*.py export-ignore filter=evil\n")
    git(work, "add", ".")
    git(work, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},dags/module")
    git(work, "commit", "-q", "-m", "first")
    git(work, "tag", "v1")
    (work / "dags" / "a.py").write_text(DAG.format(name="new"))
    git(work, "commit", "-q", "-a", "-m", "second")
    git(work, "branch", "feature/x")
    for place in ("public", "private"):
        git(root, "clone", "-q", "--bare", str(work), f"{place}/dags.git")
        git(root / place / "dags.git", "config", "uploadpack.allowAnySHA1InWant", "true")
    served = GitHost(root)
    served.commits = {"v1": git(work, "rev-parse", "v1"), "main": git(work, "rev-parse", "main")}
    yield served
    served.close()


def source(host, ref="HEAD", folder="dags", place="public", **more):
    repository = Repository(
        f"{host.url}/{place}/dags.git",
        ref,
        environment={"PATH": os.environ["PATH"]},
        protocols=("http",),
        **more,
    )
    return GitRepository(f"git+https://host/dags.git@{ref}", repository, folder)


def read(tree):
    return {file.path: tree.read(file) for file in tree.files() if not file.path.endswith(("/", "out.py"))}


@pytest.mark.parametrize("ref", ["HEAD", "main", "feature/x", "v1"])
def test_branch_and_tag_become_a_commit(host, ref):
    tree = source(host, ref)
    name = "old" if ref == "v1" else "new"

    files = read(tree)

    assert files == {
        "a.py": DAG.format(name=name).encode(),
        "link.py": DAG.format(name="b").encode(),
        "sub/b.py": DAG.format(name="b").encode(),
        "ünï.py": b"x = 1\n",
    }
    assert tree.commit == host.commits["v1" if ref == "v1" else "main"]


def test_whole_commit_id_is_fetched_though_no_branch_names_it(host):
    tree = source(host, host.commits["v1"])

    assert b"'old'" in read(tree)["a.py"]
    assert tree.commit == host.commits["v1"]


def test_whole_repository_is_listed_where_no_folder_is_named(host):
    paths = [file.path for file in source(host, folder="").files()]

    assert paths == sorted(paths)
    assert {".gitattributes", "dags/a.py", "dags/module/"} <= set(paths)


def test_what_is_not_read_is_told(host):
    tree = source(host)
    files = {file.path: file for file in tree.files()}

    with pytest.raises(SourceUnreadable, match="submodule"):
        tree.read(files["module/"])
    with pytest.raises(SourceMissing, match="leads out of the repository"):
        tree.read(files["out.py"])


def test_audit_of_a_repository_finds_what_is_there_and_names_what_it_left_out(host):
    section = analyze([source(host)])

    assert {dag.dag_id for dag in section.dags} == {"new", "b"}
    assert any(each.rule == "DGA401" and each.path == "a.py" for each in section.findings)
    assert {each.path for each in section.failures} == {"module/", "out.py"}


def test_token_of_the_environment_opens_a_private_repository(host):
    host.asked.clear()

    files = read(source(host, place="private", token=TOKEN))

    assert "a.py" in files
    assert any(given for _, given in host.asked)


@pytest.mark.parametrize("token", [None, "wrong"])
def test_missing_or_wrong_token_is_named(host, token):
    with pytest.raises(AccessRefused, match="GIT_TOKEN") as error:
        read(source(host, place="private", token=token))
    assert "wrong" not in str(error.value)


def test_token_is_not_sent_to_whom_does_not_ask(host):
    host.asked.clear()

    read(source(host, token=TOKEN))

    assert [given for _, given in host.asked if given] == []


def test_token_stands_in_no_argument_and_no_file(host, monkeypatch):
    commands = []
    real = subprocess.Popen

    def watched(command, **more):
        commands.append(command)
        return real(command, **more)

    monkeypatch.setattr(git_fetch.subprocess, "Popen", watched)
    tree = source(host, place="private", token=TOKEN)
    read(tree)
    kept = [path for path in tree._fetched.folder.rglob("*") if path.is_file()]

    assert not any(TOKEN in part for command in commands for part in command)
    assert not any(TOKEN.encode() in path.read_bytes() for path in kept)
    assert TOKEN not in repr(tree._repository)


@pytest.mark.parametrize(
    ("ref", "folder", "message"),
    [
        ("nowhere", "dags", "no branch, tag or commit nowhere"),
        ("1" * 40, "dags", "no branch, tag or commit 1"),
        ("--upload-pack=touch /tmp/x", "dags", "no name of a branch"),
        ("main:refs/heads/x", "dags", "no name of a branch"),
        ("main", "daggs", "no folder daggs"),
        ("main", "dags/a.py", "no folder dags/a.py"),
        ("main", "../dags", "no folder"),
    ],
)
def test_wrong_ref_or_folder_is_named(host, ref, folder, message):
    with pytest.raises(SourceMissing, match=message):
        read(source(host, ref, folder))


def test_unknown_repository_is_named(host):
    repository = Repository(
        f"{host.url}/public/none.git", "main", environment={"PATH": os.environ["PATH"]}, protocols=("http",)
    )

    with pytest.raises(SourceMissing, match=r"none\.git is no repository"):
        list(GitRepository("x", repository).files())


def test_host_that_does_not_answer_is_named():
    repository = Repository(
        "http://127.0.0.1:1/dags.git", "main", environment={"PATH": os.environ["PATH"]}, protocols=("http",)
    )

    with pytest.raises(
        SourceUnreadable, match=r"127\.0\.0\.1:1/dags\.git cannot be fetched: .*check the address"
    ):
        list(GitRepository("x", repository).files())


def test_missing_git_is_named(host, tmp_path):
    (tmp_path / "sh").symlink_to("/bin/sh")
    repository = Repository(
        f"{host.url}/public/dags.git", "main", environment={"PATH": str(tmp_path)}, protocols=("http",)
    )

    with pytest.raises(SourceUnreadable, match="git is not installed; install it"):
        list(GitRepository("x", repository).files())


def test_repository_that_is_too_large_is_refused(host, monkeypatch):
    monkeypatch.setattr(git_fetch, "MAX_PACK_BYTES", 512)

    with pytest.raises(SourceUnreadable, match="larger than 0 MiB"):
        list(source(host).files())


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "file:///etc", "ext::sh -c id"])
def test_other_protocols_than_https_are_refused(url):
    repository = Repository(url, "main", environment={"PATH": os.environ["PATH"]})

    with pytest.raises(SourceUnreadable, match="not allowed"):
        list(GitRepository("x", repository).files())


def test_configuration_and_hooks_of_the_user_do_not_count(host, tmp_path, monkeypatch):
    trace = tmp_path / "ran"
    hook = tmp_path / "hooks" / "reference-transaction"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {trace}\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    (tmp_path / ".gitconfig").write_text(f"[core]\n\thooksPath = {hook.parent}\n")
    monkeypatch.setenv("HOME", str(tmp_path))

    read(source(host))

    assert not trace.exists()


def test_folder_goes_with_the_source(host):
    tree = source(host)
    read(tree)
    folder = tree._fetched.folder
    assert folder.exists()
    del tree

    assert not folder.exists()


@pytest.mark.parametrize(
    ("text", "path", "options"),
    [
        ("git+https://h/o/r@main#dags", "o/r", {"ref": "main", "path": "dags"}),
        ("git+https://h/o/r.git@feature/x#subdirectory=a/b", "o/r.git", {"ref": "feature/x", "path": "a/b"}),
        ("git+https://h/o/r#dags", "o/r", {"path": "dags"}),
        ("git+https://h/o/r?ref=v1#dags", "o/r", {"ref": "v1", "path": "dags"}),
        ("git+https://h/o/r?ref=v1&path=dags", "o/r", {"ref": "v1", "path": "dags"}),
        ("git+https://h:8443/o/r", "o/r", {}),
    ],
)
def test_address_names_ref_and_folder(text, path, options):
    address = parse(text, Use.DAGS)

    assert (address.path, dict(address.options)) == (path, options)
    assert parse(str(address)) == address


@pytest.mark.parametrize(
    "text", ["git+https://token@h/r", "git+https://a:b@h/r@main", "git+https://h/r@a?ref=b"]
)
def test_address_with_a_secret_or_two_refs_is_refused(text):
    with pytest.raises(AddressInvalid):
        parse(text, Use.DAGS)


def test_address_opens_a_repository_with_the_token_of_the_environment():
    made = open_dag_source("git+https://h/o/r.git@main#dags", {"GIT_TOKEN": f"{TOKEN}\n", "PATH": "/bin"})

    assert made._repository.url == "https://h/o/r.git"
    assert (made._repository.ref, made._repository.token, made._folder) == ("main", TOKEN, "dags")


def test_ssh_is_not_opened_yet():
    with pytest.raises(SpecInvalid, match="cannot open"):
        open_dag_source("git+ssh://git@h/o/r.git")
