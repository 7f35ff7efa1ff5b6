"""What every report store must do, run against a real disk and a real S3 server."""

import pytest

from dagaudit.adapters import open_answer_cache, open_report_store
from dagaudit.errors import ReportMissing, StoreUnwritable, SwapLost


@pytest.fixture(params=["file", "s3"])
def address(request, tmp_path):
    if request.param == "file":
        return str(tmp_path / "reports")
    return f"s3://{request.getfixturevalue('bucket')}/reports"


@pytest.fixture
def store(address):
    return open_report_store(address)


def test_object_is_read_as_it_was_written(store):
    store.write("runs/dt=2026-01-01/run=x/dags/ab/my.dag.json", b"\x00{}\xff")

    assert store.read("runs/dt=2026-01-01/run=x/dags/ab/my.dag.json").data == b"\x00{}\xff"


def test_another_one_at_the_same_address_sees_it(store, address):
    store.write("a.json", b"1")

    assert open_report_store(address).read("a.json").data == b"1"


def test_second_write_replaces_the_first(store):
    store.write("a.json", b"1")
    store.write("a.json", b"2")

    assert store.read("a.json").data == b"2"


@pytest.mark.parametrize("key", ["nothing.json", "a/nothing.json", "a", "a.json/below"])
def test_missing_object_is_missing(store, key):
    store.write("a.json", b"1")
    store.write("a/b.json", b"1")

    with pytest.raises(ReportMissing):
        store.read(key)


def test_swap_creates_what_does_not_exist(store):
    version = store.swap("latest.json", b"1", None)

    assert store.read("latest.json").data == b"1"
    assert store.read("latest.json").version == version


def test_swap_replaces_what_was_read(store):
    store.write("latest.json", b"1")

    version = store.swap("latest.json", b"2", store.read("latest.json").version)

    assert store.read("latest.json").data == b"2"
    assert store.read("latest.json").version == version


def test_swaps_follow_each_other(store):
    version = None
    for number in range(5):
        version = store.swap("latest.json", str(number).encode(), version)

    assert store.read("latest.json").data == b"4"


def test_creating_what_exists_is_lost(store):
    store.write("latest.json", b"1")

    with pytest.raises(SwapLost, match=r"latest\.json was changed by somebody else"):
        store.swap("latest.json", b"2", None)
    assert store.read("latest.json").data == b"1"


def test_replacing_what_was_changed_is_lost(store, address):
    version = store.swap("latest.json", b"1", None)
    open_report_store(address).swap("latest.json", b"theirs", version)

    with pytest.raises(SwapLost):
        store.swap("latest.json", b"mine", version)
    assert store.read("latest.json").data == b"theirs"


def test_replacing_what_has_gone_is_lost(store):
    version = store.swap("latest.json", b"1", None)
    store.delete("latest.json")

    with pytest.raises(SwapLost):
        store.swap("latest.json", b"2", version)


def test_keys_are_sorted_and_start_with_the_prefix(store):
    for key in ("runs/b/x.json", "runs/a.json", "runs/a/y.json", "runs-old/z.json", "latest.json"):
        store.write(key, b"1")

    assert list(store.keys("runs/")) == ["runs/a.json", "runs/a/y.json", "runs/b/x.json"]
    assert list(store.keys("runs")) == ["runs-old/z.json", "runs/a.json", "runs/a/y.json", "runs/b/x.json"]
    assert list(store.keys("runs/a")) == ["runs/a.json", "runs/a/y.json"]
    assert len(list(store.keys(""))) == 5
    assert list(store.keys("nothing/here")) == []


def test_swaps_leave_no_keys_of_their_own(store):
    store.swap("latest.json", b"1", None)

    assert list(store.keys("")) == ["latest.json"]


def test_new_place_has_no_keys(store):
    assert list(store.keys("")) == []


def test_deleted_object_is_missing(store):
    store.write("a/b.json", b"1")
    store.delete("a/b.json")

    assert list(store.keys("")) == []


def test_deleting_what_is_missing_is_no_error(store):
    store.delete("a/b.json")
    store.write("a", b"1")
    store.delete("a/b.json")

    assert list(store.keys("")) == ["a"]


@pytest.mark.parametrize("key", ["../x", "a/../../x", "/etc/x", "", "a//b", "a/", "./a", "a\0b"])
def test_key_may_not_leave_the_root(store, key):
    with pytest.raises(StoreUnwritable, match="is no key of a report store"):
        store.write(key, b"1")
    with pytest.raises(StoreUnwritable):
        store.swap(key, b"1", None)
    with pytest.raises(StoreUnwritable):
        store.delete(key)
    with pytest.raises(ReportMissing):
        store.read(key)


def test_answers_are_kept_by_key(address):
    cache = open_answer_cache(address)
    cache.put("abcdef", b"answer")

    assert open_answer_cache(address).get("abcdef") == b"answer"
    assert open_report_store(address).read("cache/v1/ab/cd/abcdef.json").data == b"answer"


def test_unknown_answer_is_none(address):
    assert open_answer_cache(address).get("abcdef") is None


def test_first_answer_is_kept(address):
    cache = open_answer_cache(address)
    cache.put("abcdef", b"first")
    cache.put("abcdef", b"second")

    assert cache.get("abcdef") == b"first"


def test_nothing_is_kept_without_a_place():
    cache = open_answer_cache(None)
    cache.put("abcdef", b"answer")

    assert cache.get("abcdef") is None
