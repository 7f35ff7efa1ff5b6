"""What every DAG source and log source must do, run against a real disk and a real S3 server."""

import os

import pytest

from dagaudit.adapters import open_dag_source, open_log_source
from dagaudit.errors import SourceChanged, SourceMissing, SourceUnreadable
from dagaudit.ports import SourceFile

TREE = {
    "a-b.py": b"1",
    "a.py": b"",
    "a/b.py": b"two",
    "a/c/d.py": b"3" * 1000,
    "a0.py": b"4",
    "dag_id=x/run_id=manual__2026-01-01T00:00:00+00:00/task_id=t/attempt=1.log": b"5",
    "ünïcode ☃.py": b"6",
}


class DiskPlace:
    def __init__(self, folder):
        self.folder = folder
        self.address = str(folder)

    def put(self, path, data):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        before = target.stat().st_mtime_ns if target.exists() else 0
        target.write_bytes(data)
        if target.stat().st_mtime_ns == before:
            os.utime(target, ns=(before + 1, before + 1))

    def remove(self, path):
        (self.folder / path).unlink()


class BucketPlace:
    def __init__(self, s3, bucket):
        self.s3, self.bucket = s3, bucket
        self.address = f"s3://{bucket}/some/prefix"

    def put(self, path, data):
        self.s3.put_object(Bucket=self.bucket, Key=f"some/prefix/{path}", Body=data)

    def remove(self, path):
        self.s3.delete_object(Bucket=self.bucket, Key=f"some/prefix/{path}")


@pytest.fixture(params=["file", "s3"])
def place(request, tmp_path):
    if request.param == "file":
        return DiskPlace(tmp_path / "dags")
    return BucketPlace(request.getfixturevalue("s3"), request.getfixturevalue("bucket"))


@pytest.fixture
def tree(place):
    for path, data in TREE.items():
        place.put(path, data)
    return place


def test_every_file_is_listed_in_order_of_its_path(tree):
    listed = [file.path for file in open_dag_source(tree.address).files()]

    assert listed == sorted(TREE)


def test_listing_twice_gives_the_same(tree):
    source = open_log_source(tree.address)

    assert list(source.files()) == list(source.files())


def test_sizes_are_told(tree):
    assert {file.path: file.size for file in open_dag_source(tree.address).files()} == {
        path: len(data) for path, data in TREE.items()
    }


def test_content_is_what_was_put(tree):
    source = open_dag_source(tree.address)

    assert {file.path: source.read(file) for file in source.files()} == TREE


def test_content_comes_as_a_stream_too(tree):
    source = open_log_source(tree.address)
    file = next(file for file in source.files() if file.path == "a/c/d.py")

    with source.open(file) as stream:
        assert [stream.read(600), stream.read(600), stream.read(600)] == [b"3" * 600, b"3" * 400, b""]


def test_lines_of_a_stream_can_be_read(place):
    place.put("x.log", b"one\ntwo\nthree")
    source = open_log_source(place.address)

    with source.open(next(source.files())) as stream:
        assert list(stream) == [b"one\n", b"two\n", b"three"]


@pytest.mark.parametrize("content", [b"TWO", b"longer", b""])
def test_changed_file_is_not_taken_for_the_listed_one(tree, content):
    source = open_dag_source(tree.address)
    file = next(file for file in source.files() if file.path == "a/b.py")
    tree.put("a/b.py", content)

    with pytest.raises(SourceChanged, match=r"a/b\.py changed after it was listed"):
        source.read(file)


def test_version_changes_with_the_content(tree):
    def version():
        return next(f.version for f in open_dag_source(tree.address).files() if f.path == "a/b.py")

    before = version()
    tree.put("a/b.py", b"TWO")

    assert version() != before


def test_file_that_has_gone_is_missing(tree):
    source = open_dag_source(tree.address)
    file = next(file for file in source.files() if file.path == "a/b.py")
    tree.remove("a/b.py")

    with pytest.raises(SourceMissing, match=r"a/b\.py"):
        source.read(file)


@pytest.mark.parametrize("path", ["nowhere", "a/nowhere.py"])
def test_place_that_does_not_exist_is_missing(tree, path):
    with pytest.raises(SourceMissing, match="nowhere"):
        list(open_dag_source(f"{tree.address}/{path}").files())


def test_single_file_is_a_source(tree):
    source = open_dag_source(f"{tree.address}/a/b.py")

    (file,) = source.files()

    assert file.path == "b.py"
    assert source.read(file) == b"two"


def test_every_error_is_one_that_callers_expect(tree):
    source = open_dag_source(tree.address)

    with pytest.raises(SourceUnreadable):
        source.read(SourceFile("never-listed.py", 3, "0-3"))
