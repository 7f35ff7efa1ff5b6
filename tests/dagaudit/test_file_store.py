import multiprocessing
import os
import resource
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dagaudit.adapters import file_store, open_answer_cache, open_report_store
from dagaudit.errors import ReportMissing, StoreUnwritable, SwapLost

FORK = multiprocessing.get_context("spawn")


def _count(address: str, times: int) -> None:
    """Add one, `times` over, as writers of latest.json do."""
    store = open_report_store(address)
    done = 0
    while done < times:
        try:
            stored = store.read("latest.json")
            number, version = int(stored.data), stored.version
        except ReportMissing:
            number, version = 0, None
        try:
            store.swap("latest.json", str(number + 1).encode(), version)
            done += 1
        except SwapLost:
            continue


def test_no_swap_is_lost_between_processes(tmp_path):
    writers = [FORK.Process(target=_count, args=(str(tmp_path), 40)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert open_report_store(str(tmp_path)).read("latest.json").data == b"120"


def test_no_swap_is_lost_between_threads(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: _count(str(tmp_path), 10), range(8)))

    assert open_report_store(str(tmp_path)).read("latest.json").data == b"80"


def _write_for_ever(address: str) -> None:
    store = open_report_store(address)
    while True:
        for letter in (b"a", b"b"):
            store.write("big.json", letter * 3_000_000)


def test_killed_writer_leaves_a_whole_object(tmp_path):
    store = open_report_store(str(tmp_path))
    store.write("big.json", b"a" * 3_000_000)
    writer = FORK.Process(target=_write_for_ever, args=(str(tmp_path),))
    writer.start()
    started = store.read("big.json").version
    while store.read("big.json").version == started:
        assert writer.is_alive()
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()

    data = store.read("big.json").data

    assert data in (b"a" * 3_000_000, b"b" * 3_000_000)
    assert list(store.keys("")) == ["big.json"]


def _lock_and_wait(address: str, ready) -> None:
    store = open_report_store(address)
    with store._locked("latest.json"):
        ready.set()
        signal.pause()


def test_lock_of_a_killed_writer_is_free_again(tmp_path):
    ready = FORK.Event()
    writer = FORK.Process(target=_lock_and_wait, args=(str(tmp_path), ready))
    writer.start()
    assert ready.wait(30)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()

    open_report_store(str(tmp_path)).swap("latest.json", b"1", None)

    assert open_report_store(str(tmp_path)).read("latest.json").data == b"1"


def test_what_killed_writers_left_is_swept_after_a_day(tmp_path):
    aside = tmp_path / ".dagaudit/tmp"
    aside.mkdir(parents=True)
    (aside / "old").write_text("half")
    (aside / "young").write_text("half")
    os.utime(aside / "old", (0, time.time() - 90_000))

    open_report_store(str(tmp_path)).write("a.json", b"1")

    assert [path.name for path in aside.iterdir()] == ["young"]


@pytest.fixture
def small_files():
    """No file may grow beyond 1,000 bytes: the kernel refuses the write itself, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_write_that_the_disk_refuses_names_the_path_and_leaves_nothing(tmp_path, request):
    store = open_report_store(str(tmp_path))
    store.write("a.json", b"old")
    request.getfixturevalue("small_files")

    with pytest.raises(
        StoreUnwritable, match=rf"{tmp_path}/a\.json cannot be written: the file would be larger"
    ):
        store.write("a.json", b"x" * 2000)
    assert store.read("a.json").data == b"old"
    assert list((tmp_path / ".dagaudit/tmp").iterdir()) == []


def test_swap_that_the_disk_refuses_leaves_the_old(tmp_path, request):
    store = open_report_store(str(tmp_path))
    version = store.swap("latest.json", b"old", None)
    request.getfixturevalue("small_files")

    with pytest.raises(StoreUnwritable):
        store.swap("latest.json", b"x" * 2000, version)
    assert store.read("latest.json").version == version


def test_cache_that_cannot_be_written_costs_only_its_answer(tmp_path, request, caplog):
    cache = open_answer_cache(str(tmp_path))
    request.getfixturevalue("small_files")
    cache.put("aabb", b"x" * 2000)
    cache.put("ccdd", b"x" * 2000)

    assert cache.get("aabb") is None
    assert len(caplog.records) == 1


def test_full_disk_is_named_with_the_remedy():
    with pytest.raises(OSError) as full, Path("/dev/full").open("wb", buffering=0) as device:
        device.write(b"1")

    said = str(file_store.unwritable(Path("/reports/a.json"), full.value))

    assert said.startswith("/reports/a.json cannot be written: the disk is full; free some space")


@pytest.mark.parametrize(
    ("root", "key", "said"),
    [
        ("/proc/reports", "a.json", "/proc/reports/a.json cannot be written"),
        ("/dev/null/reports", "a.json", "a file stands where a folder is needed"),
        ("here", "d" * 300 + ".json", "the name is longer than the file system allows"),
        ("here", "folder", "a folder stands where a file is needed"),
        ("here", "file/below", "a file stands where a folder is needed"),
    ],
)
def test_place_that_takes_no_reports_says_why(tmp_path, root, key, said):
    store = open_report_store(str(tmp_path / root))
    if root == "here":
        store.write("folder/x", b"1")
        store.write("file", b"1")

    with pytest.raises(StoreUnwritable) as refused:
        store.write(key, b"1")

    assert said in str(refused.value)


def test_link_out_of_the_root_is_refused(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root/out").symlink_to(tmp_path)

    with pytest.raises(StoreUnwritable, match="leads out of"):
        open_report_store(str(tmp_path / "root")).write("out/x.json", b"1")


def test_links_are_no_keys(tmp_path):
    store = open_report_store(str(tmp_path))
    store.write("a/x.json", b"1")
    (tmp_path / "a/loop").symlink_to(tmp_path)

    assert list(store.keys("")) == ["a/x.json"]


def test_own_folder_is_no_key(tmp_path):
    with pytest.raises(StoreUnwritable, match="is no key"):
        open_report_store(str(tmp_path)).write(".dagaudit/locks/00", b"1")


def test_deleting_leaves_no_empty_folders(tmp_path):
    store = open_report_store(str(tmp_path))
    store.write("runs/dt=1/run=a/x.json", b"1")
    store.write("latest.json", b"1")
    store.delete("runs/dt=1/run=a/x.json")

    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o007, 0o660)])
def test_umask_says_who_may_read_a_report(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        open_report_store(str(tmp_path)).write("a.json", b"1")
    finally:
        os.umask(before)

    assert (tmp_path / "a.json").stat().st_mode & 0o777 == mode
