"""Splits the DAG files of a run over pods, and brings together what each of them found.

What a shard finds in a file is kept as the audit cache keeps it; the merge is the ordinary audit, which finds
these files known. So a sharded run says what a run in one pod says.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import groupby
from typing import IO

from analyzers.code_analyzer.discovery import Discovery
from dagaudit.errors import ReportMissing, SwapLost
from dagaudit.finding import Failure
from dagaudit.ports import AuditCache, DagSource, ReportStore, SourceFile
from dagaudit.shard_plan import ShardPlan

FOLDER = "shards"
PART = "shard"
ENDED = "ended.json"
MOST_NAMED = 5
# A run lasts at most a week; what a lost one left is then of no use to anybody.
KEPT = timedelta(days=8)


def shard_plan(store: ReportStore, run: str, source: DagSource, count: int, now: datetime) -> ShardPlan:
    """The run's plan; the first who asks writes it, all others read that one.

    Raises:
        SourceUnreadable: the source cannot be listed.
    """
    key = _plan_key(run)
    try:
        return ShardPlan.model_validate_json(store.read(key).data)
    except ReportMissing:
        made = ShardPlan(created_at=now, shards=split(source, count))
    try:
        store.swap(key, made.model_dump_json().encode(), None)
    except SwapLost:
        return ShardPlan.model_validate_json(store.read(key).data)
    return made


def split(source: DagSource, count: int) -> tuple[tuple[str, ...], ...]:
    """About equally many bytes for each shard; neighbours stay together, and so does an archive."""
    discovery = Discovery(source)
    discovery.find()
    wanted = [each for each in discovery.candidates if not each.ignored]
    files = [
        (file, tuple(each.path for each in members))
        for file, members in groupby(wanted, lambda one: one.file)
    ]
    total, before = sum(file.size for file, _ in files) or 1, 0
    shards: list[list[str]] = [[] for _ in range(count)]
    for file, paths in files:
        # By the file's middle: the last byte of all would else fall beyond the last shard.
        shards[min(count - 1, (2 * before + file.size) * count // (2 * total))] += paths
        before += file.size
    return tuple(tuple(shard) for shard in shards)


class PartCache:
    """Takes what one shard found; what was known before is known to it, too."""

    def __init__(self, store: ReportStore, run: str, index: int, before: AuditCache | None = None) -> None:
        self._store = store
        self._before = before
        self._folder = f"{FOLDER}/{run}/{index:04}"

    def get(self, key: str) -> bytes | None:
        """What an earlier run found."""
        return self._before.get(key) if self._before else None

    def put(self, key: str, data: bytes) -> None:
        """Keep what was found; where nothing is new, nobody asks for it."""
        self._store.write(f"{self._folder}/{key}.json", data)

    def ended(self) -> None:
        """Say that the shard looked at all that is its own."""
        self._store.write(f"{self._folder}/{ENDED}", b"{}\n")


class WholeCache:
    """Gives what all shards found as one entry, and keeps it for the next run."""

    def __init__(self, store: ReportStore, run: str, before: AuditCache | None = None) -> None:
        self._store = store
        self._run = run
        self._before = before

    def get(self, key: str) -> bytes | None:
        """The files of every shard that ended."""
        known = self._before.get(key) if self._before else None
        entry = json.loads(known) if known else {"files": {}, "whole_key": "", "whole": []}
        for stored in _entries(self._store, self._run):
            if stored.endswith(f"/{key}.json"):
                entry["files"] |= json.loads(self._store.read(stored).data)["files"]
        return json.dumps(entry).encode() if entry["files"] else None

    def put(self, key: str, data: bytes) -> None:
        """Keep it for the next run."""
        if self._before:
            self._before.put(key, data)


class Without:
    """A DAG source that leaves out files which cost a pod its life."""

    def __init__(self, source: DagSource, paths: Sequence[str]) -> None:
        self._source = source
        self._paths = frozenset(paths)
        self.address = source.address

    def files(self) -> Iterator[SourceFile]:
        """Every other file; an archive goes with its members."""
        for file in self._source.files():
            if file.path not in self._paths and not any(
                one.startswith(f"{file.path}/") for one in self._paths
            ):
                yield file

    def read(self, file: SourceFile) -> bytes:
        """The source's own."""
        return self._source.read(file)

    def open(self, file: SourceFile) -> AbstractContextManager[IO[bytes]]:
        """The source's own."""
        return self._source.open(file)


def lost_shards(store: ReportStore, run: str, plan: ShardPlan) -> tuple[int, ...]:
    """Those that did not end though they had something to do."""
    ended = {int(key.split("/")[2]) for key in _entries(store, run) if key.endswith(f"/{ENDED}")}
    return tuple(index for index, paths in enumerate(plan.shards) if paths and index not in ended)


def lost(index: int, plan: ShardPlan) -> Failure:
    """What a lost shard cost."""
    paths = plan.shards[index]
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return Failure(
        part=PART,
        message=f"shard {index} of {len(plan.shards)} did not end, so {_files(len(paths))} not looked at: "
        f"{', '.join(paths[:MOST_NAMED])}{more}; the status of its pod tells why; more memory, a longer "
        "timeoutSeconds of the analyzer or more shards may help",
    )


def _files(count: int) -> str:
    return f"{count:,} files were" if count != 1 else "1 file was"


def clean_up(store: ReportStore, run: str, now: datetime) -> None:
    """Remove the parts of this run, and those that lost runs left long ago."""
    runs = {key.split("/")[1] for key in store.keys(f"{FOLDER}/")}
    for each in sorted(runs):
        if each == run or _is_old(store, each, now):
            for key in list(store.keys(f"{FOLDER}/{each}/")):
                store.delete(key)


def _is_old(store: ReportStore, run: str, now: datetime) -> bool:
    try:
        return now - ShardPlan.model_validate_json(store.read(_plan_key(run)).data).created_at > KEPT
    except ReportMissing:
        return True


def _entries(store: ReportStore, run: str) -> list[str]:
    return [key for key in store.keys(f"{FOLDER}/{run}/") if key != _plan_key(run)]


def _plan_key(run: str) -> str:
    return f"{FOLDER}/{run}/plan.json"
