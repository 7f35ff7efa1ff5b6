"""Whatever happens while a report is written, latest.json names a whole one."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from analyzers.report_merger.previous import read_latest, read_previous
from analyzers.report_merger.publish import publish
from analyzers.report_merger.retention import Keep, remove_old_runs
from dagaudit.adapters import open_report_store
from dagaudit.errors import StoreUnwritable
from dagaudit.report import FINAL, LATEST, Latest, Report, folder_of
from tests.analyzers.report_merger.samples import NOW, REPORT_ID, merged
from tests.fakes import MemoryStore

ROOT = Path(__file__).parents[3]


def made(days: int = 0):
    now = NOW + timedelta(days=days)
    report_id = f"{now:%Y%m%dT%H%M%SZ}-0123abcd"
    files = merged(now=now, report_id=report_id)
    return files, Report.model_validate_json(files[FINAL])


def pointer(report: Report, **changes) -> bytes:
    latest = Latest(
        report_id=report.report_id,
        path=folder_of(report.report_id, report.created_at),
        created_at=report.created_at,
    )
    return latest.model_copy(update=changes).model_dump_json().encode()


def test_every_file_is_written_and_latest_names_the_report():
    files, report = made()
    store = MemoryStore()

    published = publish(files, report, store)

    assert {key.removeprefix(f"{published.folder}/") for key in store.objects} == {*files, LATEST}
    assert read_latest(store)[0].report_id == REPORT_ID


def test_pointer_is_written_last_and_manifest_before_it():
    files, report = made()
    store = MemoryStore()

    published = publish(files, report, store)

    assert store.writes[-2:] == [f"{published.folder}/{FINAL}", LATEST]


def test_full_disk_leaves_the_pointer_and_gives_back_the_room(monkeypatch):
    files, report = made()
    store = MemoryStore()
    publish(files, report, store)
    before = dict(store.objects)
    write = store.write

    def fills_up(key, data):
        if len(store.objects) > len(before) + 5:
            raise StoreUnwritable("the disk is full")
        write(key, data)

    monkeypatch.setattr(store, "write", fills_up)

    with pytest.raises(StoreUnwritable):
        publish(*made(days=1), store)
    assert store.objects == before


def test_swap_lost_to_an_older_run_is_tried_again():
    files, report = made(days=2)
    store = MemoryStore()
    older = made(days=1)[1]
    store.before_swap.append((LATEST, pointer(older)))

    published = publish(files, report, store)

    assert published.newer is None
    assert read_latest(store)[0].report_id == report.report_id


def test_swap_lost_to_a_newer_run_leaves_the_newer_one():
    files, report = made()
    store = MemoryStore()
    newer = made(days=1)[1]
    store.before_swap.append((LATEST, pointer(newer)))

    published = publish(files, report, store)

    assert published.newer == newer.report_id
    assert read_latest(store)[0].report_id == newer.report_id


def test_own_swap_whose_answer_was_lost_counts():
    files, report = made()
    store = MemoryStore()
    store.before_swap.append((LATEST, pointer(report)))

    assert publish(files, report, store).newer is None


def test_pointer_that_never_stands_still_is_an_error():
    files, report = made(days=99)
    store = MemoryStore()
    store.before_swap.extend((LATEST, pointer(made()[1], previous=str(number))) for number in range(40))

    with pytest.raises(StoreUnwritable, match="run the audit again"):
        publish(files, report, store)


def test_broken_pointer_is_replaced():
    files, report = made()
    store = MemoryStore({LATEST: b"half a po"})

    publish(files, report, store)

    assert read_latest(store)[0].report_id == REPORT_ID


KILLED = """
import os, signal, sys
from dagaudit.adapters.file_store import FileStore
from tests.analyzers.report_merger.test_publish import made
from analyzers.report_merger.publish import publish

root, deadly = sys.argv[1], int(sys.argv[2])
put, count = FileStore._put, 0

def put_or_die(self, path, data):
    global count
    count += 1
    if count == deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    put(self, path, data)

FileStore._put = put_or_die
publish(*made(days=1), FileStore(root))
"""
FILES = len(merged())


@pytest.mark.parametrize(
    "deadly", [1, FILES // 2, FILES, FILES + 1], ids=["first", "middle", "manifest", "pointer"]
)
def test_killed_process_leaves_the_report_before(tmp_path, deadly):
    store = open_report_store(str(tmp_path))
    publish(*made(), store)

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(deadly)],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert killed.returncode == -signal.SIGKILL
    latest, _ = read_latest(store)
    assert latest.report_id == REPORT_ID
    for name in merged():
        assert store.read(f"{latest.path}/{name}").data


def test_disk_that_is_really_full_leaves_the_report_before(tmp_path):
    store = open_report_store(str(tmp_path))
    publish(*made(), store)
    # Files may grow to 4 kB: the first larger one fails as on a full disk.
    limited = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "from dagaudit.adapters import open_report_store\n"
        "from analyzers.report_merger.publish import publish\n"
        "from tests.analyzers.report_merger.test_publish import made\n"
        "publish(*made(days=1), open_report_store(sys.argv[1]))\n"
    )

    failed = subprocess.run(
        [sys.executable, "-c", limited, str(tmp_path)],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    assert "StoreUnwritable" in failed.stderr
    assert read_latest(store)[0].report_id == REPORT_ID
    assert not list(store.keys("runs/dt=2026-11-22"))


def test_previous_report_is_read_back():
    store = MemoryStore()
    publish(*made(), store)

    previous = read_previous(store)

    assert previous.report_id == REPORT_ID
    assert previous.reason is None
    assert len(previous.known) == 7


def test_no_previous_report_is_said():
    assert read_previous(MemoryStore()).reason == "this is the first report"


UNREADABLE = {
    "another major": (pointer(made()[1], schema_version="2.0.0"), "has schema 2.0.0", True),
    "no json": (b"{", "cannot be read", False),
    "its known findings are gone": (pointer(made()[1]), "cannot be read", True),
}


@pytest.mark.parametrize(("data", "words", "named"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_previous_report_that_cannot_be_read_is_compared_with_nothing_and_said(data, words, named):
    previous = read_previous(MemoryStore({LATEST: data}))

    since = Report.model_validate_json(merged(previous=previous)[FINAL]).since_last

    assert words in since.reason
    assert since.previous == (REPORT_ID if named else None)
    assert since.findings.new == 0


def test_broken_known_table_is_said():
    store = MemoryStore()
    published = publish(*made(), store)
    store.objects[f"{published.folder}/known.parquet"] = b"PAR1 no"

    assert "cannot be read" in read_previous(store).reason


def store_with_runs(days: list[int]) -> tuple[MemoryStore, Latest]:
    store = MemoryStore()
    for day in days:
        report = made(day)[1]
        folder = folder_of(report.report_id, report.created_at)
        store.objects |= {f"{folder}/{FINAL}": b"{}", f"{folder}/dags/aa/x.json": b"{}"}
        store.objects[LATEST] = pointer(report)
    return store, read_latest(store)[0]


RETENTION = {
    "over both limits": (Keep(runs=2, days=5), [0, 10, 19]),
    "old but among the newest": (Keep(runs=9, days=5), []),
    "many but young": (Keep(runs=1, days=90), []),
    "by number only": (Keep(runs=2, days=0), [0, 10, 19]),
    "by age only": (Keep(runs=0, days=5), [0, 10]),
    "no limit": (Keep(runs=0, days=0), []),
}


@pytest.mark.parametrize(("keep", "gone"), RETENTION.values(), ids=RETENTION.keys())
def test_old_runs_are_removed(keep, gone):
    store, latest = store_with_runs([0, 10, 19, 20, 21])
    gone = [day for day in gone if not (keep.days and 21 - day <= keep.days)]

    removed = remove_old_runs(store, latest, keep, NOW + timedelta(days=21))

    assert removed == [made(day)[1].report_id for day in gone]
    assert len([key for key in store.objects if key.startswith("runs/")]) == 2 * (5 - len(gone))


def test_latest_report_and_the_one_before_it_always_stay():
    store, latest = store_with_runs([0, 1])
    latest = latest.model_copy(update={"previous": made(0)[1].report_id})

    assert remove_old_runs(store, latest, Keep(runs=1, days=1), NOW + timedelta(days=400)) == []


def test_run_that_is_perhaps_still_being_written_stays():
    store, latest = store_with_runs([0, 1])

    assert remove_old_runs(store, latest, Keep(runs=1, days=0), NOW + timedelta(hours=2)) == []
