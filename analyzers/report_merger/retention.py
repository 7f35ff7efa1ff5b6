"""Removes old runs, never the one that latest.json names nor the one before it."""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dagaudit.ports import ReportStore
from dagaudit.report import Latest

log = logging.getLogger(__name__)

_RUN = re.compile(r"(runs/dt=[^/]+/run=((\d{8}T\d{6})Z-[^/]+))/")
# A run that no pointer names may still be on its way.
GRACE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Keep:
    """A run goes when it is over both limits; 0 is no limit, and where both are 0 all stay."""

    runs: int = 30
    days: int = 90


def remove_old_runs(store: ReportStore, latest: Latest, keep: Keep, now: datetime) -> list[str]:
    """The report_ids of the runs removed, oldest first."""
    keys: dict[str, list[str]] = {}
    started: dict[str, datetime] = {}
    for key in store.keys("runs/"):
        if found := _RUN.match(key):
            keys.setdefault(found.group(2), []).append(key)
            started[found.group(2)] = datetime.strptime(found.group(3), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    newest_first = sorted(keys, key=lambda run: (started[run], run), reverse=True)
    removed = []
    for number, run in reversed(list(enumerate(newest_first))):
        age = now - started[run]
        over = [number >= keep.runs] * bool(keep.runs) + [age > timedelta(days=keep.days)] * bool(keep.days)
        if not over or not all(over) or age < GRACE or run in (latest.report_id, latest.previous):
            continue
        # The manifest goes first: a reader that comes now sees no report rather than half of one.
        for key in sorted(keys[run], key=lambda key: not key.endswith(".json")):
            store.delete(key)
        removed.append(run)
    if removed:
        log.info("%d old runs removed", len(removed))
    return removed
