"""Writes a merged report and lets latest.json name it, last and by compare-and-swap.

Whatever happens on the way, a killed process or a full disk, latest.json still names a whole report.
"""

import logging
from collections.abc import Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass

from analyzers.report_merger.previous import read_latest
from dagaudit.errors import ReportUnreadable, StoreUnwritable, SwapLost
from dagaudit.ports import ReportStore
from dagaudit.report import FINAL, LATEST, Latest, Report, folder_of

log = logging.getLogger(__name__)

WRITERS = 8
MAX_SWAPS = 20


@dataclass(frozen=True, slots=True)
class Published:
    """Where the report lies, and whether it is the latest."""

    folder: str
    """Below the reports root."""
    newer: str | None = None
    """The report_id of a newer report that latest.json names and keeps."""


def publish(files: Mapping[str, bytes], report: Report, store: ReportStore) -> Published:
    """Write every file, the manifest last, then swap the pointer.

    Raises:
        StoreUnwritable: full, refused or gone; latest.json is as it was.
    """
    folder = folder_of(report.report_id, report.created_at)
    try:
        _write(files, folder, store)
        latest = Latest(
            report_id=report.report_id,
            path=folder,
            created_at=report.created_at,
            previous=report.since_last.previous,
        )
        return Published(folder, _swap(latest, store))
    except BaseException:
        _clean_up(files, folder, store)
        raise


def _write(files: Mapping[str, bytes], folder: str, store: ReportStore) -> None:
    with ThreadPoolExecutor(WRITERS, thread_name_prefix="write") as writers:
        pending = [
            writers.submit(_put, store, f"{folder}/{name}", name, files) for name in files if name != FINAL
        ]
        try:
            done, _ = wait(pending, return_when=FIRST_EXCEPTION)
            for one in done:
                one.result()
        except BaseException:
            writers.shutdown(wait=False, cancel_futures=True)
            raise
    store.write(f"{folder}/{FINAL}", files[FINAL])


def _put(store: ReportStore, key: str, name: str, files: Mapping[str, bytes]) -> None:
    # Its content is made here and dropped here.
    store.write(key, files[name])


def _swap(ours: Latest, store: ReportStore) -> str | None:
    """Point to our report unless a newer one is there already; the newer one's id."""
    for _ in range(MAX_SWAPS):
        theirs, version = _current(store)
        if theirs is not None:
            if theirs.report_id == ours.report_id:
                # Our own swap went through, though its answer got lost.
                return None
            if (theirs.created_at, theirs.report_id) > (ours.created_at, ours.report_id):
                log.warning("%s stays latest: it is newer than %s", theirs.report_id, ours.report_id)
                return theirs.report_id
        try:
            store.swap(LATEST, ours.model_dump_json().encode() + b"\n", version)
        except SwapLost:
            continue
        return None
    raise StoreUnwritable(f"{LATEST} changed {MAX_SWAPS} times during its swap; run the audit again")


def _current(store: ReportStore) -> tuple[Latest | None, str | None]:
    try:
        return read_latest(store)
    except ReportUnreadable:
        # Not a pointer, so no newer report to protect; but swap only what was seen.
        return None, store.read(LATEST).version


def _clean_up(files: Mapping[str, bytes], folder: str, store: ReportStore) -> None:
    """Give back the room that a report without pointer takes; best effort on a store that just failed."""
    try:
        for name in reversed(list(files)):
            store.delete(f"{folder}/{name}")
    except (StoreUnwritable, ReportUnreadable) as error:
        log.warning("%s could not be removed: %s", folder, error)
